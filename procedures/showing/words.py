"""A pathway in plain sentences, fit to be read aloud at a table and to be signed."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from procedures.conditions import needed_signals
from procedures.language.steps import time_turns
from procedures.marking import N_
from procedures.schema import (
    AnyStep,
    AskStep,
    AwaitStep,
    Clock,
    Extension,
    Fact,
    Limit,
    LookedAt,
    Pathway,
    Result,
    RungTarget,
    Setting,
    Signal,
    Silence,
    StartStep,
    TellStep,
)
from procedures.showing import names
from procedures.showing.choices import chosen_by, word_of
from procedures.showing.conditions import AND, Speaker
from procedures.showing.consents import NONE_KNOWN, Consents
from procedures.showing.declared import FACTS, said_of_facts
from procedures.showing.repeats import repeated
from procedures.showing.schedules import said_of_itself

HEADING = N_("{title}, edition {edition}")
OPENED_BY = N_("A case is opened with it on the word of: {bodies}; on nobody else's.")
OWN_WORK = N_("It is the network's own work: it concerns no survivor, and asks nothing about one.")
ASKS = N_("Asked: {who}.")
TELLS_EACH = N_("The step is over when each of them was reached.")
TELLS = N_("Told: {who}. No answer is asked.")
AWAITS = N_("{who} has to act. Nobody there is alerted; {watcher} watches and reports.")
STARTS = N_("The pathway {pathway} begins; how it ends is the result of this step.")
AT_ONCE = N_("It begins at once.")
AFTER = N_("It begins when {needs}.")
ONCE_ALONE = N_("A signal that comes again begins it no second time.")
ONLY_IF = N_("Only if {condition}.")
LOOKED_AT_AGAIN = N_("This is looked at again whenever a fact changes, until the step begins.")
TIME_TURNS_IT = N_("So it is whenever time alone changes it, as long as the pathway runs.")
TAKE = N_("Within {time} somebody says whether they take it{clock}.")
SIGN = N_("Within {time} of taking it there is a first sign of work.")
RESULT_WITHIN = N_("The result is there within {time}{clock}.")
RESULT_BY = N_("The result is there at the latest: {time}{clock}.")
UNTIL = N_("Time to act: {time}{clock}.")
NOT_BEFORE = N_("It begins at the earliest: {time}.")
TOLD_AT = N_("When it is told: {time}; at once where that is over.")
SILENCE_NOTE = N_("If that time goes by, it is noted and nothing else follows.")
SILENCE_ENDS = N_("If that time goes by, it ends with: {result}. Nobody is to blame.")
SILENCE_ENDS_ALL = N_("If that time goes by, the pathway ends with: {result}.")
SILENCE_CALLS = N_("If that time goes by, the coordinator is called.")
WHOLE_SILENCE: Mapping[str, str] = {Silence.ESCALATE: SILENCE_CALLS, Silence.NOTE: SILENCE_NOTE}
PATHWAY_BY = N_("The whole pathway is over at the latest: {time}{clock}.")
PATHWAY_WITHIN = N_("The whole pathway is over within {time}{clock}.")
LONGER = N_("Longer time: {time} more, asked for before the end and agreed by {bodies}. How often at most: {times}.")
LADDER = N_("If nobody answers: {rungs}.")
RUNGS = {
    RungTarget.SERVICE: N_("after {time} the same service is reminded"),
    RungTarget.DEPUTY: N_("after {time} their deputy is called"),
    RungTarget.NEXT_SERVICE: N_("after {time} the next service is asked instead"),
    RungTarget.COORDINATOR: N_("after {time} the coordinator takes it in hand, until a person ends it"),
}
ENDS = N_("It ends with: {results}.")
SHOWING = N_("{result} (to be shown: {evidence})")
SETS = N_("With «{result}», «{fact}» becomes: {value}.")
SETS_UP = N_("With «{result}», «{fact}» rises to: {value}; it never falls by itself.")
WHAT_IS_SHOWN = N_("what is shown as {field}")
SOURCE = N_("Source: {source} (read there on {date}).")
SOURCE_UNREAD = N_("Source: {source} (nobody has read it there).")
ENDS_EARLIER = N_("While it is at work, it ends with «{result}» as soon as {needs}.")
STANDS_STILL = N_(
    "While it is at work, it stands still as soon as {needs}; it goes on as soon as {again}, "
    "with the time that remained."
)
STAYS_OPEN = N_("It stays open, for years if need be, while a step waits for a signal.")
DOES_NOT_WAIT = N_("When nothing but a signal could move it on, it ends without waiting for one.")
SIGNALS = N_("What may come from outside, at any time and more than once")
SIGNAL = N_("«{signal}», from: {senders}.")
SIGNAL_SHOWS = N_("With «{signal}» is shown: {evidence}.")
SIGNAL_CANCELS = N_("When «{signal}» comes, these steps are called off, and whoever is at work is told: {steps}.")
OUTCOMES = N_("How the pathway ends")
OUTCOME = N_("{outcome}: when {needs}.")
NO_OUTCOMES = N_("When its step is over.")
CLOCKS = {
    Clock.PROTOCOL: "",
    Clock.CLINICAL: N_(", by the clock of the body"),
    Clock.STATUTORY: N_(", as the law has it"),
}


ENDS_PART, SIGNALS_PART, FACTS_PART = "how-it-ends", "from-outside", "own-facts"
"""What no step can be called: a name has no hyphen."""


@dataclass(frozen=True, slots=True)
class Part:
    """A heading and its sentences.

    `name` is the step it is about, `FACTS_PART`, `SIGNALS_PART`, `ENDS_PART`, or empty for the pathway itself.
    """

    name: str
    heading: str
    sentences: tuple[str, ...]


def plain_words(
    pathway: Pathway,
    facts: Mapping[str, Fact],
    translate: Callable[[str], str],
    language: str,
    others: Mapping[str, Pathway] = NONE_KNOWN,
) -> list[Part]:
    """The whole pathway: itself, step by step, and how it can end; `others` are the pathways that it may start."""
    speaker = Speaker(pathway, facts, translate, language)
    return list(_Words(pathway, speaker, Consents(pathway, speaker, others)).parts())


class _Words:
    def __init__(self, pathway: Pathway, speaker: Speaker, consents: Consents) -> None:
        self.pathway, self.say, self.language = pathway, speaker.say, speaker.language
        self.speaker, self.consents = speaker, consents

    def parts(self) -> Iterator[Part]:
        heading = self.say(HEADING).format(title=self.pathway.title.said(self.language), edition=self.pathway.edition)
        about = self.say(OWN_WORK) if self.pathway.no_case else ""
        itself = said_of_itself(self.pathway, self.speaker)
        own = (*filter(None, [about]), *self._opened(), *itself, *self.consents.whole(), *self._whole())
        yield Part("", heading, (*own, *self._staying()))
        if self.pathway.facts:
            yield Part(FACTS_PART, self.say(FACTS), tuple(said_of_facts(self.speaker)))
        if self.pathway.signals:
            told = [said for signal in self.pathway.signals.values() for said in self._signal(signal)]
            yield Part(SIGNALS_PART, self.say(SIGNALS), tuple(told))
        for step in self.pathway.steps.values():
            yield Part(step.name, step.title.said(self.language), tuple(self._step(step)))
        ends = [
            self.say(OUTCOME).format(outcome=names.spaced(outcome.name), needs=self.speaker.need(outcome.when))
            for outcome in self.pathway.outcomes
        ]
        yield Part(ENDS_PART, self.say(OUTCOMES), tuple(ends) or (self.say(NO_OUTCOMES),))

    def _opened(self) -> Iterator[str]:
        """On whose word it may be opened."""
        if self.pathway.opened_by:
            bodies = ", ".join(self._body(word) for word in self.pathway.opened_by)
            yield self.say(OPENED_BY).format(bodies=bodies)

    def _staying(self) -> Iterator[str]:
        """What it means for the pathway that steps wait for signals."""
        if any(needed_signals(step.needs) for step in self.pathway.steps.values()):
            yield self.say(STAYS_OPEN if self.pathway.stays_open else DOES_NOT_WAIT)

    def _signal(self, signal: Signal) -> Iterator[str]:
        title = signal.title.said(self.language)
        senders = ", ".join(self._body(sender) for sender in signal.senders)
        yield self.say(SIGNAL).format(signal=title, senders=senders)
        if signal.evidence:
            evidence = ", ".join(names.spaced(field) for field in signal.evidence)
            yield self.say(SIGNAL_SHOWS).format(signal=title, evidence=evidence)
        yield from self._sets(title, signal.sets)
        if signal.cancels:
            steps = "; ".join(self.speaker.step(step) for step in signal.cancels)
            yield self.say(SIGNAL_CANCELS).format(signal=title, steps=steps)

    def _body(self, name: str) -> str:
        return word_of(name, self.say, self.language)

    def _earlier(self, step: AskStep | AwaitStep) -> Iterator[str]:
        for end in step.ends_when:
            result = self.speaker.result(step.name, end.result)
            yield self.say(ENDS_EARLIER).format(result=result, needs=self.speaker.need(end.need))
        if step.pauses_on and step.resumes_on:
            needs, again = self.speaker.need(step.pauses_on), self.speaker.need(step.resumes_on)
            yield self.say(STANDS_STILL).format(needs=needs, again=again)

    def _whole(self) -> Iterator[str]:
        """The time for the pathway itself."""
        for limit in self.pathway.within:
            yield self._timed(PATHWAY_WITHIN if limit.is_plain else PATHWAY_BY, limit)
        if self.pathway.within:
            meaning = self.pathway.on_expiry
            said = WHOLE_SILENCE.get(meaning, SILENCE_ENDS_ALL)
            yield self.say(said).format(result=names.spaced(meaning))
        yield from self._sources(self.pathway.within)

    def _longer(self, step: AskStep | AwaitStep) -> Iterator[str]:
        """What it means that its time goes by, and how it may be made longer before."""
        if step.on_expiry == Silence.NOTE:
            yield self.say(SILENCE_NOTE)
        elif step.on_expiry != Silence.ESCALATE:
            yield self.say(SILENCE_ENDS).format(result=self.speaker.result(step.name, step.on_expiry))
        if step.extend:
            bodies = [self._body(body) for body in step.extend.agreed_by]
            time = names.time(step.extend.by.words, self.language)
            yield self.say(LONGER).format(time=time, times=step.extend.at_most, bodies=self.say(AND).join(bodies))

    def _step(self, step: AnyStep) -> Iterator[str]:
        needs = self.speaker.need(step.needs)
        begins = self.say(AFTER).format(needs=needs) if needs else self.say(AT_ONCE)
        told = self.consents.telling(step)
        if told or needs or not (step.repeat and step.repeat.on_days):
            yield told or begins
        if needed_signals(step.needs):
            yield self.say(ONCE_ALONE)
        if step.not_before:
            held = TOLD_AT if isinstance(step, TellStep) else NOT_BEFORE
            yield self.say(held).format(time=self.speaker.point(step.not_before))
        if step.repeat:
            yield from repeated(step.repeat, self.speaker)
        if step.when:
            yield self.say(ONLY_IF).format(condition=self.speaker.condition(step.when))
        if step.looked_at is LookedAt.AGAIN:
            yield self.say(LOOKED_AT_AGAIN)
        if time_turns(step):
            yield self.say(TIME_TURNS_IT)
        yield from self.consents.of_step(step)
        yield from self._own(step)

    def _own(self, step: AnyStep) -> Iterator[str]:
        if isinstance(step, AskStep):
            yield self.say(ASKS).format(who=names.competence(step.competence, self.language))
            yield from chosen_by(step, self.speaker)
            yield from self._ask(step)
        elif isinstance(step, TellStep):
            told = [names.competence(name, self.language) for name in step.competences]
            yield self.say(TELLS).format(who=self.say(AND).join(told))
            if len(told) > 1:
                yield self.say(TELLS_EACH)
            yield from chosen_by(step, self.speaker)
        elif isinstance(step, StartStep):
            yield self.say(STARTS).format(pathway=names.spaced(step.pathway))
        else:
            yield from self._await(step)

    def _ask(self, step: AskStep) -> Iterator[str]:
        yield self._timed(TAKE, step.accept_within)
        if step.first_sign_within:
            yield self._timed(SIGN, step.first_sign_within)
        for limit in step.complete_within:
            yield self._timed(RESULT_WITHIN if limit.is_plain else RESULT_BY, limit)
        yield from self._longer(step)
        rungs = [
            self.say(RUNGS[rung.to]).format(time=names.time(rung.after.words, self.language)) for rung in step.escalate
        ]
        yield self.say(LADDER).format(rungs="; ".join(rungs))
        yield self._results(step.results)
        yield from self._results_set(step)
        yield from self._earlier(step)
        yield from self._sources([step.accept_within, *step.complete_within], step.extend)

    def _await(self, step: AwaitStep) -> Iterator[str]:
        watcher = names.competence(step.watched_by, self.language)
        yield self.say(AWAITS).format(who=step.who.said(self.language), watcher=watcher)
        yield from chosen_by(step, self.speaker)
        for limit in step.within:
            yield self._timed(UNTIL, limit)
        yield from self._longer(step)
        yield self._results(step.results)
        yield from self._results_set(step)
        yield from self._earlier(step)
        yield from self._sources(step.within, step.extend)

    def _timed(self, template: str, limit: Limit) -> str:
        clock = self.say(CLOCKS[limit.clock]) if CLOCKS[limit.clock] else ""
        return self.say(template).format(time=self.speaker.limit(limit), clock=clock)

    def _results(self, results: Mapping[str, Result]) -> str:
        told = []
        for name, result in results.items():
            title = result.title.said(self.language) if result.title else names.spaced(name)
            evidence = ", ".join(names.spaced(field) for field in result.evidence)
            told.append(self.say(SHOWING).format(result=title, evidence=evidence) if evidence else title)
        return self.say(ENDS).format(results="; ".join(told))

    def _results_set(self, step: AskStep | AwaitStep) -> Iterator[str]:
        """The facts that its results change."""
        for name, result in step.results.items():
            yield from self._sets(self.speaker.result(step.name, name), result.sets)

    def _sets(self, when: str, settings: Iterable[Setting]) -> Iterator[str]:
        """What facts become with a result, or a signal."""
        for setting in settings:
            fact = self.speaker.facts.get(setting.fact)
            value = names.value(setting.value, fact, self.language) if setting.value is not None else ""
            if setting.evidence:
                value = self.say(WHAT_IS_SHOWN).format(field=names.spaced(setting.evidence))
            yield self.say(SETS_UP if fact and fact.raises_only else SETS).format(
                result=when, fact=names.fact(setting.fact, self.speaker.facts, self.language), value=value
            )

    def _sources(self, limits: Iterable[Limit], longer: Extension | None = None) -> Iterator[str]:
        sources = [limit.source for limit in limits] + ([longer.source] if longer else [])
        for source in dict.fromkeys(sources):
            if source.verified_on:
                yield self.say(SOURCE).format(source=source.text, date=source.verified_on.isoformat())
            else:
                yield self.say(SOURCE_UNREAD).format(source=source.text)

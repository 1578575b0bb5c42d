"""What stands in the boxes of a drawing, line by line: of steps, of what comes from outside, of the ways it can end."""

from collections.abc import Callable, Collection, Iterator, Mapping

from procedures.conditions import needed_signals, needed_steps
from procedures.marking import N_
from procedures.schema import (
    AnyStep,
    AskStep,
    AwaitStep,
    Clock,
    Fact,
    Interval,
    Limit,
    LookedAt,
    Need,
    NeedKind,
    Outcome,
    Pathway,
    Repetition,
    RungTarget,
    Signal,
    Silence,
    StartStep,
)
from procedures.showing import fixed_days, names
from procedures.showing.choices import in_a_box, word_of
from procedures.showing.conditions import AND, OR, Speaker
from procedures.showing.consents import NONE_KNOWN, Consents
from procedures.showing.repeats import IN_TURN, MOVED
from procedures.showing.schedules import head_of_itself

KIND = {"ask": N_("asks"), "tell": N_("tells"), "await": N_("waits for"), "start": N_("starts")}
RUNG = {
    RungTarget.SERVICE: N_("reminded"),
    RungTarget.DEPUTY: N_("deputy"),
    RungTarget.NEXT_SERVICE: N_("next service"),
    RungTarget.COORDINATOR: N_("coordinator"),
}
CLOCK = {Clock.PROTOCOL: "", Clock.CLINICAL: N_("clinical"), Clock.STATUTORY: N_("by law")}
ONCE = N_("once: {needs}")
TAKEN, SIGN = N_("taken within {time}"), N_("first sign within {time}")
RESULT, RESULT_BY, UNTIL = N_("result within {time}"), N_("result at the latest: {time}"), N_("time: {time}")
AFTER, ONLY_IF = N_("after {time}: {who}"), N_("only if {condition}")
ONLY_IF_AGAIN = N_("only if {condition}, looked at again")
NOT_BEFORE, NOTED, LAPSES = N_("not before: {time}"), N_("then: only noted"), N_("then: {result}")
LONGER, WHOLE = N_("longer by {time}, how often: {times}"), N_("over at the latest: {time}")
ON, ENDS_ON = N_("on signal: {signals}"), N_("ends on signal: {signals}")
CALLED_OFF = N_("called off on signal: {signals}")
STANDS_STILL_ON, GOES_ON_ON = N_("stands still on signal: {signals}"), N_("goes on with signal: {signals}")
LETS_STAND, LETS_GO_ON = N_("stand still: {steps}"), N_("go on: {steps}")
ON_DAYS = N_("each time: {days}, at {time}")
AGAIN, AGAIN_WHERE = N_("again {time} after each time"), N_("again {time} after each time where {fact} is {value}")
OTHERWISE = N_("otherwise {time} after each time")
AT_MOST, AS_LONG_AS, UP_TO = N_("at most {times} times"), N_("as long as {condition}"), N_("until {needs}")
FIRST_TIME = N_("the first time {time} after it could")
FROM, BEGINS, ENDS, CALLS_OFF = N_("from: {senders}"), N_("begins: {steps}"), N_("ends: {steps}"), N_("off: {steps}")
CHANGES = N_("changes: {facts}")
OPENED_BY = N_("opened on the word of: {bodies}")
OWN_WORK = N_("the network's own work")
OUTCOME, EDITION = N_("outcome"), N_("edition {edition}")


class Notes:
    """The lines of one pathway's drawing in one language, before they are broken to fit."""

    def __init__(
        self,
        pathway: Pathway,
        facts: Mapping[str, Fact],
        translate: Callable[[str], str],
        language: str,
        others: Mapping[str, Pathway] = NONE_KNOWN,
    ) -> None:
        """`others`: the pathways that it may start, to say whom those are about."""
        self.pathway, self.say, self.language = pathway, translate, language
        self.speaker = Speaker(pathway, facts, translate, language)
        self.consents = Consents(pathway, self.speaker, others)

    def edition(self) -> str:
        """Which edition it is."""
        return self.say(EDITION).format(edition=self.pathway.edition)

    def of_pathway(self) -> str:
        """Whom it is about, what it rests on, who opens it, and the time for the whole of it."""
        whole = (self._limit(WHOLE, limit) for limit in self.pathway.within)
        itself = head_of_itself(self.pathway, self.speaker)
        own_work = [self.say(OWN_WORK)] if self.pathway.no_case else []
        return " · ".join([*own_work, *self.consents.at_the_top(), *self._opened(), *itself, *whole])

    def _opened(self) -> Iterator[str]:
        """On whose word a case is opened with it."""
        if self.pathway.opened_by:
            bodies = ", ".join(word_of(word, self.say, self.language) for word in self.pathway.opened_by)
            yield self.say(OPENED_BY).format(bodies=bodies)

    def heading(self, step: AnyStep) -> str:
        """What it does."""
        return f"{self.say(KIND[step.kind])}: {step.title.said(self.language)}"

    def of_step(self, step: AnyStep) -> Iterator[str]:
        """When it begins and for how long, what silence leads to, and what signals do to it."""
        needs = self.after(step.needs)
        if needs:
            yield self.say(ONCE).format(needs=needs)
        if step.when:
            only_if = ONLY_IF_AGAIN if step.looked_at is LookedAt.AGAIN else ONLY_IF
            yield self.say(only_if).format(condition=self.speaker.condition(step.when))
        yield from self.consents.in_a_box(step)
        yield from self._signalled(step)
        if step.not_before:
            yield self.say(NOT_BEFORE).format(time=self.speaker.point(step.not_before))
        if step.repeat:
            yield from self._again(step.repeat)
        yield from self._own(step)

    def _own(self, step: AnyStep) -> Iterator[str]:
        if not isinstance(step, StartStep):
            yield from in_a_box(step, self.speaker)
        if isinstance(step, AskStep):
            yield self._limit(TAKEN, step.accept_within)
            if step.first_sign_within:
                yield self._limit(SIGN, step.first_sign_within)
            yield from (self._limit(RESULT if limit.is_plain else RESULT_BY, limit) for limit in step.complete_within)
            yield from self._longer(step)
            for rung in step.escalate:
                yield self.say(AFTER).format(time=self._time(rung.after.words), who=self.say(RUNG[rung.to]))
        elif isinstance(step, AwaitStep):
            yield from (self._limit(UNTIL, limit) for limit in step.within)
            yield from self._longer(step)
        elif isinstance(step, StartStep):
            yield names.spaced(step.pathway)

    def after(self, need: Need) -> str:
        """What must have happened, where an arrow alone does not say it; signals are told beside."""
        steps = needed_steps(need)
        return self._shortly(need, several=len(steps) > 1) if _says_more(need) else ""

    def _shortly(self, need: Need, *, several: bool) -> str:
        if need.kind is NeedKind.STEP:
            title = self.speaker.step(need.step or "")
            result = self.speaker.result(need.step or "", need.result) if need.result else ""
            return f"«{': '.join(part for part in (title if several or not result else '', result) if part)}»"
        if need.kind is not NeedKind.ANY_OF and need.kind is not NeedKind.ALL_OF:
            return self.speaker.need(need)
        said = [self._shortly(part, several=several) for part in need.parts]
        if len(said) > 1:
            said = [f"({words})" if part.parts else words for part, words in zip(need.parts, said, strict=True)]
        return self.say(OR if need.kind is NeedKind.ANY_OF else AND).join(said)

    def _again(self, repeat: Repetition) -> Iterator[str]:
        """How often, and what ends it."""
        if repeat.on_days:
            said = fixed_days.days(repeat.on_days, self.language)
            yield self.say(ON_DAYS).format(days=said, time=f"{repeat.on_days.at:%H:%M}")
            if moves_to := repeat.on_days.moves_to:
                yield self.say(MOVED[moves_to.back, bool(moves_to.country)]).format(country=moves_to.country)
        if repeat.every:
            yield from self._after_each(repeat.every)
        if repeat.first:
            yield self.say(FIRST_TIME).format(time=self._time(repeat.first.words))
        if repeat.at_most:
            yield self.say(AT_MOST).format(times=repeat.at_most)
        if repeat.while_:
            yield self.say(AS_LONG_AS).format(condition=self.speaker.condition(repeat.while_))
        if repeat.until:
            yield self.say(UP_TO).format(needs=self.speaker.need(repeat.until))

    def _after_each(self, every: Interval) -> Iterator[str]:
        """How long after each time, by what a fact says."""
        for word, length in every.by_value.items():
            fact = names.fact(every.fact or "", self.speaker.facts, self.language)
            value = names.value(word, self.speaker.facts.get(every.fact or ""), self.language)
            yield self.say(AGAIN_WHERE).format(time=self._time(length.words), fact=f"«{fact}»", value=value)
        time = self._time(every.otherwise.words)
        if every.by_count:
            times = ", ".join(self._time(length.words) for length in every.by_count)
            time = self.say(IN_TURN).format(times=times, time=time)
        yield self.say(OTHERWISE if every.by_value else AGAIN).format(time=time)

    def _signalled(self, step: AnyStep) -> Iterator[str]:
        """What signals do to the step."""
        marked = {
            ON: needed_signals(step.needs),
            ENDS_ON: _ending(step),
            CALLED_OFF: [name for name, signal in self.pathway.signals.items() if step.name in signal.cancels],
            STANDS_STILL_ON: _pausing(step, "pauses_on"),
            GOES_ON_ON: _pausing(step, "resumes_on"),
        }
        for template, signals in marked.items():
            if signals:
                yield self.say(template).format(signals=self._titles(signals))

    def _titles(self, signals: Collection[str]) -> str:
        return ", ".join(self.speaker.signal(name) for name in self.pathway.signals if name in signals)

    def of_signal(self, signal: Signal) -> Iterator[str]:
        """Who gives it, and what it does."""
        senders = (word_of(name, self.say, self.language) for name in signal.senders)
        yield self.say(FROM).format(senders=", ".join(senders))
        steps = self.pathway.steps.values()
        does = {
            BEGINS: [step.name for step in steps if signal.name in needed_signals(step.needs)],
            ENDS: [step.name for step in steps if signal.name in _ending(step)],
            CALLS_OFF: list(signal.cancels),
            LETS_STAND: [step.name for step in steps if signal.name in _pausing(step, "pauses_on")],
            LETS_GO_ON: [step.name for step in steps if signal.name in _pausing(step, "resumes_on")],
        }
        for template, touched in does.items():
            if touched:
                yield self.say(template).format(steps=", ".join(self.speaker.step(name) for name in touched))
        facts = [names.fact(setting.fact, self.speaker.facts, self.language) for setting in signal.sets]
        if facts:
            yield self.say(CHANGES).format(facts=", ".join(facts))

    def of_outcome(self, outcome: Outcome) -> tuple[str, str]:
        """Its name, and what leads to it."""
        signals = needed_signals(outcome.when)
        said = self._shortly(outcome.when, several=True)
        if signals and not needed_steps(outcome.when):
            said = self.say(ON).format(signals=self._titles(signals))
        return f"{self.say(OUTCOME)}: {names.spaced(outcome.name)}", said

    def _longer(self, step: AskStep | AwaitStep) -> Iterator[str]:
        if step.on_expiry == Silence.NOTE:
            yield self.say(NOTED)
        elif step.on_expiry != Silence.ESCALATE:
            yield self.say(LAPSES).format(result=self.speaker.result(step.name, step.on_expiry))
        if step.extend:
            yield self.say(LONGER).format(time=self._time(step.extend.by.words), times=step.extend.at_most)

    def _limit(self, template: str, limit: Limit) -> str:
        said = self.say(template).format(time=self.speaker.limit(limit))
        clock = CLOCK[limit.clock]
        return f"{said} ({self.say(clock)})" if clock else said

    def _time(self, words: str) -> str:
        return names.time(words, self.language)


def _ending(step: AnyStep) -> frozenset[str]:
    """The signals that end it."""
    ends = step.ends_when if isinstance(step, AskStep | AwaitStep) else ()
    return frozenset().union(*(needed_signals(end.need) for end in ends))


def _pausing(step: AnyStep, word: str) -> frozenset[str]:
    """The signals on which it stands still, or goes on."""
    need: Need | None = getattr(step, word, None)
    return needed_signals(need) if need else frozenset()


def _says_more(need: Need) -> bool:
    """Whether it is more than that steps are over, all of them, or that one signal came."""
    if need.kind is NeedKind.STEP:
        return need.result is not None
    if need.kind is NeedKind.SIGNAL:
        return False
    return need.kind is not NeedKind.ALL_OF or any(_says_more(part) for part in need.parts)

"""The worst case: who is called when, if nobody ever answers."""

from collections.abc import Callable
from dataclasses import dataclass

from procedures.conditions import needed_signals, needed_steps
from procedures.marking import N_
from procedures.schema import NOW, AskStep, Duration, Pathway, RungTarget
from procedures.showing import names
from procedures.showing.conditions import Speaker

CALLED = {
    RungTarget.SERVICE: N_("the same service is reminded"),
    RungTarget.DEPUTY: N_("their deputy is called"),
    RungTarget.NEXT_SERVICE: N_("the next service is asked, and its own time begins"),
    RungTarget.COORDINATOR: N_("the coordinator is called and has it in hand"),
}
ASKED = N_("the first service is asked")
ASKED_AT_ONCE = N_("several services are asked at once; each has its own time")
LATE = N_("the time to answer is over: the service is reminded")
AT_ONCE = N_("at once")
ONCE = N_("{step}: once {needs}")


@dataclass(frozen=True, slots=True)
class Call:
    """Who is called, so long after the step begins: in seconds, and in words."""

    after_seconds: int
    after: str
    what: str
    length: Duration = NOW


@dataclass(frozen=True, slots=True)
class Silence:
    """Whom the silence at one step leads to, in order."""

    title: str
    first: bool
    """Whether the step begins with the pathway."""
    calls: tuple[Call, ...]


def worst_case(pathway: Pathway, translate: Callable[[str], str], language: str) -> list[Silence]:
    """Every step that asks, in the order of the text."""
    speaker = Speaker(pathway, {}, translate, language)
    return [
        Silence(_title(step, speaker), _begins_at_once(step), tuple(_calls(step, translate, language)))
        for step in pathway.steps.values()
        if isinstance(step, AskStep)
    ]


def _title(step: AskStep, speaker: Speaker) -> str:
    """Its title; with the signal, where it waits for one."""
    title = step.title.said(speaker.language)
    if not needed_signals(step.needs):
        return title
    return speaker.say(ONCE).format(step=title, needs=speaker.need(step.needs))


def _begins_at_once(step: AskStep) -> bool:
    return not (needed_steps(step.needs) or needed_signals(step.needs))


def _calls(step: AskStep, translate: Callable[[str], str], language: str) -> list[Call]:
    def call(after: Duration, what: str) -> Call:
        return Call(after.seconds, names.time(after.words, language), translate(what), after)

    one = step.choose.most == 1
    calls = [Call(0, translate(AT_ONCE), translate(ASKED if one else ASKED_AT_ONCE))]
    calls += [call(rung.after, CALLED[rung.to]) for rung in step.escalate]
    accept = step.accept_within.within
    # Where somebody is called at this very moment, nobody is reminded as well (decision 10).
    if not any(rung.after.same_length(accept) for rung in step.escalate):
        calls.append(call(accept, LATE))
    return sorted(calls, key=lambda made: made.after_seconds)

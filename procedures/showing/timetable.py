"""The worst case: when who is called, if nobody ever answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from procedures.marking import N_
from procedures.schema import AskStep, Fact, Pathway, RungTarget
from procedures.showing import names
from procedures.showing.conditions import Speaker

CALLED = {
    RungTarget.SERVICE: N_("the same service is reminded"),
    RungTarget.DEPUTY: N_("their deputy is called"),
    RungTarget.NEXT_SERVICE: N_("the next service is asked, and its own time begins"),
    RungTarget.COORDINATOR: N_("the coordinator is called and has it in hand"),
}
ASKED = N_("the first service is asked")
LATE = N_("the time to answer is over: a reminder, unless somebody is called at this moment")


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the worst case of a step."""

    step: str
    after_seconds: int
    at: datetime | None
    """The moment itself, for steps that begin with the pathway; the others begin later."""
    what: str


def worst_case(
    pathway: Pathway,
    facts: Mapping[str, Fact],
    translate: Callable[[str], str],
    language: str,
    began: datetime,
) -> list[Call]:
    """For each step that asks: whom its silence leads to, in order. `began` is when the pathway starts (aware)."""
    speaker = Speaker(pathway, facts, translate, language)
    calls: list[Call] = []
    for step in pathway.steps.values():
        if not isinstance(step, AskStep):
            continue
        first = not speaker.need(step.needs)
        title = step.title.said(language)
        events = [(0, ASKED), (step.accept_within.within.seconds, LATE)]
        events += [(rung.after.seconds, CALLED[rung.to]) for rung in step.escalate]
        rungs = {rung.after.seconds for rung in step.escalate}
        for seconds, what in sorted(events, key=lambda event: event[0]):
            if what is LATE and seconds in rungs:
                continue
            at = began + timedelta(seconds=seconds) if first else None
            calls.append(Call(title, seconds, at, translate(what)))
    return calls


def spoken(seconds: int, language: str) -> str:
    """An elapsed time as people say it: `45 min`, `4 h`, `1 h 30 min`, `2 giorni`."""
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3600)
    parts = []
    if days:
        parts.append(f"{days} {'day' if days == 1 else 'days'}")
    if hours:
        parts.append(f"{hours} h")
    if rest or not parts:
        parts.append(f"{rest // 60} min")
    return " ".join(names.time(part, language) for part in parts)

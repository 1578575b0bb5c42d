"""Wrong texts whose fault is marked where it must be shown: `»` stands before the place."""

from collections.abc import Callable, Iterable
from textwrap import dedent, indent

from procedures.faults import Fault, ProcedureFaults

MARK = "»"

HEAD = """\
pathway: shelter
edition: 1
title: {it: Riparo, en: Shelter}
consent: shelter
outcomes: {done: find_place}
steps:
"""

FIND_PLACE = """\
find_place:
  ask: emergency_shelter
  title: {it: Trovare un posto, en: Find a place}
  accept_within: 15 min
  complete_within: 4 h
  source: {text: invented, verified: false}
  results: {housed: {evidence: {confirmed_at: datetime, searched: integer}}, no_place: {}}
"""

ESCORT = """\
escort:
  ask: safe_transport
  title: {it: Accompagnare, en: Escort}
  accept_within: 20 min
  complete_within: 3 h
  source: {text: invented, verified: false}
"""


def steps(*texts: str) -> str:
    """A pathway of `find_place` and these steps."""
    return HEAD + "".join(indent(dedent(text), "  ") for text in (FIND_PLACE, *texts))


def only_step(text: str) -> str:
    """A pathway of this step alone."""
    return HEAD + indent(dedent(text), "  ")


def find_place(old: str, new: str) -> str:
    """The pathway of `find_place`, with one part of it written otherwise."""
    assert old in FIND_PLACE
    return only_step(FIND_PLACE.replace(old, new))


def ask(more: str, *others: str) -> str:
    """A pathway whose second step, an `ask`, also says `more`; then these other steps."""
    return steps(ESCORT + indent(dedent(more).strip("\n"), "  ") + "\n", *others)


def faults_of(load: Callable[[str, str], object], text: str) -> list[Fault]:
    """The faults of a text; none where it can be used."""
    try:
        load(text, "wrong.yaml")
    except ProcedureFaults as faults:
        return list(faults.faults)
    return []


def place_of_mark(text: str) -> tuple[str, int, int]:
    """The text without its mark, and the line and column it stood at."""
    before, mark, after = text.partition(MARK)
    assert mark, "the text marks no place"
    return before + after, before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def codes(faults: Iterable[Fault]) -> list[str]:
    """Only what sort they are."""
    return [fault.code for fault in faults]

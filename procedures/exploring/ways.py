"""Which results a step can bring before it is over: one, or of a repeated step any that its times bring together."""

from collections.abc import Collection, Iterator, Sequence
from itertools import combinations

from procedures.conditions import named_results, needed_signals, needed_steps
from procedures.schema import AnyStep, Need, NeedKind, Repetition

Way = tuple[str, ...]
"""The results that came, each once; none where the step never began."""
LEFT_OUT_WAY: Way = ()


def ways(step: AnyStep, results: Sequence[str], matters: Collection[str], *, called_off: bool) -> Iterator[Way]:
    """Every set of results that makes a difference; `matters` are those that are named or change a fact.

    `called_off`: a signal may stop it after any of its times.
    """
    repeat = step.repeat
    if repeat is None:
        yield from ((result,) for result in results)
        return
    known = [result for result in results if result in matters]
    others = [result for result in results if result not in matters][:1]
    most = min(len(known), repeat.at_most or len(known))
    must = None if called_off else _must_come(step.name, repeat, matters)
    found = [way for size in range(1, most + 1) for way in combinations(known, size)]
    for way in [*([tuple(others)] if others else []), *found]:
        if must is None or _came(must, way):
            yield way


def _must_come(name: str, repeat: Repetition, matters: Collection[str]) -> Need | None:
    """What has come whenever the repetition is over, where nothing but results of its own ends it."""
    until = repeat.until
    if until is None or repeat.while_ is not None or repeat.at_most is not None:
        return None
    own = needed_steps(until) == {name} and not needed_signals(until)
    return until if own and named_results([until]).get(name, frozenset()) <= set(matters) else None


def _came(need: Need, way: Way) -> bool:
    if need.kind is NeedKind.STEP:
        return need.result in way
    inner = [_came(part, way) for part in need.parts]
    return any(inner) if need.kind is NeedKind.ANY_OF else all(inner)

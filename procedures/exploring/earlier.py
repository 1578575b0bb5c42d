"""Which steps are over, or were looked at, without any doubt when the needs of another are met."""

from collections.abc import Mapping

from procedures.language.conditions import Need, NeedKind, can_fail
from procedures.language.pathways import Pathway
from procedures.language.steps import AnyStep, time_turns


def may_come_later(steps: Mapping[str, AnyStep]) -> frozenset[str]:
    """The steps that time alone may let in after they were left out, and those that need one or tell of one."""
    found = {name for name, step in steps.items() if time_turns(step)}
    waiting = list(found)
    while waiting:
        name = waiting.pop()
        hanging = {other for other, step in steps.items() if name in _all_of(step.needs)} | {steps[name].told_in or ""}
        waiting += [other for other in hanging if other in steps and other not in found]
        found |= hanging & steps.keys()
    return frozenset(found)


def _all_of(need: Need) -> frozenset[str]:
    own = frozenset({need.step}) if need.step else frozenset()
    return own.union(*(_all_of(part) for part in need.parts))


def looked_at_before(pathway: Pathway, name: str) -> frozenset[str]:
    """The steps whose `when` was looked at before the needs of this one were met, or in the same moment.

    What is over need not have been looked at: it may have been left out, or called off, before its turn came.
    """
    needs = pathway.steps[name].needs
    at_once = {other.name for other in pathway.steps.values() if other.needs == Need()} if needs != Need() else set()
    first = at_once - may_come_later(pathway.steps)
    looked = {step for step in first | _came_to_turn(pathway, needs, first) if step != name}
    return frozenset(looked)


def over_before(pathway: Pathway, name: str) -> frozenset[str]:
    """The steps that are over when the needs of this one are met; of a repeated one, at least one time is."""
    needs = pathway.steps[name].needs
    before, later = _came_to_turn(pathway, needs, set()), may_come_later(pathway.steps)
    waited_for = [needs, *(pathway.steps[step].needs for step in before)]
    # What was left out for now is over, and may come after all: only a result of it says that it did.
    return frozenset().union(*(_named(need) - (later - _with_result(need)) for need in waited_for))


def _came_to_turn(pathway: Pathway, needs: Need, known: set[str]) -> set[str]:
    """Those whose turn came, and those whose turn came before theirs."""
    found, waiting = set(known), [needs]
    while waiting:
        need = waiting.pop()
        for step in _named(need):
            if step not in found and (step in _with_result(need) or _is_looked_at(pathway, step)):
                found.add(step)
                waiting.append(pathway.steps[step].needs)
    return found


def _named(need: Need) -> frozenset[str]:
    """The steps without which it is not met, whichever way it is."""
    if need.kind is NeedKind.STEP:
        return frozenset({need.step or ""})
    return _of_parts(need, [_named(part) for part in need.parts])


def _with_result(need: Need) -> frozenset[str]:
    """Those of them that began, because a result of theirs is needed."""
    if need.kind is NeedKind.STEP:
        return frozenset({need.step or ""}) if need.result else frozenset()
    return _of_parts(need, [_with_result(part) for part in need.parts])


def _of_parts(need: Need, parts: list[frozenset[str]]) -> frozenset[str]:
    if need.kind in {NeedKind.SIGNAL, NeedKind.NOT}:
        return frozenset()
    return frozenset().union(*parts) if need.kind is NeedKind.ALL_OF else frozenset.intersection(*parts)


def _is_looked_at(pathway: Pathway, name: str) -> bool:
    """Whether the step is over only after its `when` was looked at."""
    called_off = any(name in signal.cancels for signal in pathway.signals.values())
    later = name in may_come_later(pathway.steps)
    return not called_off and not later and not can_fail(pathway.steps[name].needs)

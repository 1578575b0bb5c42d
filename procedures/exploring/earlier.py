"""Which steps were looked at, without any doubt, when the needs of another are met."""

from procedures.language.conditions import Need, NeedKind, can_fail
from procedures.language.pathways import Pathway


def looked_at_before(pathway: Pathway, name: str) -> frozenset[str]:
    """The steps whose `when` was looked at before the needs of this one were met, or in the same moment.

    What is over need not have been looked at: it may have been left out, or called off, before its turn came.
    """
    needs = pathway.steps[name].needs
    found = {other.name for other in pathway.steps.values() if other.needs == Need()} if needs != Need() else set()
    waiting = list(_of_need(pathway, needs))
    while waiting:
        step = waiting.pop()
        if step not in found:
            found.add(step)
            waiting += _of_need(pathway, pathway.steps[step].needs)
    return frozenset(found - {name})


def _of_need(pathway: Pathway, need: Need) -> frozenset[str]:
    if need.kind is NeedKind.STEP:
        return frozenset({need.step or ""}) if need.result or _is_looked_at(pathway, need.step or "") else frozenset()
    if need.kind in {NeedKind.SIGNAL, NeedKind.NOT}:
        return frozenset()
    parts = [_of_need(pathway, part) for part in need.parts]
    return frozenset().union(*parts) if need.kind is NeedKind.ALL_OF else frozenset.intersection(*parts)


def _is_looked_at(pathway: Pathway, name: str) -> bool:
    """Whether the step is over only after its `when` was looked at."""
    called_off = any(name in signal.cancels for signal in pathway.signals.values())
    return not called_off and not can_fail(pathway.steps[name].needs)

"""Whether the times of an `ask` fit together: acceptance, first sign, result, and the rungs of its ladder."""

from procedures.grammar import kinds
from procedures.grammar.drafts import PathwayDraft, PlacedRung, StepDraft
from procedures.reading import Document
from procedures.schema import AskStep, AwaitStep, Clock, MomentKind, Pathway, RungTarget

_REPLACING = (RungTarget.NEXT_SERVICE, RungTarget.COORDINATOR)


def check_ladder(document: Document, step: StepDraft) -> None:
    """The rungs come one after the other, replace nobody too soon, and end with the coordinator."""
    if not step.ladder:
        return
    for earlier, later in zip(step.ladder, step.ladder[1:], strict=False):
        if not later.rung.after.is_longer(earlier.rung.after):
            example = f"{{after: {earlier.rung.after.seconds // 60 + 5} min, to: {later.rung.to}}}"
            document.fault(kinds.LADDER_ORDER, later.node, example=example)
    _check_end(document, step.ladder)
    first = next((placed for placed in step.ladder if placed.rung.to in _REPLACING), None)
    if first and step.accept and not first.rung.after.is_never_shorter(step.accept.limit.within):
        words = step.accept.limit.within.words
        document.fault(kinds.LADDER_TOO_SOON, first.node, after=words, to=first.rung.to.value)


def _check_end(document: Document, ladder: list[PlacedRung]) -> None:
    last = ladder[-1]
    if last.rung.to is not RungTarget.COORDINATOR:
        after = f"{last.rung.after.seconds // 60 + 30} min"
        document.fault(kinds.LADDER_END, last.node, after=after)
    passed: RungTarget | None = None
    for placed in ladder:
        beyond_next = passed is RungTarget.NEXT_SERVICE and placed.rung.to is not RungTarget.COORDINATOR
        if beyond_next or passed is RungTarget.COORDINATOR:
            document.fault(kinds.LADDER_PAST_END, placed.node, rung=passed.value if passed else "")
        elif placed.rung.to in _REPLACING:
            passed = placed.rung.to


def check_clinical(document: Document, draft: PathwayDraft, pathway: Pathway) -> None:
    """A clinical time counts from the violence, or from what was given for it: never from its own step."""
    for name, step in pathway.steps.items():
        if not isinstance(step, AskStep | AwaitStep):
            continue
        limits = step.complete_within if isinstance(step, AskStep) else step.within
        clinical = [limit for limit in limits if limit.clock is Clock.CLINICAL]
        if clinical and all(m.kind is MomentKind.START for limit in clinical for m in limit.moments):
            document.fault(kinds.CLINICAL_FROM_NOTHING, draft.steps[name].key, step=name)


def check_limits(document: Document, step: StepDraft) -> None:
    """A first sign is asked for where risk is imminent, and it comes before the end."""
    if step.admits_imminent and step.first_sign is None:
        document.fault(kinds.FIRST_SIGN_MISSING, step.key)
    if step.first_sign is None:
        return
    for placed in step.limits:
        for point in placed.limit.points:
            own = point.of.kind is MomentKind.START
            if own and not point.distance.is_longer(step.first_sign.limit.within):
                document.fault(kinds.FIRST_SIGN_LATE, step.first_sign.node, limit=point.distance.words)

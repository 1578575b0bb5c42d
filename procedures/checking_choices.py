"""Whether what `choose` says can ever be so: steps done before, and bodies not both same and other."""

from collections.abc import Iterator, Mapping

from procedures.grammar import choose_kinds, kinds
from procedures.grammar.drafts import NeedRef, PathwayDraft, PlacedChoice, StepDraft
from procedures.language.choosing import HowMany
from procedures.reading import Document, nearest_or_all
from procedures.schema import RungTarget, Silence


def check_choices(document: Document, draft: PathwayDraft, before: Mapping[str, frozenset[str]]) -> None:
    """Take note of every fault of `choose`; `before` are the steps that each step needs."""
    for step in draft.steps.values():
        for placed in step.ladder if step.not_delegable else ():
            if placed.rung.to is RungTarget.NEXT_SERVICE:
                document.fault(choose_kinds.PASSED_ON, placed.node)
        if step.choice is None:
            continue
        _check_each(document, step, step.choice)
        all_at_once = step.choice.first or step.choice.model.how_many is HowMany.ALL
        for placed in step.ladder if all_at_once else ():
            if placed.rung.to is RungTarget.NEXT_SERVICE:
                document.fault(choose_kinds.ALL_WERE_ASKED, placed.node)
        same = [ref for ref in (step.choice.same_as, step.choice.same_person_as) if ref]
        refs = [*same, *step.choice.different_from, *step.choice.other_person_than]
        sound = [_is_done_before(document, draft, step, ref, before) for ref in refs]  # each fault is told
        if all(sound):
            _check_together(document, draft, step)


def _check_each(document: Document, step: StepDraft, choice: PlacedChoice) -> None:
    """Where several bring their result each, nothing ends the step but all of them or a signal."""
    if not choice.each:
        return
    if step.on_expiry is not None and step.silence not in {None, *Silence}:
        document.fault(choose_kinds.EACH_CONTRADICTS, step.on_expiry, word="on_expiry")
    for ref in step.moments:
        if ref.moment.step == step.name and ref.moment.name in {"requested", "accepted"}:
            document.fault(choose_kinds.EACH_FROM_ITS_OWN, ref.node, moment=f"{step.name}.{ref.moment.name}")


def _is_done_before(
    document: Document, draft: PathwayDraft, step: StepDraft, ref: NeedRef, before: Mapping[str, frozenset[str]]
) -> bool:
    """Whether somebody has surely had the other step in hand, or it was left out, when this one begins."""
    other = draft.steps.get(ref.step)
    if other is None:
        known = nearest_or_all(ref.step, draft.steps)
        document.fault(kinds.UNKNOWN_STEP, ref.node, step=ref.step, known=known)
    elif other is step:
        document.fault(choose_kinds.LIKE_ITSELF, ref.node, step=step.name)
    elif other.kind == "start":
        document.fault(choose_kinds.ASKS_NOBODY, ref.node, step=other.name)
    elif other.name not in before[step.name]:
        document.fault(choose_kinds.NOT_DONE_BEFORE, ref.node, step=other.name)
    elif step.choice and _is_of_persons(step.choice, ref) and other.kind != "ask":
        document.fault(choose_kinds.NOBODY_TAKES, ref.node, step=other.name)
    elif step.choice and ref is step.choice.whose and _is_done_by_several(other):
        document.fault(choose_kinds.SAME_AS_SEVERAL, ref.node, step=other.name)
    else:
        return True
    return False


def _is_of_persons(choice: PlacedChoice, ref: NeedRef) -> bool:
    return ref is choice.same_person_as or ref in choice.other_person_than


def _is_done_by_several(step: StepDraft) -> bool:
    return len(step.competences) > 1 or (step.choice is not None and step.choice.each is not None)


def _check_together(document: Document, draft: PathwayDraft, step: StepDraft) -> None:
    """The body of `same_as` is, by way of other steps too, none of those that may not be."""
    choice = step.choice
    if choice is None or choice.whose is None:
        return
    same = {other.name: other for other in _same(draft, step)}
    for ref in choice.different_from:
        if ref.step in same:
            document.fault(choose_kinds.CONTRADICTS, ref.node, step=ref.step)
    persons = {other.name for other in _same(draft, step, person=True)}
    for ref in choice.other_person_than:
        if ref.step in persons:
            document.fault(choose_kinds.PERSON_CONTRADICTS, ref.node, step=ref.step)
    for other in same.values():
        for name in choice.barred.keys() & set(other.competences):
            document.fault(choose_kinds.SAME_AND_BARRED, choice.barred[name], step=other.name, competence=name)


def _same(draft: PathwayDraft, step: StepDraft, *, person: bool = False) -> Iterator[StepDraft]:
    """The steps whose body surely does this one too, and theirs; `person`: whose taker is called first."""
    seen: set[str] = {step.name}
    at: StepDraft | None = step
    while at is not None and at.choice is not None:
        ref = at.choice.same_person_as if person else at.choice.whose
        at = draft.steps.get(ref.step) if ref else None
        if at is None or at.name in seen:
            return
        seen.add(at.name)
        yield at

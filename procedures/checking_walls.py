"""Two subjects of one case do not meet: what only all pathways together show of it, and of who gives a consent."""

from collections.abc import Mapping, Sequence

from procedures.grammar import consent_kinds
from procedures.grammar.drafts import PathwayDraft, StepDraft
from procedures.grammar.pathways import PathwayText
from procedures.grammar.words import ENDED
from procedures.language.consents import ConsentGiver, ConsentTerms, Subject
from procedures.nodes import Node
from procedures.schema import MomentKind, Pathway

_OWN = ("requested", "completed", ENDED)
"""What may be known of a pathway behind a wall: that it was begun, and that it is over."""


def check_walls(texts: Sequence[PathwayText], beside: Mapping[str, Pathway]) -> None:
    """Take note, in each text's document, of what reaches over a wall, and of a consent that comes from two."""
    subjects = {name: pathway.subject for name, pathway in beside.items()}
    subjects |= {text.draft.name: text.draft.subject for text in texts if text.draft.name}
    for text in texts:
        for step in text.draft.steps.values():
            whose = subjects.get(step.pathway.step) if step.pathway else None
            if whose is not None and whose is not text.draft.subject:
                _check_start(text, step, whose)
    _check_givers(texts, beside)


def _check_start(text: PathwayText, step: StepDraft, whose: Subject) -> None:
    """Neither a consent goes in, nor a result comes out."""
    document, pathway = text.document, step.pathway.step if step.pathway else ""
    said = {"pathway": pathway, "whose": whose, "subject": text.draft.subject}
    if step.consent is not None:
        document.fault(consent_kinds.ANOTHERS_CONSENT, step.consent, **said)
    for need in text.draft.all_needs():
        if need.step == step.name and need.result not in {None, ENDED}:
            document.fault(consent_kinds.ANOTHERS_RESULT, need.node, step=step.name, whose=whose)
    for other in text.draft.steps.values():
        for ref in other.moments:
            kept = ref.moment.kind is MomentKind.STEP and ref.moment.name in _OWN
            if ref.moment.step == step.name and not kept:
                document.fault(consent_kinds.ANOTHERS_RESULT, ref.node, step=step.name, whose=whose)


def _check_givers(texts: Sequence[PathwayText], beside: Mapping[str, Pathway]) -> None:
    """One consent of one subject comes from the same person wherever it is asked for."""
    read = {text.draft.name for text in texts}
    first: dict[str, tuple[ConsentGiver, str]] = {}
    for name, pathway in beside.items():
        if name not in read:
            for known in (pathway, *pathway.steps.values()):
                first.setdefault(known.consent or "", (known.consent_from, name))
    for text in texts:
        for terms, node in _terms(text):
            giver, where = first.setdefault(terms.consent or "", (terms.consent_from, text.draft.name or ""))
            if node is not None and terms.consent and giver is not terms.consent_from:
                said = {"consent": terms.consent, "giver": terms.consent_from, "other": giver, "pathway": where}
                text.document.fault(consent_kinds.TWO_GIVERS, node, **said)


def _terms(text: PathwayText) -> list[tuple[ConsentTerms, Node | None]]:
    parts: list[PathwayDraft | StepDraft] = [text.draft, *text.draft.steps.values()]
    return [(part.terms, part.consent) for part in parts if part.terms is not None]

"""Where refusing one consent stops help for which she would agree: consent is never a condition of help."""

from collections.abc import Mapping, Sequence

from procedures.consenting import tells_her
from procedures.exploring import kinds
from procedures.exploring.meanwhile import all_needed
from procedures.exploring.seen import Explored
from procedures.exploring.walking import explore_refused
from procedures.grammar.drafts import PathwayDraft
from procedures.language.consents import Governs, plain_name
from procedures.reading import Document
from procedures.schema import Pathway, StartStep
from procedures.story import Sentence, Story

LONGEST_STORY = 8


def held_up_by_a_refusal(
    document: Document,
    draft: PathwayDraft,
    pathway: Pathway,
    outcomes_of: Mapping[str, Sequence[str]],
    explored: Explored,
) -> None:
    """Take note of every step that she agrees to and that never begins once she refuses another consent.

    Nothing is said of a step on a basis in law: a duty that arises out of work that she refused does not arise.
    """
    consents = _consents(draft, pathway)
    gates = {name: consent for name, consent in consents.items() if pathway.steps[name].governs is Governs.WHETHER}
    known = list(dict.fromkeys(gates.values())) if len(set(consents.values())) > 1 else []
    for refused in known:
        left_out = {name for name, consent in gates.items() if consent == refused}
        without = explore_refused(pathway, draft.facts, outcomes_of, left_out)
        if not without.whole:
            continue
        for name, own in consents.items():
            if own != refused and explored.steps[name].begun and not without.steps[name].begun:
                story = Story(_story(pathway, refused, left_out, name))
                said = {"step": name, "refused": plain_name(refused), "own": plain_name(own), "story": story}
                document.fault(kinds.HELD_UP_BY_A_REFUSAL, draft.steps[name].key, **said)


def _consents(draft: PathwayDraft, pathway: Pathway) -> Mapping[str, str]:
    """What each step asks her for. A step that starts a pathway and names none may ask what that one does."""
    found = {}
    for name, step in pathway.steps.items():
        of_another = isinstance(step, StartStep) and draft.steps[name].consent is None
        if step.consent and not step.basis and not of_another and not tells_her(pathway, step):
            found[name] = step.consent
    return found


def _story(pathway: Pathway, refused: str, left_out: set[str], name: str) -> list[Sentence]:
    needed = all_needed(pathway, name)
    steps = [step for step in pathway.steps if step in needed and step in left_out]
    told = [Sentence(kinds.SHE_REFUSES, {"consent": plain_name(refused)})]
    told += [Sentence(kinds.STEP_LEFT_OUT, {"step": step}) for step in steps]
    return told[:LONGEST_STORY]

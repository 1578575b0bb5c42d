"""Whether what a pathway asks services for can be a competence: no person, no rung of a ladder, no slip of the pen."""

from collections.abc import Collection, Iterator

from procedures.faults import FaultKind, Severity
from procedures.grammar.drafts import PathwayDraft, StepDraft
from procedures.language.consents import ConsentGiver, Subject
from procedures.nodes import Node
from procedures.reading import Document, nearest_word
from procedures.schema import COORDINATOR, OPERATOR, AskStep, AwaitStep, Pathway, RungTarget

NO_COMPETENCE = FaultKind(
    "no-competence",
    "{word} is no competence: no service is asked for it, and none speaks for it.",
    "Write a competence, for example police. What she, or anybody outside the network, does is an await, and what she "
    "says an operator passes on; the coordinator is called by escalate.",
)
NEARLY_A_COMPETENCE = FaultKind(
    "nearly-a-competence",
    "{word} is no competence that ships with the program, and looks like {known}.",
    "Write {known}. Where your network does offer {word}, check with its file: --network FILE",
    Severity.WARNING,
)
_PERSONS = frozenset({*ConsentGiver, *Subject, "victim"})
_AT_THE_DESK = frozenset({COORDINATOR, OPERATOR})
_RUNGS = frozenset(RungTarget)


def check_competences(document: Document, draft: PathwayDraft, pathway: Pathway, shipped: Collection[str]) -> None:
    """Take note of every word that stands for a competence and can be none; one that is `shipped` always can."""
    for word, node, speaks in _named(draft, pathway):
        if word in _PERSONS or (not speaks and word in _AT_THE_DESK | _RUNGS):
            document.fault(NO_COMPETENCE, node, word=word)
        elif word not in _AT_THE_DESK and word not in shipped and (known := nearest_word(word, shipped, _NEAR)):
            document.fault(NEARLY_A_COMPETENCE, node, word=word, known=known)


_NEAR = 0.82
"""How alike two words are that one slip of the pen tells apart (polise, police); names of one's own are less so."""


def _named(draft: PathwayDraft, pathway: Pathway) -> Iterator[tuple[str, Node, bool]]:
    """Each such word with its place, and whether the desk and the coordinator may stand there as well."""
    for word, node in draft.opened_by.items():
        yield word, node, True
    for signal in pathway.signals.values():
        for sender in signal.senders:
            yield sender, draft.signals[signal.name].key, True
    for name, step in pathway.steps.items():
        yield from _of_step(draft.steps[name])
        if isinstance(step, AskStep | AwaitStep) and step.extend:
            place = draft.steps[name]
            for body in step.extend.agreed_by:
                yield body, place.extend or place.key, body != OPERATOR


def _of_step(step: StepDraft) -> Iterator[tuple[str, Node, bool]]:
    for word, node in step.anew_by.items():
        yield word, node, True
    place = step.written.get("watched_by") or step.written.get(step.kind or "") or step.key
    for competence in step.competences:
        yield competence, place, False
    for word, node in step.choice.barred.items() if step.choice else ():
        yield word, node, False

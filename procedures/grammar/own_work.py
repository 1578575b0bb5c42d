"""Reading `case: none`: the network's own work, which concerns no survivor and asks nothing about one."""

from collections.abc import Collection, Mapping

from procedures import nodes
from procedures.faults import FaultKind
from procedures.grammar import kinds, words
from procedures.grammar.consent_kinds import ANOTHERS_FACT
from procedures.language.consents import Subject
from procedures.language.facts import OF_CASE
from procedures.language.pathways import facts_about
from procedures.nodes import Node
from procedures.reading import Document, Form, listed, nearest_or_all, shown
from procedures.schema import Fact

NO_SURVIVOR = FaultKind(
    "no-survivor",
    "{word} does not belong to the network's own work: it concerns no survivor.",
    "Delete {word}; or, where it does concern her, delete case: none.",
)
FACT_OF_A_CASE = FaultKind(
    "fact-of-a-case",
    "{fact} is a fact of a case, and this is the network's own work.",
    "Write one of its own facts: {known}. Others are declared in facts.yaml with about: network.",
)
FACT_OF_THE_NETWORK = FaultKind(
    "fact-of-the-network",
    "{fact} is a fact of the network's own work, not of a case.",
    "Write one of: {known}; or write case: none at the top, where it concerns no survivor.",
)
NO_CASE_OPENED = FaultKind(
    "no-case-opened", "No case was opened: this is the network's own work.", "Write pathway.started."
)
STARTS_OWN_WORK = FaultKind(
    "starts-own-work",
    "{pathway} is the network's own work: a pathway about a survivor cannot start it.",
    "Delete this step, and start {pathway} on its own: staffetta network start {pathway}",
)
STARTS_A_CASE = FaultKind(
    "starts-a-case",
    "{pathway} is about a survivor: the network's own work cannot start it.",
    "Delete this step; a case is opened for her: staffetta case open --pathway {pathway}",
)

_ABOUT_HER = ("subject", "consent", "basis", "told_in", "opened_by")


class Vocabulary(dict[str, Fact]):
    """The facts that one pathway may ask about, and those of the other kind of pathway or beyond the wall."""

    def __init__(self, facts: Mapping[str, Fact], *, no_case: bool, subject: Subject = Subject.SURVIVOR) -> None:
        """The part of `facts` that fits: of a case, those of its subject and of everybody."""
        fitting = facts_about(facts, no_case=no_case)
        within = {name: fact for name, fact in fitting.items() if no_case or fact.of in {subject, OF_CASE}}
        super().__init__(within)
        self.subject = subject
        self.beyond = {name: fact.of for name, fact in fitting.items() if name not in within}
        self.no_case = no_case
        self.elsewhere = facts_about(facts, no_case=not no_case)


def read_no_case(document: Document) -> bool:
    """Whether the text says `case: none`; it can say nothing else there."""
    entry = document.root.get("case") if isinstance(document.root, nodes.Mapping) else None
    return entry is not None and document.word(entry.value, (words.NO_CASE,)) is not None


def form_of(*, no_case: bool) -> Form:
    """The words at the top of a pathway."""
    return words.OWN_WORK if no_case else words.PATHWAY


def refuse_consent(document: Document, fields: Mapping[str, Node]) -> None:
    """There is nobody who could consent, and nobody whose consent a law replaces."""
    for word in _ABOUT_HER:
        if word in fields:
            document.fault(NO_SURVIVOR, fields[word], word=word)


def unknown_fact(
    document: Document, node: Node, name: str, facts: Mapping[str, Fact], fitting: Collection[str] | None = None
) -> None:
    """A fact that this pathway cannot ask about; `fitting` are those that could stand there, if not all."""
    known = facts if fitting is None else fitting
    if isinstance(facts, Vocabulary) and name in facts.beyond:
        whose = facts.beyond[name]
        document.fault(ANOTHERS_FACT, node, fact=name, whose=whose, subject=facts.subject)
    elif isinstance(facts, Vocabulary) and name in facts.elsewhere:
        kind = FACT_OF_A_CASE if facts.no_case else FACT_OF_THE_NETWORK
        document.fault(kind, node, fact=name, known=listed(known))
    elif "." in name:
        document.fault(kinds.ASKS_ELSEWHERE, node, word=shown(name), fact=shown(name.rpartition(".")[2]))
    else:
        document.fault(kinds.UNKNOWN_FACT, node, fact=shown(name), known=nearest_or_all(name, known))

"""The facts that a pathway may ask about: those of its subject, and those of the case as a whole."""

from collections.abc import Collection, Mapping

from procedures.grammar import consent_kinds, kinds
from procedures.language.consents import Subject
from procedures.language.facts import OF_CASE
from procedures.nodes import Node
from procedures.reading import Document, nearest_or_all, shown
from procedures.schema import Fact


class Vocabulary(dict[str, Fact]):
    """The facts within the wall; what stands beyond it is known by name alone, so that a fault can say whose it is."""

    def __init__(self, facts: Mapping[str, Fact], subject: Subject) -> None:
        """`facts`: all that are declared."""
        super().__init__({name: fact for name, fact in facts.items() if fact.of in {subject, OF_CASE}})
        self.subject = subject
        self.beyond = {name: fact.of for name, fact in facts.items() if name not in self}


def unknown_fact(
    document: Document, node: Node, name: str, facts: Mapping[str, Fact], known: Collection[str] | None = None
) -> None:
    """Take note of a fact that may not be named here: there is none, or it is about somebody else."""
    if isinstance(facts, Vocabulary) and name in facts.beyond:
        whose = facts.beyond[name]
        document.fault(consent_kinds.ANOTHERS_FACT, node, fact=name, whose=whose, subject=facts.subject)
    else:
        offered = nearest_or_all(name, facts if known is None else known)
        document.fault(kinds.UNKNOWN_FACT, node, fact=shown(name), known=offered)

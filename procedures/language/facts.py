"""The declared facts of a case."""

from collections.abc import Mapping
from enum import StrEnum

from pydantic import Field

from procedures.classification import DataClass
from procedures.language.base import Model, Text
from procedures.language.conditions import FactWord
from procedures.language.consents import Subject

OF_CASE = "case"
"""Whose a fact is that concerns everybody in the case."""
OPERATOR = "operator"
"""Who changes facts unless the vocabulary says otherwise: an operator at the network's own desk."""


class FactType(StrEnum):
    """What a fact can be."""

    CHOICE = "choice"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    DATETIME = "datetime"
    DATE = "date"


class About(StrEnum):
    """What a fact is a fact of."""

    CASE = "case"
    NETWORK = "network"
    """The network's own work, which concerns no survivor (`case: none`)."""


class LawItem(StrEnum):
    """What L. 53/2022 has recorded of each case, as far as a fact can be one of its items."""

    TYPE_OF_VIOLENCE = "type_of_violence"
    RELATIONSHIP = "relationship"
    CHILDREN_PRESENT = "children_present"
    STALKING = "stalking"
    REVICTIMISATION_RISK = "revictimisation_risk"


class IncidentType(StrEnum):
    """The six types of the GBVIMS, of which each incident is exactly one."""

    RAPE = "rape"
    SEXUAL_ASSAULT = "sexual_assault"
    PHYSICAL_ASSAULT = "physical_assault"
    FORCED_MARRIAGE = "forced_marriage"
    DENIAL_OF_RESOURCES = "denial_of_resources"
    PSYCHOLOGICAL_ABUSE = "psychological_abuse"


class Fact(Model):
    """One declared fact, of a case unless it says otherwise."""

    name: str
    type: FactType
    about: About = About.CASE
    title: Text
    choices: Mapping[str, Text] = Field(default_factory=dict)
    ordered: bool = False
    """Whether the choices stand in an order that can be compared, lowest first."""
    at_least: int | None = None
    """The smallest number it can be."""
    at_most: int | None = None
    """The largest number it can be."""
    changed_by: tuple[str, ...] = (OPERATOR,)
    """On whose word it changes after the case was opened: `operator`, or competences. Nobody's: it never changes."""
    raises_only: bool = False
    """Only on the word of `changed_by` does it fall; anybody may raise it, and a result never lowers it."""
    data_class: DataClass = DataClass.ROUTING
    """`open` may be counted in a statistic; `routing` serves the choice of whom to call, and whoever took the step."""
    of: str = Subject.SURVIVOR
    """Whom it is about: a subject, or `OF_CASE`. Pathways about somebody else neither ask about it nor set it."""
    birth: bool = False
    """Whether it is that subject's day of birth: from the eighteenth birthday on nobody else consents."""
    law: LawItem | None = None
    """Which item of L. 53/2022 it is."""
    gbvims: Mapping[str, IncidentType] = Field(default_factory=dict)
    """Which type of the GBVIMS a choice is, for the choices that are exactly one."""

    def means(self, other: "Fact") -> bool:
        """Whether the other is the same in all but its labels."""
        labels: dict[str, object] = {"title": self.title, "choices": self.choices}
        return self == other.model_copy(update=labels) and list(self.choices) == list(other.choices)

    def rank(self, value: FactWord | None) -> int:
        """Where a value stands in the fact's own order; what nobody told, or she did not answer, is below all."""
        if self.type is FactType.CHOICE:
            return list(self.choices).index(str(value)) if value in self.choices else -1
        return int(value) if isinstance(value, int) else -1

    def falls(self, before: FactWord | None, after: FactWord | None) -> bool:
        """Whether going from one value to the other lowers it, for a fact whose values have an order."""
        return self.rank(after) < self.rank(before)

    def values(self) -> tuple[bool | str, ...]:
        """All that it can be, where that is a closed list."""
        if self.type is FactType.CHOICE:
            return tuple(self.choices)
        return (True, False) if self.type is FactType.BOOLEAN else ()


def birthday_of(subject: Subject, facts: Mapping[str, Fact]) -> Fact | None:
    """The fact that holds the subject's day of birth."""
    return next((fact for fact in facts.values() if fact.birth and fact.of == subject), None)

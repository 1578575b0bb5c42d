"""How a step can end well, and what the result has to show."""

from collections.abc import Mapping
from enum import StrEnum

from pydantic import Field

from procedures.language.base import Model, Text
from procedures.language.conditions import FactWord


class EvidenceType(StrEnum):
    """What a result may have to show. No free text: it could carry a name into a place it must not reach."""

    DATETIME = "datetime"
    DATE = "date"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    REFERENCE = "reference"
    """Up to 40 letters, digits and `-/.`: a protocol or report number."""
    CHOICE = "choice"
    """One of the values of a declared fact: written `fact.NAME`."""


class Setting(Model):
    """A fact that becomes otherwise: what it becomes, or the evidence that says what."""

    fact: str
    value: FactWord | None = None
    evidence: str | None = None


class Result(Model):
    """One way in which a step can end well."""

    title: Text | None = None
    evidence: Mapping[str, EvidenceType] = Field(default_factory=dict)
    of_fact: Mapping[str, str] = Field(default_factory=dict)
    """The evidence that is a value of a declared fact, with that fact: it fits where the fact's own value would."""
    sets: tuple[Setting, ...] = ()
    """The facts that it changes."""
    ends_here: bool = False
    """Nothing has to follow from it: said so that a result forgotten by its writer is seen."""
    untold: bool = False
    """Of the step in which she is told: with it she was not, and is still owed what was done without her consent."""

"""How a step can end well, and what the result has to show."""

from collections.abc import Mapping
from enum import StrEnum

from pydantic import Field

from procedures.language.base import Model, Text


class EvidenceType(StrEnum):
    """What a result may have to show. No free text: it could carry a name into a place it must not reach."""

    DATETIME = "datetime"
    DATE = "date"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    REFERENCE = "reference"
    """Up to 40 letters, digits and `-/.`: a protocol or report number."""


class Result(Model):
    """One way in which a step can end well."""

    title: Text | None = None
    evidence: Mapping[str, EvidenceType] = Field(default_factory=dict)
    ends_here: bool = False
    """Nothing has to follow from it: said so that a result forgotten by its writer is seen."""

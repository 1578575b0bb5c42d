"""The declared facts of a case."""

from collections.abc import Mapping
from enum import StrEnum

from pydantic import Field

from procedures.language.base import Model, Text


class FactType(StrEnum):
    """What a fact can be."""

    CHOICE = "choice"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    DATETIME = "datetime"
    DATE = "date"


class Fact(Model):
    """One declared fact of a case."""

    name: str
    type: FactType
    title: Text
    choices: Mapping[str, Text] = Field(default_factory=dict)
    ordered: bool = False
    """Whether the choices stand in an order that can be compared, lowest first."""

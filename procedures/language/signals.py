"""What may come from outside, at any time and any number of times."""

from collections.abc import Mapping

from pydantic import Field

from procedures.language.base import Model, Text
from procedures.language.conditions import Need
from procedures.language.results import EvidenceType, Setting


class Signal(Model):
    """One signal of a pathway: who may give it, what it shows, and what it calls off."""

    name: str
    title: Text
    senders: tuple[str, ...] = Field(min_length=1)
    """`operator`, `coordinator`, or competences of the network (`from:` in the text)."""
    evidence: Mapping[str, EvidenceType] = Field(default_factory=dict)
    of_fact: Mapping[str, str] = Field(default_factory=dict)
    """The evidence that is a value of a declared fact, with that fact."""
    sets: tuple[Setting, ...] = ()
    """What facts become when it comes."""
    cancels: tuple[str, ...] = ()
    """Steps that are called off when it comes, and no others."""


class StepEnd(Model):
    """With which result a step at work ends, as soon as signals have come."""

    result: str
    need: Need

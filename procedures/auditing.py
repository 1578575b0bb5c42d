"""What auditors do that stands in a chain: samples drawn by a seed, what was found in them, what was handed out. Pure.

A sample can be drawn again by anybody, with no program of ours: of all cases that were opened up to a moment, without
drills and the network's own work, those whose SHA-256 of `SEED:CODE` comes first, in order.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from procedures.errors import Refused
from procedures.marking import N_

LARGEST = 200
"""Cases of a sample: more than somebody looks at."""
LONGEST_SEED = 64


class AuditActKind(StrEnum):
    """What was done."""

    DRAWN = "drawn"
    LOOKED = "looked"
    EXPORTED = "exported"


class AuditFinding(StrEnum):
    """What somebody found in a case of a sample."""

    IN_ORDER = "in_order"
    QUESTION = "question"
    FAULT = "fault"


AUDIT_FINDINGS: Mapping[AuditFinding, str] = {
    AuditFinding.IN_ORDER: N_("in order"),
    AuditFinding.QUESTION: N_("a question to whoever has the case"),
    AuditFinding.FAULT: N_("something is wrong"),
}


class BadSample(Refused):
    """A sample needs a seed of plain letters and digits, and a size."""

    template = "Give a seed of up to {longest} letters, digits or hyphens, and a size from 1 to {largest}."


class NotInSample(Refused):
    """The case is not in that sample, or was looked at already."""

    template = "This case is not in that sample, or was looked at already. Load the sample again."


@dataclass(frozen=True, slots=True)
class AuditAct:
    """One act of an auditor."""

    kind: AuditActKind
    at: datetime
    actor: str
    case_id: str = ""
    seed: str = ""
    size: int = 0
    of: int = 0
    """Of how many cases a sample was drawn; how many rows were handed out."""
    sample: int = 0
    """Its number, of a look into it."""
    finding: str = ""
    what: str = ""
    """What was handed out."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample, and what was found of it so far."""

    drawn: AuditAct
    looked: Mapping[str, AuditAct] = field(default_factory=dict)
    """By the id of the case."""


Audits = Mapping[int, Sample]
"""Samples by the number of the act that drew them."""


def after(known: Audits, number: int, act: AuditAct) -> Audits:
    """What is known after an act. Raises BadSample, NotInSample."""
    if act.kind is AuditActKind.DRAWN:
        refuse_bad_sample(act.seed, act.size)
        return {**known, number: Sample(act)}
    if act.kind is AuditActKind.LOOKED:
        sample = known.get(act.sample)
        if sample is None or act.case_id in sample.looked or act.finding not in set(AuditFinding):
            raise NotInSample
        return {**known, act.sample: Sample(sample.drawn, {**sample.looked, act.case_id: act})}
    return known


def refuse_bad_sample(seed: str, size: int) -> None:
    """Raises BadSample."""
    plain = seed.isascii() and seed.replace("-", "").isalnum() and len(seed) <= LONGEST_SEED
    if not plain or not 1 <= size <= LARGEST:
        raise BadSample(longest=LONGEST_SEED, largest=LARGEST)


def drawn(seed: str, size: int, codes: Collection[str]) -> Sequence[str]:
    """The codes of the sample, in the order in which they are drawn."""
    return sorted(codes, key=lambda code: hashlib.sha256(f"{seed}:{code}".encode()).hexdigest())[:size]

"""What a pathway says, as frozen models. `loading` builds them from YAML; nothing here reads a file.

The parts stand in `procedures.language`, one idea per file; every other room takes them from here.
"""

from procedures.language.base import Model, Text
from procedures.language.conditions import Condition, ConditionKind, FactWord, Need, NeedKind
from procedures.language.facts import Fact, FactType
from procedures.language.ladder import Rung, RungTarget
from procedures.language.limits import Clock, Duration, Limit, Moment, MomentKind, Source
from procedures.language.pathways import Library, Outcome, Pathway
from procedures.language.results import EvidenceType, Result
from procedures.language.steps import AnyStep, AskStep, AwaitStep, StartStep, Step, TellStep

__all__ = [
    "AnyStep",
    "AskStep",
    "AwaitStep",
    "Clock",
    "Condition",
    "ConditionKind",
    "Duration",
    "EvidenceType",
    "Fact",
    "FactType",
    "FactWord",
    "Library",
    "Limit",
    "Model",
    "Moment",
    "MomentKind",
    "Need",
    "NeedKind",
    "Outcome",
    "Pathway",
    "Result",
    "Rung",
    "RungTarget",
    "Source",
    "StartStep",
    "Step",
    "TellStep",
    "Text",
]

"""What a pathway says, as frozen models. `loading` builds them from YAML; nothing here reads a file.

The parts stand in `procedures.language`, one idea per file; every other room takes them from here.
"""

from procedures.language.base import Model, Text
from procedures.language.choosing import Choice
from procedures.language.conditions import (
    Comparison,
    Condition,
    ConditionKind,
    FactWord,
    LookedAt,
    Measure,
    Need,
    NeedKind,
)
from procedures.language.facts import OPERATOR, Fact, FactType
from procedures.language.ladder import Rung, RungTarget
from procedures.language.lengths import NOW, Duration
from procedures.language.limits import (
    COORDINATOR,
    Clock,
    Extension,
    Limit,
    Moment,
    MomentKind,
    Pick,
    Point,
    Silence,
    Source,
    WorkingDay,
)
from procedures.language.pathways import Library, Outcome, Pathway
from procedures.language.repeating import Interval, Repetition
from procedures.language.results import EvidenceType, Result, Setting
from procedures.language.schedules import Schedule
from procedures.language.signals import Signal, StepEnd
from procedures.language.steps import AnyStep, AskStep, AwaitStep, StartStep, Step, TellStep

__all__ = [
    "COORDINATOR",
    "NOW",
    "OPERATOR",
    "AnyStep",
    "AskStep",
    "AwaitStep",
    "Choice",
    "Clock",
    "Comparison",
    "Condition",
    "ConditionKind",
    "Duration",
    "EvidenceType",
    "Extension",
    "Fact",
    "FactType",
    "FactWord",
    "Interval",
    "Library",
    "Limit",
    "LookedAt",
    "Measure",
    "Model",
    "Moment",
    "MomentKind",
    "Need",
    "NeedKind",
    "Outcome",
    "Pathway",
    "Pick",
    "Point",
    "Repetition",
    "Result",
    "Rung",
    "RungTarget",
    "Schedule",
    "Setting",
    "Signal",
    "Silence",
    "Source",
    "StartStep",
    "Step",
    "StepEnd",
    "TellStep",
    "Text",
    "WorkingDay",
]

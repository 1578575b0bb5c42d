"""Screens of danger: a few questions that say when the danger is high, and never that it is low.

DA-5 is asked here, item by item, in our own words. Of DASH only the count is asked: its text is SafeLives' own, and a
network uses the sheet that it may use. Neither takes the place of judgement, which may always see more danger.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from procedures.marking import N_

HIGH = "high"
"""The level of the fact `risk` that a screen may come to."""
RISK = "risk"
DASH_ITEMS, DASH_HIGH = 24, 14
"""Of so many items so many make a high risk (SafeLives, Dash risk checklist, quick start guidance)."""
DA5_HIGH = 3
"""Items answered with yes from which the danger is high (Messing, Campbell and Snider, 2017)."""
DA5_SOURCE = "J. T. Messing, J. C. Campbell, C. Snider, J. Adv. Nurs. 73 (2017) 3220-3230, doi 10.1111/jan.13459"
DASH_SOURCE = "SafeLives, Dash risk checklist, 24 items"


class Answer(StrEnum):
    """What she says to an item. Nothing is no answer, and none is ever taken for a no."""

    YES = "yes"
    NO = "no"


DA5: Mapping[str, str] = {
    "more_often": N_("In the past year the violence became more frequent or more severe."),
    "weapon": N_("He used a weapon, or threatened her with one."),
    "could_kill": N_("She believes that he is capable of killing her."),
    "choked": N_("He choked or strangled her, or tried to."),
    "jealous": N_("He is violently and constantly jealous of her."),
}
"""Its five items, with strangling in the place of violence in pregnancy, as the source recommends."""
CHOKED = "choked"


@dataclass(frozen=True, slots=True)
class Scored:
    """What a screen came to."""

    yes: int
    of: int
    """Its items."""
    unanswered: int
    high: bool

    @property
    def open(self) -> bool:
        """Whether what was not answered could still make it high."""
        return not self.high and self.unanswered > 0


def da5(answers: Mapping[str, Answer]) -> Scored:
    """The score of DA-5. Source: `DA5_SOURCE`."""
    yes = sum(1 for item in DA5 if answers.get(item) is Answer.YES)
    unanswered = sum(1 for item in DA5 if item not in answers)
    high = yes >= DA5_HIGH
    return Scored(yes, len(DA5), unanswered if yes + unanswered >= DA5_HIGH else 0, high)


def dash(yes: int, *, judged: bool) -> Scored:
    """The count of a DASH sheet; `judged`, where whoever filled it in sees high danger whatever the count says.

    Source: `DASH_SOURCE`.
    """
    return Scored(yes, DASH_ITEMS, 0, high=judged or yes >= DASH_HIGH)


def at_least_high(told: str, levels: Sequence[str]) -> str:
    """The level of risk that a high score leaves: never less than what was told."""
    if HIGH not in levels or (told in levels and levels.index(told) >= levels.index(HIGH)):
        return told
    return HIGH

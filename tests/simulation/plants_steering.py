"""Planted bugs of what people do beside answering: no contact, debts, repeated steps, answers that come late."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from procedures import answering, drafting, not_contacting, repeating, retiming
from procedures.case import StepRun
from procedures.drafting import Draft
from procedures.events import AlertPurpose, StepRepeats
from tests.simulation.plant_parts import nothing


@contextmanager
def serves_her_all_the_same() -> Iterator[None]:
    """She wants no contact, and what is asked for under her consent goes on."""
    with patch.object(not_contacting, "stop_for_her", nothing):
        yield


@contextmanager
def forgets_what_is_owed() -> Iterator[None]:
    """What was passed over is kept, and nobody sees that it is owed."""
    with patch.object(StepRun, "is_owed", property(lambda _step: False)):
        yield


@contextmanager
def counts_no_times() -> Iterator[None]:
    """Each time of a repeated step counts as the first."""

    def repeats(**fields: Any) -> StepRepeats:
        return StepRepeats(**{**fields, "rounds": 1})

    with patch.object(repeating, "StepRepeats", repeats):
        yield


@contextmanager
def says_nothing_of_lateness() -> Iterator[None]:
    """Whoever answers about what is over hears nothing of it."""
    with patch.object(answering, "_late", nothing):
        yield


@contextmanager
def moves_without_a_word() -> Iterator[None]:
    """A promise is another since the move, and whoever holds it is not told."""
    alert = Draft.alert

    def quiet(draft: Draft, purpose: AlertPurpose, *about: Any, **how: Any) -> None:
        if purpose is not AlertPurpose.LIMIT_MOVED:
            alert(draft, purpose, *about, **how)

    with patch.object(Draft, "alert", quiet):
        yield


@contextmanager
def moves_off_the_ladder() -> Iterator[None]:
    """What was asked before the move climbs no rung after it."""
    with patch.object(retiming, "_ladder", lambda *_about: ()):
        yield


@contextmanager
def asks_the_same_person() -> Iterator[None]:
    """Whoever took the first of two steps for two persons is asked for the second, and may take it."""
    with patch.object(drafting, "kept_away", lambda *_about: frozenset()):
        yield

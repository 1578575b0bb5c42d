"""What was said when somebody was asked, and what came of consents without a word."""

from typing import Literal

from procedures.classification import Operational, Routing
from procedures.consent_notes import ConsentNote, ConsentTaken, ServiceWord
from procedures.event_bases import Event, StepEvent


class ConsentGiven(Event):
    """She agreed, or whoever speaks for the subject."""

    kind: Operational[Literal["consent_given"]] = "consent_given"
    consent: Routing[str] = ""
    """Its full name: the consent of anybody but the survivor stands behind its subject, `child.support`."""
    note: Routing[ConsentNote | None] = None
    """Who said it, where that was not the subject."""
    taken: Routing[ConsentTaken | None] = None
    """How. Events that are older than version 0.2 do not know."""


class ConsentRefused(Event):
    """She did not agree, or whoever speaks for the subject."""

    kind: Operational[Literal["consent_refused"]] = "consent_refused"
    consent: Routing[str] = ""
    note: Routing[ConsentNote | None] = None
    taken: Routing[ConsentTaken | None] = None


class ConsentRevoked(Event):
    """She took it back, or whoever speaks for the subject."""

    kind: Operational[Literal["consent_revoked"]] = "consent_revoked"
    consent: Routing[str] = ""


class ConsentForService(Event):
    """She said of one service whether the consent counts for it: for this one alone, for this one too, not for it."""

    kind: Operational[Literal["consent_for_service"]] = "consent_for_service"
    consent: Routing[str] = ""
    service: Routing[str] = ""
    word: Routing[ServiceWord] = ServiceWord.NOT


class ConsentEndsSoon(Event):
    """She agreed until a day that is near: somebody is called to ask her again, where a step still needs it."""

    kind: Operational[Literal["consent_ends_soon"]] = "consent_ends_soon"
    consent: Routing[str] = ""


class ConsentLapsed(Event):
    """It counts no more and is asked anew: the subject came of age, or the time for which she agreed is over."""

    kind: Operational[Literal["consent_lapsed"]] = "consent_lapsed"
    consent: Routing[str] = ""
    reason: Operational[Literal["of_age", "ended"]] = "of_age"


class StepReviewed(StepEvent):
    """Somebody looked afterwards at what was done without her consent: whether the law allowed it."""

    kind: Operational[Literal["step_reviewed"]] = "step_reviewed"
    actor: Operational[str]
    finding: Operational[str]


class MoreToTell(StepEvent):
    """Something more was begun without her consent after she had been told: she is told again."""

    kind: Operational[Literal["more_to_tell"]] = "more_to_tell"
    of: Operational[str]
    """The step that was begun."""

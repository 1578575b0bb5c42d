"""What was said when somebody was asked, and what came of consents without a word."""

from typing import Literal

from procedures.classification import Operational, Routing
from procedures.consent_notes import ConsentNote
from procedures.event_bases import Event, StepEvent


class ConsentGiven(Event):
    """She agreed, or whoever speaks for the subject."""

    kind: Operational[Literal["consent_given"]] = "consent_given"
    consent: Routing[str] = ""
    """Its full name: the consent of anybody but the survivor stands behind its subject, `child.support`."""
    note: Routing[ConsentNote | None] = None
    """Who said it, where that was not the subject."""


class ConsentRefused(Event):
    """She did not agree, or whoever speaks for the subject."""

    kind: Operational[Literal["consent_refused"]] = "consent_refused"
    consent: Routing[str] = ""
    note: Routing[ConsentNote | None] = None


class ConsentRevoked(Event):
    """She took it back, or whoever speaks for the subject."""

    kind: Operational[Literal["consent_revoked"]] = "consent_revoked"
    consent: Routing[str] = ""


class ConsentLapsed(Event):
    """The subject came of age: what somebody else had said counts no more, and the subject is asked."""

    kind: Operational[Literal["consent_lapsed"]] = "consent_lapsed"
    consent: Routing[str] = ""
    reason: Operational[Literal["of_age"]] = "of_age"


class MoreToTell(StepEvent):
    """Something more was begun without her consent after she had been told: she is told again."""

    kind: Operational[Literal["more_to_tell"]] = "more_to_tell"
    of: Operational[str]
    """The step that was begun."""

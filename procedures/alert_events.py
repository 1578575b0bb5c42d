"""What has happened to one message, from being decided to the carrier's last word on it."""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from procedures.case import Party
from procedures.classification import Operational
from procedures.event_bases import Event, StepEvent


class AlertPurpose(StrEnum):
    """Why a message goes out. Its wording says no more than this."""

    REQUEST = "request"
    REMINDER = "reminder"
    DEPUTY = "deputy"
    COORDINATOR = "coordinator"
    WATCH = "watch"
    TELL = "tell"
    RESULT_LINK = "result_link"
    FIRST_SIGN_LATE = "first_sign_late"
    OVERDUE = "overdue"
    WITHDRAWN = "withdrawn"
    TAKEN_BY_OTHER = "taken_by_other"
    WORD_TAKEN = "word_taken"
    WORD_DECLINED = "word_declined"
    WORD_ASKED_BACK = "word_asked_back"
    """Whoever was asked wants to be telephoned first."""
    WORD_EXPIRED = "word_expired"
    WORD_OVERDUE = "word_overdue"
    WORD_COMPLETED = "word_completed"
    WORD_CANCELLED = "word_cancelled"
    LIMIT_OVER = "limit_over"
    """It was over before the step began."""
    LIMIT_PASSED = "limit_passed"
    """It went by while the step was under way."""
    CONSENT_NEEDED = "consent_needed"
    CONSENT_ENDS = "consent_ends"
    """Somebody has to ask her again, before her consent ends."""
    PICK_NEEDED = "pick_needed"
    """Somebody has to pick who is asked."""
    LIMIT_MOVED = "limit_moved"
    """What became known, or longer time, moved the end."""
    PAUSED = "paused"
    """It stands still: its time does not run."""
    LONGER_TIME_ASKED = "longer_time_asked"
    """Somebody has to ask the bodies that must agree."""
    SECOND_PERSON = "second_person"
    """A result waits until a second person gives the same one."""
    LAPSED = "lapsed"
    """Its time went by, and the procedure says how it goes on."""
    WORD_LAPSED = "word_lapsed"
    PATHWAY_LATE = "pathway_late"
    """The time for the whole pathway went by."""
    GLASS_BROKEN = "glass_broken"
    """Somebody without a relation opened the case for an hour."""
    MANY_TRIES = "many_tries"
    """Somebody asked for many cases that are not open to her, this one among them."""
    WRONG_PINS = "wrong_pins"
    """Somebody typed a wrong PIN too often for one handoff of the case."""
    CONFIRM_NEEDED = "confirm_needed"
    """Somebody says she takes it and did not prove who she is: a coordinator has to ring her."""
    NOTICE_RETURNED = "notice_returned"
    """A notice that counted as told came back, and no channel is left."""
    FALSE_ANSWER = "false_answer"
    """A coordinator found that an answer was given by somebody who is not of the service."""
    TEST = "test"
    """Nobody is needed: does this channel work?"""
    ECHO_TAKEN = "echo_taken"
    """An answer was recorded in the name of the service: said over another channel of it."""
    ECHO_CLAIMED = "echo_claimed"
    """Somebody said in the name of the service that it is taken, and did not prove who she is."""
    ECHO_DECLINED = "echo_declined"
    ECHO_WORK = "echo_work"
    ECHO_COORDINATOR = "echo_coordinator"
    """The same, to the coordination."""


ECHOES = frozenset(
    {
        AlertPurpose.ECHO_TAKEN,
        AlertPurpose.ECHO_CLAIMED,
        AlertPurpose.ECHO_DECLINED,
        AlertPurpose.ECHO_WORK,
        AlertPurpose.ECHO_COORDINATOR,
    }
)
"""What the house says of every answer, whatever the procedure."""


class LinkUse(StrEnum):
    """What the link of a message may do."""

    NONE = "none"
    ANSWER = "answer"
    RESULT = "result"
    READ = "read"
    """It opens what a notice says, and answers nothing."""


class AlertQueued(Event):
    """A message to one person was decided; it goes out the moment this is committed."""

    kind: Operational[Literal["alert_queued"]] = "alert_queued"
    alert_id: Operational[str]
    purpose: Operational[AlertPurpose]
    ref: Operational[str]
    """The reference that the message shows: the reader's own."""
    about: Operational[str | None] = None
    """The handoff it concerns, where there is one."""
    run_id: Operational[str]
    step: Operational[str | None] = None
    to: Operational[Party]
    person: Operational[str]
    """Id of the person in the directory."""
    link: Operational[LinkUse] = LinkUse.NONE
    answer_by: Operational[datetime | None] = None
    link_until: Operational[datetime | None] = None
    again: Operational[bool] = False
    """Whether this person was alerted for this handoff before."""
    contact: Operational[int | None] = None
    """Over this one of the person's channels and no other, counted from 0 in the directory; else over the first."""
    call: Operational[str | None] = None
    """The call it belongs to, where it goes on until somebody is reached: the id of the call's first alert."""


class NobodyToCall(StepEvent):
    """Nobody is left who may be called: it stands on the board, and is looked at again."""

    kind: Operational[Literal["nobody_to_call"]] = "nobody_to_call"
    alert_id: Operational[str]
    """The alert that could not be."""
    purpose: Operational[AlertPurpose]
    about: Operational[str | None] = None
    """The handoff it concerns, where there is one."""
    call: Operational[str]


class AlertSettled(Event):
    """The carrier's word on it."""

    kind: Operational[Literal["alert_settled"]] = "alert_settled"
    alert_id: Operational[str]
    result: Operational[str]
    channel: Operational[str]
    settled_at: Operational[datetime]
    detail: Operational[str] = ""


class DeliveryUncertain(Event):
    """One attempt may have arrived and nobody can say: said for the reader of the trail, it changes no state."""

    kind: Operational[Literal["delivery_uncertain"]] = "delivery_uncertain"
    alert_id: Operational[str]
    channel: Operational[str]
    attempt: Operational[int]
    """1 for the first sending over this channel."""
    code: Operational[str] = ""


class ReceiptCame(Event):
    """What was heard of a message after its carrier took it: said for the reader of the trail, it changes no state."""

    kind: Operational[Literal["receipt_came"]] = "receipt_came"
    alert_id: Operational[str]
    channel: Operational[str]
    receipt: Operational[str]
    """One of `Receipt`."""
    code: Operational[str] = ""
    said_at: Operational[datetime | None] = None
    """When it was, by the clock of whoever says so; `at` is when it was heard."""
    evidence: Operational[str] = ""
    """SHA-256 of what it was said with, where that is kept (certified mail)."""


class AlertWithdrawn(Event):
    """Answered meanwhile: what is not yet sent is not sent."""

    kind: Operational[Literal["alert_withdrawn"]] = "alert_withdrawn"
    alert_id: Operational[str]

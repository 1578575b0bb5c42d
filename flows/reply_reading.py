"""From a mail to a command: who answers is proved and what she says is beyond doubt, or nothing is done.

Everything is saved before the mail goes from the box, and each id is derived from the mail: read twice, it does the
thing once.
"""

import hashlib
import json
from datetime import timedelta
from hmac import compare_digest

from models.composition import House
from models.done import done_command
from models.links import code_fits, find_link
from models.outbox import DeliveryState, SettledDelivery, SettledResult
from models.pins import is_asked
from models.replies import (
    Asked,
    Kept,
    Sent,
    asked_by,
    is_hers,
    keep_read,
    may_answer,
    reply_token,
    sent_as,
    told_since,
    was_read,
    went_with,
)
from models.views import handoff_view
from notifiers.answer_letter import AnswerEcho
from notifiers.incoming.reading import MailKind, MailReader, Report, Verdict
from procedures.case import HandoffState
from procedures.commands import AcceptHandoff, DeclineHandoff, DeclineReason, NoteReceipt, Receipt, Road
from procedures.directory import ContactKind, channel_of
from procedures.errors import Refused, StaffettaError
from procedures.events import AnswerCameLate
from procedures.persons import PERSON

MOST_UNCLEAR = 3
"""So often within an hour somebody is told how to answer: two machines that answer each other end there."""
HOUR = timedelta(hours=1)
NOT_HERS, UNPROVED, SHUT, DONE_WITH, NOTED = "not-hers", "unproved", "shut", "done", "noted"


RECEIPTS = {
    "delivered": Receipt.DELIVERED,
    "relayed": Receipt.PASSED_ON,
    "expanded": Receipt.PASSED_ON,
    "delayed": Receipt.DELAYED,
}
"""What mail servers say (RFC 3464, 2.3.3), in our words."""


class TooSoon(StaffettaError):
    """A mail came back before it was said that it left. It is looked at again in a moment."""

    template = "A mail came back before it was noted that it left. Nothing is to be done: it is looked at again."


class ReplyReading:
    """Does what mails say."""

    def __init__(self, house: House, reader: MailReader) -> None:
        """`reader` has mails read by a child."""
        self._house = house
        self._reader = reader

    def take_in(self, raw: bytes) -> Kept:
        """Do what one mail says, and keep what came of it.

        Raises:
            StoreBusy, StoreFailed: nothing is certain to be saved; the mail must stay where it is.
        """
        verdict = self._reader.read(raw)
        if verdict is None:
            key = hashlib.sha256(raw).hexdigest()
            verdict = Verdict(key=key, kind=MailKind.UNREADABLE)
        before = was_read(self._house.database, verdict.key)
        if before is not None:
            return before
        kept = self._led_to(verdict)
        keep_read(self._house.database, kept, self._house.clock.now())
        return kept

    def _led_to(self, verdict: Verdict) -> Kept:
        match verdict.kind:
            case MailKind.ANSWER | MailKind.UNCLEAR:
                return self._from_a_person(verdict)
            case MailKind.BOUNCE:
                return self._heard(verdict)
            case MailKind.AUTOMATIC:
                asked, _outcome = self._proved(verdict.model_copy(update={"codes": ()}))
                whose = (asked.delivery_id, asked.person) if asked else (None, None)
                return Kept(verdict.key, verdict.kind, NOTED, *whose)
            case MailKind.UNREADABLE:
                return Kept(verdict.key, verdict.kind, NOTED)

    def _heard(self, verdict: Verdict) -> Kept:
        """What mail servers say of mails of ours: a bounce goes on to the next channel, the rest is noted."""
        found = None
        for number, report in enumerate(verdict.reports):
            sent = sent_as(self._house.database, report.message_id)
            if sent is None or not _went_to(sent.address, report):
                continue
            found = sent.delivery_id
            if report.action == "failed":
                self._returned(sent, report)
            elif report.action in RECEIPTS:
                self._note(sent, report, f"{verdict.key[:32]}:{number}")
                for other in went_with(self._house.database, sent):
                    self._note(other, report, f"{verdict.key[:32]}:{number}:{other.delivery_id}")
        return Kept(verdict.key, verdict.kind, NOTED if found else UNPROVED, found)

    def _returned(self, sent: Sent, report: Report) -> None:
        if sent.state == DeliveryState.SENDING:
            raise TooSoon  # its sender has not said yet what became of it
        now, code = self._house.clock.now(), f"bounce {report.status}".strip()
        word = SettledDelivery(sent.delivery_id, SettledResult.PERMANENT, now, code=code, returned=True)
        self._house.handling.settle([word])

    def _note(self, sent: Sent, report: Report, name: str) -> None:
        said = NoteReceipt(
            id=f"receipt:{name}",
            case_id=sent.case_id,
            actor="carrier",
            road=Road.CARRIER,
            alert_id=sent.alert_id,
            channel=sent.channel,
            receipt=RECEIPTS[report.action],
            code=report.status if RECEIPTS[report.action] is Receipt.DELAYED else "",
        )
        self._house.handling.handle(said)

    def _from_a_person(self, verdict: Verdict) -> Kept:
        asked, outcome = self._proved(verdict)
        if asked is None:
            return Kept(verdict.key, verdict.kind, outcome)
        echo = self._answered(verdict, asked) if verdict.kind is MailKind.ANSWER else self._unclear(asked)
        return Kept(verdict.key, verdict.kind, DONE_WITH, asked.delivery_id, asked.person, echo)

    def _proved(self, verdict: Verdict) -> tuple[Asked | None, str]:
        """Which message is answered by whom it went to; or why nobody can say."""
        known = asked_by(self._house, verdict.ids, verdict.references)
        hers = [one for one in known if is_hers(self._house, one, verdict.sender)]
        found = next((one for one in hers if self._has_token(one, verdict)), None)
        found = found or next((one for one in hers if self._has_code(one, verdict)), None)
        if found is None:
            return None, NOT_HERS if known and not hers else UNPROVED
        return (found, "") if may_answer(self._house, found, self._house.clock.now()) else (None, SHUT)

    def _has_token(self, asked: Asked, verdict: Verdict) -> bool:
        right = reply_token(self._house.keyring.token_key, asked.delivery_id)
        return any(compare_digest(right, one) for one in verdict.tokens)

    def _has_code(self, asked: Asked, verdict: Verdict) -> bool:
        """Only for the message that it names; a wrong one is counted, as on the page of the link."""
        if not any(one.startswith(f"<{asked.delivery_id}@") for one in verdict.ids[:1]):
            return False
        house, now = self._house, self._house.clock.now()
        link = find_link(house.database, asked.token, now)
        key = house.keyring.token_key
        return link is not None and any(code_fits(house.database, key, link, one, now) for one in verdict.codes)

    def _unclear(self, asked: Asked) -> str | None:
        since = self._house.clock.now() - HOUR * self._house.clock.speed
        told = told_since(self._house.database, asked.person, AnswerEcho.UNCLEAR, since)
        return AnswerEcho.UNCLEAR if told < MOST_UNCLEAR else None

    def _answered(self, verdict: Verdict, asked: Asked) -> str:
        house, actor = self._house, f"{PERSON}{asked.person}"
        link = find_link(house.database, asked.token, house.clock.now())
        assert link is not None  # it was looked at when it was proved, and no link is ever deleted
        said = {
            "id": self._command_id(verdict, asked, link.about_ref),
            "case_id": asked.case_id,
            "actor": actor,
            "road": Road.MAIL,
            "ref": link.about_ref,
        }
        try:
            if verdict.answer == "accept":
                handled = house.handling.handle(AcceptHandoff.model_validate(said))
            else:
                handled = house.handling.handle(DeclineHandoff.model_validate({**said, "reason": DeclineReason.OTHER}))
        except Refused:
            return AnswerEcho.REFUSED
        handoff = handled.state.handoffs[link.about_ref]
        if verdict.answer == "accept" and handoff.state is HandoffState.ACCEPTED and handoff.accepted_by == actor:
            return AnswerEcho.TAKEN
        if any(isinstance(recorded.event, AnswerCameLate) for recorded in handled.events):
            return AnswerEcho.LATE
        if verdict.answer == "accept":
            return AnswerEcho.CLAIMED if any(one.actor == actor for one in handoff.claims) else AnswerEcho.LATE
        return AnswerEcho.DECLINED

    def _command_id(self, verdict: Verdict, asked: Asked, ref: str) -> str:
        """The same answer to the same message is the same command, but where nobody proved it: see `web.tapping`."""
        once = _id(asked.delivery_id, verdict.answer)
        anew = _id(asked.delivery_id, verdict.answer, verdict.key)
        if done_command(self._house.database, anew) is not None:
            return anew
        row = handoff_view(self._house.database, ref)
        said_anew = verdict.answer == "accept" and row.accepted_at is None and row.ended_at is None
        return anew if said_anew and is_asked(self._house, row.case_code) else once


def _went_to(address: str, report: Report) -> bool:
    """Whether it is about whom the mail went to, and not about somebody to whom she has it passed on."""
    ours = channel_of(ContactKind.EMAIL.value, address)
    return ours in {channel_of(ContactKind.EMAIL.value, one) for one in (report.recipient, report.final)}


def _id(*parts: str) -> str:
    return f"mail-{hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:40]}"

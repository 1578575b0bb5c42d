"""`POST /api/sms`: what became of an SMS, and what somebody answered to one, signed by the gateway that has them.

A receipt says `event`, `message` (the `id` that the gateway was given), `state` and, where it knows, `at`; an answer
says `event`, `from` and `text`. It is signed as the keys of a call are (`web.voice_keys`), and an answer gets back what
to say to whoever wrote. Nothing of a text is kept.
"""

import hashlib
import json
import re
import time
from datetime import datetime
from typing import Annotated, Literal

import structlog
from fastapi import APIRouter, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from models.composition import House
from models.done import done_command
from models.outbox import DeliveryState, SettledDelivery, SettledResult
from models.sms_answers import SentSms, answered_sms, is_known, sent_sms
from notifiers.sms_echo import sms_echo, sms_unclear
from procedures.commands import NoteReceipt, Receipt, Road
from procedures.directory import ContactKind, channel_of
from web.answered import answer_by
from web.desk import OurDesk
from web.guesses import Guesses
from web.voice_keys import SIGNATURE, Name, is_signed

router = APIRouter()
YES = frozenset({"1", "SI", "SÌ", "SI'", "YES", "OK", "ACCETTO"})
NO = frozenset({"2", "NO"})
WORDS = re.compile(r"[^\W_]+'?")
CODE = re.compile(r"[2-9A-HJKMNP-TV-Z]{6}")
LONGEST_TEXT = 1600
"""Ten SMS put together: nobody's answer is as long."""


class SmsReceipt(BaseModel):
    """What became of an SMS that the gateway took."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    event: Name
    message: Name
    state: Literal["delivered", "delayed", "undeliverable"]
    at: AwareDatetime | None = None


class SmsAnswer(BaseModel):
    """What somebody wrote."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    event: Name
    sender: Annotated[str, StringConstraints(pattern=r"^\+?[0-9 ]{3,24}$")] = Field(alias="from", repr=False)
    text: Annotated[str, StringConstraints(max_length=LONGEST_TEXT)] = Field(repr=False)


SAID: TypeAdapter[SmsReceipt | SmsAnswer] = TypeAdapter(SmsReceipt | SmsAnswer)


@router.post("/api/sms")
async def heard(request: Request, desk: OurDesk) -> Response:
    """What came of it; nothing is here for whoever does not sign."""
    body, house = await request.body(), desk.house
    secret = house.settings.sms_secret if house.settings.sms.is_heard else ""
    if not secret or not is_signed(secret, request.headers.get(SIGNATURE, ""), body, time.time()):
        raise HTTPException(404)
    try:
        said = SAID.validate_json(body)
    except ValidationError:
        return JSONResponse({"state": "not-understood", "say": ""}, 422)
    if isinstance(said, SmsAnswer):
        return JSONResponse(await run_in_threadpool(answered, house, said, desk.guesses, request.app.state.log))
    state = await run_in_threadpool(noted, house, said)
    if state == "again":
        return JSONResponse({"state": state, "say": ""}, 503, headers={"Retry-After": "2"})
    return JSONResponse({"state": state, "say": ""})


def noted(house: House, said: SmsReceipt) -> str:
    """Keep what a receipt says; the same one again, or one that came too late, changes nothing.

    Raises:
        StoreBusy, StoreFailed: it is not saved; the gateway says it again.
    """
    sent = sent_sms(house, said.message)
    if sent is None:
        return "unknown"
    if sent.state == DeliveryState.SENDING:
        return "again"  # its sender has not said yet what became of it
    arrived = f"receipt:{sent.delivery_id}:{Receipt.DELIVERED.value}"
    if said.state == "delivered":
        _note(house, sent, arrived, Receipt.DELIVERED, said.at)
    elif done_command(house.database, arrived) is not None:
        return "older"  # it lies on the telephone: what is said of the time before is no news
    elif said.state == "delayed":
        _note(house, sent, f"receipt:{sent.delivery_id}:{Receipt.DELAYED.value}", Receipt.DELAYED, said.at)
    else:
        word = SettledDelivery(
            sent.delivery_id, SettledResult.PERMANENT, house.clock.now(), code="undelivered", returned=True
        )
        house.handling.settle([word])
    return "noted"


def _note(house: House, sent: SentSms, name: str, receipt: Receipt, at: datetime | None) -> None:
    if done_command(house.database, name) is not None:
        return
    said = NoteReceipt(
        id=name,
        case_id=sent.case_id,
        actor="carrier",
        road=Road.CARRIER,
        alert_id=sent.alert_id,
        channel=ContactKind.SMS.value,
        receipt=receipt,
        said_at=at,
    )
    house.handling.handle(said)


def answered(
    house: House, said: SmsAnswer, guesses: Guesses, log: structlog.typing.FilteringBoundLogger
) -> dict[str, str]:
    """Do what somebody wrote. Whoever was never asked anything at that number gets no answer at all.

    After a few wrong codes within an hour none is looked at from there; after more, from anywhere, which is told.

    Raises:
        StoreBusy, StoreFailed: it is not saved; the gateway says it again.
    """
    words = [word.upper() for word in WORDS.findall(said.text)]
    accept, codes = _meant(words), [word for word in words if CODE.fullmatch(word)]
    if accept is None or len(codes) != 1 or len(words) != 2:  # noqa: PLR2004 - a word and a code, nothing else
        asks = bool(words) and words[0] in YES | NO and is_known(house, said.sender)
        return {"state": "unclear", "say": sms_unclear(house.settings.desk.language) if asks else ""}
    number = channel_of(ContactKind.SMS.value, said.sender)[1]
    if guesses.rests(number):
        return {"state": "rests", "say": ""}
    asked = answered_sms(house, said.sender, codes[0])
    if asked is None:
        if guesses.note(number):
            log.error("sms-codes-guessed")
        known = is_known(house, said.sender)
        return {"state": "unclear", "say": sms_unclear(house.settings.desk.language) if known else ""}
    once = json.dumps([asked.link.delivery_id, said.event, accept])
    command_id = f"sms-{hashlib.sha256(once.encode()).hexdigest()[:40]}"
    echo = answer_by(house, asked, accept=accept, command_id=command_id, road=Road.SMS)
    return {"state": echo.value, "say": sms_echo(echo, ref=asked.link.about_ref, language=asked.language)}


def _meant(words: list[str]) -> bool | None:
    """What a single yes or no among them says; None where it is neither, or both."""
    yes, no = sum(word in YES for word in words), sum(word in NO for word in words)
    return None if yes + no != 1 else bool(yes)

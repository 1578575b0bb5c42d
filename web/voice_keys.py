"""`POST /api/voice`: which key somebody pressed in the call of an alert, signed by the gateway that called.

The gateway says `event` (its own name of this press: the same on every repeat), `message` (the `id` that it was given),
`key` and, after a `1`, the `pin` that was keyed. It signs `time.body` with the shared secret and gets back what to say.
"""

import hashlib
import hmac
import json
import re
import time
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from models.composition import House
from models.key_presses import Called, called
from models.pins import proven
from models.views import handoff_view
from notifiers.spoken import KeyEcho, key_echo
from procedures.case import HandoffState
from procedures.commands import AcceptHandoff, DeclineHandoff, DeclineReason, Road
from procedures.errors import Refused
from procedures.events import AnswerCameLate, LinkUse
from web.desk import OurDesk

router = APIRouter()
SIGNATURE = "Staffetta-Signature"
SIGNED = re.compile(r"t=(?P<time>[0-9]{1,12}),v1=(?P<made>[0-9a-f]{64})")
LONGEST_AGO = 300
"""Seconds between signing and hearing: an older one may have been copied on its way."""
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,128}$")]


class Press(BaseModel):
    """One key."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)

    event: Name
    message: Name
    key: Annotated[str, StringConstraints(pattern="^[129]$")]
    pin: Annotated[str, StringConstraints(pattern="^[0-9]{0,12}$")] = Field(default="", repr=False)


@router.post("/api/voice")
async def pressed(request: Request, desk: OurDesk) -> Response:
    """What is to be said next; nothing is here for whoever does not sign."""
    body = await request.body()
    house = desk.house
    secret = house.settings.voice_secret if house.settings.voice.is_heard else ""
    if not secret or not is_signed(secret, request.headers.get(SIGNATURE, ""), body, time.time()):
        raise HTTPException(404)
    try:
        press = Press.model_validate_json(body)
    except ValidationError:
        return JSONResponse({"state": "not-understood", "say": ""}, 422)
    return JSONResponse(await run_in_threadpool(heard, house, press))


def is_signed(secret: str, header: str, body: bytes, now: float) -> bool:
    """Whether the gateway signed this, and not long ago."""
    found = SIGNED.fullmatch(header)
    if found is None or abs(now - int(found["time"])) > LONGEST_AGO:
        return False
    made = hmac.digest(secret.encode(), found["time"].encode() + b"." + body, hashlib.sha256).hex()
    return hmac.compare_digest(made, found["made"])


def heard(house: House, press: Press) -> dict[str, str]:
    """Do what the key says; the same press once more is the same answer.

    Raises:
        StoreBusy, StoreFailed: it is not saved; the gateway sends it again.
    """
    call = called(house, press.message)
    if call is None or call.link.use is not LinkUse.ANSWER:
        language = house.settings.desk.language if call is None else call.language
        return {"state": KeyEcho.SHUT.value, "say": key_echo(KeyEcho.SHUT, language)}
    if press.key == "9":
        return {"state": "again", "say": ""}
    echo = _answered(house, press, call)
    return {"state": echo.value, "say": key_echo(echo, call.language)}


def _answered(house: House, press: Press, call: Called) -> KeyEcho:
    about = {
        "id": _command_id(press),
        "case_id": call.link.case_id,
        "actor": call.link.actor,
        "road": Road.VOICE,
        "ref": call.link.about_ref,
    }
    try:
        if press.key == "2":
            handled = house.handling.handle(DeclineHandoff.model_validate({**about, "reason": DeclineReason.OTHER}))
        else:
            taken = AcceptHandoff.model_validate(about)
            known = proven(house, handoff_view(house.database, call.link.about_ref).case_code, taken, press.pin)
            handled = house.handling.handle(taken.model_copy(update={"proven": known}))
    except Refused:
        return KeyEcho.SHUT
    handoff = handled.state.handoffs[call.link.about_ref]
    if press.key == "1" and handoff.state is HandoffState.ACCEPTED and handoff.accepted_by == call.link.actor:
        return KeyEcho.TAKEN
    if any(isinstance(recorded.event, AnswerCameLate) for recorded in handled.events):
        return KeyEcho.LATE
    if press.key == "1":
        return KeyEcho.CLAIMED if any(one.actor == call.link.actor for one in handoff.claims) else KeyEcho.LATE
    return KeyEcho.DECLINED


def _command_id(press: Press) -> str:
    """One press is one command: the gateway may lose our answer and send it again."""
    parts = [press.message, press.event, press.key]
    return f"voice-{hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:40]}"

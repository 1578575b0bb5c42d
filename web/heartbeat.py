"""`/heartbeat`: the signed sign of life that the outside watcher asks for (`staffetta watch`).

It says that desk and database answer and that dispatcher and engine move. Whoever does not show the secret finds
nothing here.
"""

import string

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from models.heartbeat import (
    ASKING,
    DISPATCHER,
    DISPATCHER_SILENT,
    ENGINE,
    ENGINE_SILENT,
    NONCE,
    NONCE_LETTERS,
    PATH,
    SIGNATURE,
    WATCHER,
    Marks,
    asking,
    beat,
    same,
    watch_key,
)
from models.settings import Settings
from web.desk import OurDesk
from web.health import OurReadiness

router = APIRouter()


@router.api_route(PATH, methods=["GET", "HEAD"])
async def heartbeat(request: Request, desk: OurDesk, readiness: OurReadiness) -> Response:
    """The answer to one nonce."""
    key = watch_key(desk.house.keyring.token_key)
    nonce = request.headers.get(NONCE, "")
    if len(nonce) != NONCE_LETTERS or not set(nonce) <= set(string.hexdigits):
        raise HTTPException(404)
    if not same(asking(key, nonce), request.headers.get(ASKING, "")):
        raise HTTPException(404)
    marks = Marks(desk.house.settings.run_folder)
    marks.mark(WATCHER)
    faults = (*await readiness.asked(), *silent_parts(marks, desk.house.settings))
    given = beat(key, nonce, faults)
    return Response(given.body, media_type="application/json", headers={SIGNATURE: given.signature})


def silent_parts(marks: Marks, settings: Settings) -> tuple[str, ...]:
    """Which of the processes beside the desk do not seem to move on this machine."""
    parts = {DISPATCHER: DISPATCHER_SILENT} | ({ENGINE: ENGINE_SILENT} if settings.prefect.enabled else {})
    return tuple(fault for name, fault in parts.items() if marks.is_silent(name))

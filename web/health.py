"""`/livez` and `/readyz`: for whoever watches this process. Prefect is not asked: alerts go out without it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import PlainTextResponse, Response

from web.readiness import Readiness

router = APIRouter()


async def readiness_of(request: Request) -> Readiness:
    """What this application looks at."""
    readiness = request.app.state.readiness
    assert isinstance(readiness, Readiness)
    return readiness


OurReadiness = Annotated[Readiness, Depends(readiness_of)]


@router.api_route("/livez", methods=["GET", "HEAD"])
async def alive() -> Response:
    """The process answers, also while every thread of it waits for the database."""
    return PlainTextResponse("ok\n")


@router.api_route("/readyz", methods=["GET", "HEAD"])
async def ready(readiness: OurReadiness) -> Response:
    """The database can be written and is of this edition, and nothing that is due waits for a sender or a watcher."""
    faults = await readiness.asked()
    if faults:
        return PlainTextResponse("".join(f"{fault}\n" for fault in faults), status_code=503)
    return PlainTextResponse("ok\n")

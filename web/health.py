"""`/livez` and `/readyz`: for whoever watches this process. Prefect is not asked: alerts go out without it."""

from fastapi import APIRouter
from starlette.responses import PlainTextResponse, Response

from models.views import open_cases
from procedures.errors import StaffettaError
from web.desk import OurDesk

router = APIRouter()


@router.api_route("/livez", methods=["GET", "HEAD"])
def alive() -> Response:
    """The process answers."""
    return PlainTextResponse("ok\n")


@router.api_route("/readyz", methods=["GET", "HEAD"])
def ready(desk: OurDesk) -> Response:
    """The database answers, and is of the edition that this program wrote."""
    try:
        open_cases(desk.house.database)
    except StaffettaError as failure:
        return PlainTextResponse(f"{failure.code}\n", status_code=503)
    return PlainTextResponse("ok\n")

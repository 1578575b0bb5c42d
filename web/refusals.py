"""Which HTTP status goes with which failure of ours. The rules know nothing of HTTP."""

from http import HTTPStatus

from models.store_errors import CommandIdReused
from procedures import errors as e
from procedures.errors import StaffettaError

UNPROCESSABLE = (
    e.UnknownFact,
    e.WrongFactValue,
    e.UnknownTerritory,
    e.UnknownConsent,
    e.UnknownPathway,
    e.UnknownReason,
    e.UnknownResult,
    e.WrongEvidence,
)


def status_of(failure: StaffettaError) -> int:
    """404 for what is not there, 422 for what was typed wrong, 409 where the rules say no, 503 for the rest."""
    if isinstance(failure, e.UnknownCase | e.UnknownHandoff):
        return HTTPStatus.NOT_FOUND
    if isinstance(failure, UNPROCESSABLE):
        return HTTPStatus.UNPROCESSABLE_ENTITY
    said_no = isinstance(failure, e.Refused | CommandIdReused)
    return HTTPStatus.CONFLICT if said_no else HTTPStatus.SERVICE_UNAVAILABLE

"""Failures as problem+json (RFC 9457): a stable `type`, a title and a sentence in the reader's language."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.responses import Response

from models.apikeys import KeyRefused
from models.cursors import CursorNotOurs
from models.store_errors import CommandIdReused, StoreBusy
from notifiers.language import LANGUAGES, said
from procedures import errors as e
from procedures.errors import StaffettaError
from web.api.failures import ApiFailure, DoesNotFit, Fault, IdempotencyKeyReused, NotThere
from web.pages import say
from web.refusals import status_of
from web.saying import N_

MEDIA_TYPE = "application/problem+json"
NAMESPACE = "urn:staffetta:problem:"
RETRY_BUSY, RETRY_FAILED = 1, 30
"""Seconds after which a repeat is worth trying."""

TITLES: Mapping[int, str] = {
    400: N_("This request was not understood"),
    401: N_("A key is needed"),
    403: N_("Not with this key"),
    404: N_("Nothing here"),
    405: N_("Not with this method"),
    406: N_("Only JSON comes out"),
    409: N_("This cannot be done now"),
    412: N_("It changed meanwhile"),
    413: N_("Too much at once"),
    415: N_("Only JSON comes in"),
    422: N_("Something does not fit"),
    500: N_("Something broke here"),
    503: N_("Not saved"),
}
NOT_AMONG = N_("This is not among what is known here. Choose one of: {known}.")
WRITE = N_("This value does not fit. Write {expected}.")
NO_CURSOR = N_("This cursor belongs to another list. Start again without one.")

POINTERS: Mapping[type[StaffettaError], str] = {
    e.UnknownPathway: "#/pathway",
    e.UnknownTerritory: "#/territory",
    e.UnknownConsent: "#/consents",
    e.UnknownService: "#/service",
    e.UnknownFact: "#/facts",
    e.WrongFactValue: "#/facts/{fact}",
    e.UnknownReason: "#/reason",
    e.UnknownRunning: "#/pathway",
    e.UnknownEnded: "#/pathway",
    e.UnknownStep: "#/step",
    e.UnknownResult: "#/result",
    e.UnknownAgreeingBody: "#/agreed_by",
    e.UnknownSignal: "#/signal",
    e.SignalNotTheirs: "#/said_by",
    e.NotOpenedByThem: "#/by",
    e.WrongEvidence: "#/evidence",
}


def spoken(accept_language: str | None, otherwise: str) -> str:
    """The language that the caller likes best among ours; `otherwise` where it names none of them."""
    liked: list[tuple[float, str]] = []
    for part in (accept_language or "").split(","):
        tag, _, quality = part.strip().partition(";q=")
        short = tag.strip().split("-")[0].lower()
        try:
            weight = float(quality or 1)
        except ValueError:
            continue
        if short in LANGUAGES and weight > 0:
            liked.append((weight, short))
    return max(liked, key=lambda one: one[0], default=(0.0, otherwise))[1]


def problem(failure: StaffettaError, language: str, *, reference: str = "") -> Response:
    """The answer that tells of this failure. What was sent is never repeated in it."""
    told = _ours(failure)
    status = _status(told)
    value: dict[str, Any] = {
        "type": NAMESPACE + told.code,
        "title": say(language, TITLES[status]),
        "status": status,
        "detail": said(told, language),
    }
    if isinstance(told, DoesNotFit):
        value["errors"] = [_error(fault, language) for fault in told.faults]
    if reference:
        value["reference"] = reference
    headers = {"Content-Language": language, "Vary": "Accept-Language", **_headers(told, status)}
    return Response(json.dumps(value, ensure_ascii=False), status, headers, MEDIA_TYPE)


def _ours(failure: StaffettaError) -> StaffettaError:
    """The failure without what was typed: the rules' own sentences repeat it, for a person at a form."""
    if isinstance(failure, e.UnknownCase | e.UnknownHandoff):
        return NotThere()
    if isinstance(failure, CommandIdReused):
        return IdempotencyKeyReused()
    if isinstance(failure, CursorNotOurs):
        return DoesNotFit([Fault("query#/cursor", NO_CURSOR, {})])
    pointer = POINTERS.get(type(failure), "")
    if not pointer:
        return failure
    sentence = WRITE if "expected" in failure.data else NOT_AMONG
    return DoesNotFit([Fault(pointer.format(**failure.data), sentence, failure.data)])


def _status(failure: StaffettaError) -> int:
    if isinstance(failure, ApiFailure):
        return failure.status
    return HTTPStatus.UNAUTHORIZED if isinstance(failure, KeyRefused) else status_of(failure)


def _headers(failure: StaffettaError, status: int) -> Mapping[str, str]:
    if isinstance(failure, ApiFailure):
        return failure.headers
    if status == HTTPStatus.UNAUTHORIZED:
        return {"WWW-Authenticate": 'Bearer realm="staffetta"'}
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        return {"Retry-After": str(RETRY_BUSY if isinstance(failure, StoreBusy) else RETRY_FAILED)}
    return {}


class _Said(StaffettaError):
    """A sentence with its data, to be said like any failure."""

    def __init__(self, fault: Fault) -> None:
        self.template = fault.sentence  # type: ignore[misc]  # this one differs from case to case
        super().__init__(**fault.data)


def _error(fault: Fault, language: str) -> dict[str, str]:
    return {"pointer": fault.pointer, "detail": said(_Said(fault), language)}

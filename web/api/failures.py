"""What can go wrong on the way to the rules, each with the status it is answered with. None repeats what was sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import ClassVar

from procedures.errors import StaffettaError
from web.saying import N_


@dataclass(frozen=True)
class Fault:
    """One thing that does not fit."""

    pointer: str
    """Where: `#/facts/risk` in the body; `query#/limit`, `header#/If-Match` and so on outside of it."""
    sentence: str
    """Marked for the catalogue."""
    data: Mapping[str, object]


class ApiFailure(StaffettaError):
    """A request that came no further than the door."""

    status: ClassVar[int] = HTTPStatus.BAD_REQUEST
    template = N_("This request was not understood.")

    @property
    def headers(self) -> Mapping[str, str]:
        """What the answer carries besides."""
        return {}


class BodyNotUnderstood(ApiFailure):
    """No JSON, JSON that says a thing twice, or a character that cannot be kept."""

    template = N_("The body is not JSON as this API takes it: UTF-8, each name once, no NaN, no NUL character.")


class BodyTooDeep(ApiFailure):
    """Nested deeper than anything here needs (trust.md, limits)."""

    template = N_("The body is nested too deep: at most 32 levels.")


class IdempotencyKeyMissing(ApiFailure):
    """A change without an id of its own could be done twice."""

    template = N_(
        "Every change needs an id of its own: send Idempotency-Key with 16 to 100 letters, digits or . _ ~ - in it, "
        "such as a new UUID, and the same one again when you repeat the request."
    )


class NothingHere(ApiFailure):
    """No such address."""

    status = HTTPStatus.NOT_FOUND
    template = N_("There is no such address. They all stand in /api/v1/openapi.json")


class NotThere(ApiFailure):
    """What stands at this address is not there, or not for this key: the two are told apart to nobody."""

    status = HTTPStatus.NOT_FOUND
    template = N_("There is nothing of this name that this key may see.")


class NothingSaved(ApiFailure):
    """No command was carried out under this id."""

    status = HTTPStatus.NOT_FOUND
    template = N_("Nothing was saved under this id. If the request is not under way any more, send it again.")


class OperationNotGiven(ApiFailure):
    """The key is good, but not for this."""

    status = HTTPStatus.FORBIDDEN
    template = N_("This key was not given the operation {operation}.")


class MethodNotAllowed(ApiFailure):
    """The address answers to other methods."""

    status = HTTPStatus.METHOD_NOT_ALLOWED
    template = N_("This address answers to: {allow}.")

    @property
    def headers(self) -> Mapping[str, str]:
        """Which ones."""
        return {"Allow": str(self.data["allow"])}


class OnlyJsonComesOut(ApiFailure):
    """The caller takes no JSON."""

    status = HTTPStatus.NOT_ACCEPTABLE
    template = N_("This API answers in JSON: let Accept allow application/json.")


class ChangedMeanwhile(ApiFailure):
    """`If-Match` names another state than that of now."""

    status = HTTPStatus.PRECONDITION_FAILED
    template = N_("It is not any more as you saw it. Read it again, then decide. Nothing was done.")


class TooLarge(ApiFailure):
    """More than a body may hold."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    template = N_("A body may hold 64 KiB.")


class OnlyJsonComesIn(ApiFailure):
    """The body is said to be something else."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    template = N_("This API takes JSON: send Content-Type: application/json.")

    @property
    def headers(self) -> Mapping[str, str]:
        """What it takes."""
        return {"Accept": "application/json"}


class DoesNotFit(ApiFailure):
    """What was sent is JSON, but not what this operation asks for."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    template = N_("Something in this request does not fit. `errors` says where.")

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__()
        self.faults = tuple(faults)


class IdempotencyKeyReused(ApiFailure):
    """Two different requests came under one id."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    template = N_("This Idempotency-Key belongs to another request of yours. Nothing was done.")


class BrokeHere(ApiFailure):
    """A fault of ours."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR
    template = N_("It may not be saved. Ask /api/v1/commands/ what became of your id; if it is urgent, telephone.")

"""Who calls: `Authorization: Bearer sk_…` and nothing else. A cookie is not looked at."""

from starlette.datastructures import Headers

from models.apikeys import KeyRefused, Program, program_of
from models.programs import Operation
from web.api.failures import OperationNotGiven
from web.desk import Desk
from web.sessions import wall

SCHEME = "bearer"


def caller(desk: Desk, headers: Headers) -> Program:
    """The program whose key the request shows; its days are days on the wall, however fast a drill runs.

    Raises:
        KeyRefused, KeyExpired, KeyRevoked.
    """
    scheme, _, secret = headers.get("authorization", "").partition(" ")
    if scheme.lower() != SCHEME or not secret.strip():
        raise KeyRefused
    return program_of(desk.house.database, secret.strip(), wall())


def check_given(program: Program, operation: Operation | None) -> None:
    """Raise OperationNotGiven unless the key may do this."""
    if operation is not None and operation not in program.operations:
        raise OperationNotGiven(operation=operation.value)

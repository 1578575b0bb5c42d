"""What an operation of the API is: where it stands, who may do it, what it takes and gives."""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from models.apikeys import Program
from models.cursors import pack, unpack
from models.done import done_command, state_after
from models.programs import Operation as May
from models.recorded import Handled
from procedures.case import CaseState
from procedures.commands import Road
from procedures.directory import Directory
from web.api.asked import Nothing
from web.desk import Desk

Body = TypeVar("Body", bound=BaseModel)
Query = TypeVar("Query", bound=BaseModel)


@dataclass(frozen=True)
class Call(Generic[Body, Query]):
    """One request, understood: who calls, and what for."""

    desk: Desk
    program: Program
    path: Mapping[str, str]
    query: Query
    body: Body
    idempotency_key: str = ""

    @property
    def command_id(self) -> str:
        """The id of the command under this Idempotency-Key."""
        return self.command_id_of(self.idempotency_key)

    def command_id_of(self, idempotency_key: str) -> str:
        """The same for any: bound to the calling key, so that no program meets the ids of another."""
        return f"api-{self.drawn(idempotency_key).hex()[:48]}"

    def drawn(self, what: str) -> bytes:
        """32 bytes that nobody outside can foretell, the same for the same caller and `what`."""
        text = f"api\0{self.program.key_id}\0{what}"
        return hmac.digest(self.desk.house.keyring.command_key, text.encode(), hashlib.sha256)

    def asked(self, case_id: str) -> dict[str, Any]:
        """What every command from here carries."""
        return {"id": self.command_id, "case_id": case_id, "actor": self.program.actor, "road": Road.API}

    def state_of_then(self, handled: Handled) -> CaseState:
        """The case right after the command, also where it is repeated: the same request gets the same answer."""
        if not handled.repeated:
            return handled.state
        house, case_id = self.desk.house, handled.state.case_id
        if handled.events:
            return state_after(house.database, house.keyring, case_id, handled.events[-1].seq)
        done = done_command(house.database, self.command_id)
        assert done is not None, "a repeated command is known"
        return state_after(house.database, house.keyring, case_id, done.last_seq)

    @cached_property
    def directory(self) -> Directory:
        """The network in force."""
        return self.desk.house.procedures.directory()

    @cached_property
    def services(self) -> frozenset[str] | None:
        """The services whose handoffs this key may see; None for the coordination, which sees all."""
        if self.program.body is None:
            return None
        found = self.directory.services.values()
        return frozenset(service.id for service in found if service.body == self.program.body)

    def cursor(self, what: str, *place: str | int) -> str:
        """A cursor for the list `what` of this caller."""
        return pack(self.desk.house.keyring.command_key, f"{self.program.key_id}:{what}", place)

    def place(self, what: str, cursor: str) -> list[Any]:
        """Where that cursor stands. Raises CursorNotOurs."""
        return unpack(self.desk.house.keyring.command_key, f"{self.program.key_id}:{what}", cursor)


AnyCall = Call[Any, Any]


@dataclass(frozen=True)
class Answer:
    """What comes back."""

    value: BaseModel
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Operation:
    """One line of the table."""

    name: str
    """What the description calls it."""
    method: str
    path: str
    """Below `/api/v1`, such as `/cases/{code}`."""
    summary: str
    run: Callable[[AnyCall], Answer]
    answer: type[BaseModel]
    example: Mapping[str, Any]
    """Of the answer."""
    may: May | None = None
    """What the key must have been given; None where any key will do."""
    body: type[BaseModel] = Nothing
    query: type[BaseModel] = Nothing
    asked: Mapping[str, Any] = field(default_factory=dict)
    """Of the body."""
    status: int = HTTPStatus.OK
    changes: bool = False
    """Whether it needs an Idempotency-Key."""
    current: Callable[[AnyCall], BaseModel] | None = None
    """What `If-Match` is compared with: the answer of reading the same thing."""
    refusals: frozenset[int] = frozenset()
    """Statuses besides those that every operation of its kind can have."""

    @property
    def takes_body(self) -> bool:
        """Whether there is anything to say in a body."""
        return self.method == "POST"

"""API keys (trust.md, webhooks and API keys): shown once, kept as a hash, for named operations, 90 days at most."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import uuid_utils
from sqlalchemy import Row, bindparam, insert, select, update

from models.database import Database
from models.prepared import Prepared
from models.programs import OF_ONE_BODY, Operation
from models.tables import ApiKey
from procedures.directory import Directory
from procedures.errors import StaffettaError

PREFIX = "sk_"
SECRET_BYTES = 32
LONGEST_DAYS = 90
LONGEST_NAME = 60
OF_SECRET = Prepared(select(ApiKey.__table__).where(ApiKey.secret_hash == bindparam("shown")))
"""On the way of every request."""


class KeyNameTaken(StaffettaError):
    """Another key has this name, perhaps a revoked one: what the trail says of it must not become another's."""

    template = "A key of this name exists already, or did once. Choose another name."


class BadKeyName(StaffettaError):
    """The name is empty or too long."""

    template = "The name of a key has 1 to {most} characters."


class UnknownKeyOperation(StaffettaError):
    """There is no such operation."""

    template = "There is no operation {operation}. Choose among: {known}."


class NotForOneBody(StaffettaError):
    """A key of one body was to be given what only the coordination may do."""

    template = "A key of one body cannot be given {operation}. It can be given: {known}."


class NoOperation(StaffettaError):
    """A key was to be made that is good for nothing."""

    template = "Say what the key may do. Choose among: {known}."


class UnknownBody(StaffettaError):
    """No body of the network has this id."""

    template = "The network has no body {body}. Choose one of: {known}."


class BadKeyDays(StaffettaError):
    """A key was to be good for no day, or for too many."""

    template = "A key is good for 1 to {most} days. Make a new one before it ends."


class UnknownApiKey(StaffettaError):
    """No key has this name."""

    template = "No key has this name. See them with `staffetta user key-list`."


class KeyRefused(StaffettaError):
    """The request shows no key that this house ever made."""

    template = "This address needs a key of this house: Authorization: Bearer sk_…"


class KeyExpired(KeyRefused):
    """The key was good, and its days are over."""

    template = "This key has expired. Ask whoever runs the house for a new one."


class KeyRevoked(KeyRefused):
    """The key was taken back."""

    template = "This key was revoked. Ask whoever runs the house."


@dataclass(frozen=True)
class Program:
    """A program that calls, as its key says."""

    key_id: str
    name: str
    operations: frozenset[str]
    body: str | None
    """The one body it calls for; None for the coordination."""
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None

    @property
    def actor(self) -> str:
        """How the trail names it."""
        return f"program:{self.key_id}"


def make_key(
    db: Database,
    directory: Directory,
    *,
    name: str,
    may: Iterable[str],
    body: str | None,
    days: int,
    created_by: str,
    now: datetime,
) -> tuple[Program, str]:
    """A new key and its secret, which nobody can be shown again.

    Args:
        db: where it is kept, as a hash.
        directory: the network in force, for the body.
        name: what people call the program.
        may: the names of its operations.
        body: the one body of the network it calls for; None for the coordination.
        days: how long it is good, at most 90.
        created_by: the actor who made it.
        now: the time on the wall.

    Raises:
        BadKeyName, NoOperation, UnknownKeyOperation, NotForOneBody, UnknownBody, BadKeyDays, KeyNameTaken.
    """
    name = name.strip()
    _check(directory, name, body, days)
    operations = _operations(may, for_one_body=body is not None)
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    row = {
        "key_id": str(uuid_utils.uuid7()),
        "name": name,
        "secret_hash": _hash(secret),
        "operations": " ".join(operations),
        "body": body,
        "created_at": now,
        "created_by": created_by,
        "expires_at": now + timedelta(days=days),
        "revoked_at": None,
    }
    return _kept(db, row), secret


def _kept(db: Database, row: Mapping[str, object]) -> Program:
    """The key in the database, under a name of its own. Raises KeyNameTaken."""
    name = row["name"]
    with db.write() as connection:
        if connection.execute(select(ApiKey.key_id).where(ApiKey.name == name)).first() is not None:
            raise KeyNameTaken
        connection.execute(insert(ApiKey), [row])
        made = connection.execute(select(ApiKey.__table__).where(ApiKey.name == name)).one()
    return _program(made)


def _check(directory: Directory, name: str, body: str | None, days: int) -> None:
    if not 0 < len(name) <= LONGEST_NAME:
        raise BadKeyName(most=LONGEST_NAME)
    if not 0 < days <= LONGEST_DAYS:
        raise BadKeyDays(most=LONGEST_DAYS)
    if body is not None and body not in directory.bodies:
        raise UnknownBody(body=body, known=", ".join(sorted(directory.bodies)) or "-")


def _operations(may: Iterable[str], *, for_one_body: bool) -> list[str]:
    asked = sorted(set(may))
    able = [one.value for one in Operation if not for_one_body or one in OF_ONE_BODY]
    known = ", ".join(able)
    if not asked:
        raise NoOperation(known=known)
    for operation in asked:
        if operation not in list(Operation):
            raise UnknownKeyOperation(operation=operation, known=known)
        if operation not in able:
            raise NotForOneBody(operation=operation, known=known)
    return asked


def program_of(db: Database, secret: str, now: datetime) -> Program:
    """Whose secret this is.

    Raises:
        KeyRefused: nobody's.
        KeyExpired, KeyRevoked: somebody's, once.
        StoreBusy, StoreFailed.
    """
    shown = _hash(secret)
    with db.look() as connection:
        row = OF_SECRET.first(connection, shown=shown)
    # Found by an index over hashes of 256 random bits: its timing tells nothing of a secret.
    if row is None or not hmac.compare_digest(row.secret_hash, shown):
        raise KeyRefused
    if row.revoked_at is not None:
        raise KeyRevoked
    if now >= row.expires_at:
        raise KeyExpired
    return _program(row)


def programs(db: Database) -> Sequence[Program]:
    """Every key there was, by name."""
    with db.read() as connection:
        return [_program(row) for row in connection.execute(select(ApiKey.__table__).order_by(ApiKey.name))]


def revoke_key(db: Database, name: str, now: datetime) -> Program:
    """Take the key back, from the next request on. One that was revoked before stays as it is.

    Raises:
        UnknownApiKey: there is none of this name.
    """
    named = ApiKey.name == name.strip()
    with db.write() as connection:
        connection.execute(update(ApiKey).where(named, ApiKey.revoked_at.is_(None)).values(revoked_at=now))
        row = connection.execute(select(ApiKey.__table__).where(named)).first()
    if row is None:
        raise UnknownApiKey
    return _program(row)


def _program(row: Row[Any]) -> Program:
    return Program(
        key_id=row.key_id,
        name=row.name,
        operations=frozenset(row.operations.split()),
        body=row.body,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()

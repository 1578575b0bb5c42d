"""Operators and their sign-ins (trust.md: password, sign-in cookie)."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import uuid_utils
from sqlalchemy import Connection, and_, bindparam, func, insert, select, update

from models.account_tables import Operator, Passkey, SignIn
from models.database import Database
from models.passwords import LONGEST_PASSWORD, fits, hash_of_nobody, hashed_password, needs_anew, random_password
from models.people import append, roles_in, spelt
from models.prepared import Prepared
from models.store_errors import StoreRaced
from procedures.errors import StaffettaError
from procedures.people import FOUNDING, OPERATOR_PREFIX, PersonAct, PersonActKind, Role

FIRST_OPERATOR = "operatrice"
"""The name of the account that is made at first start."""
IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=8)
TO_PROVE = timedelta(minutes=5)
"""From the right password to the second factor."""
SEEN_EVERY = timedelta(seconds=30)
"""How exactly it is kept when somebody was last seen: a write for every page would be wasted."""
ACTED_EVERY = timedelta(minutes=1)
"""How exactly it is kept when somebody last did something."""
SIGNED_IN = Prepared(
    select(
        Operator.operator_id,
        Operator.name,
        Operator.roles,
        SignIn.seen_at,
        SignIn.acted_at,
        SignIn.ends_at,
        SignIn.revoked_at,
        SignIn.proved_at,
        SignIn.proved_by,
    )
    .join(Operator, Operator.operator_id == SignIn.operator_id)
    .where(SignIn.token_hash == bindparam("shown"))
)
"""On the way of every request."""


class UnknownOperator(StaffettaError):
    """Nobody has an account of this name. It is not repeated: a password may have been typed in its place."""

    template = "No account has this name. See them with `staffetta user list`."


@dataclass(frozen=True)
class OperatorAccount:
    """Somebody who is signed in."""

    operator_id: str
    name: str
    roles: frozenset[Role] = frozenset()
    proved_at: datetime | None = None
    """When the second factor was last shown in this sign-in."""
    proved_by: str = ""
    """What was shown then (`models.account_tables.SignIn`)."""
    ends_at: datetime | None = None
    """When this sign-in ends, whatever she does."""

    @property
    def actor(self) -> str:
        """How the trail names this person."""
        return f"{OPERATOR_PREFIX}{self.operator_id}"

    def holds(self, roles: frozenset[Role]) -> bool:
        """Whether one of these is hers."""
        return not self.roles.isdisjoint(roles)


@dataclass(frozen=True)
class OperatorRow:
    """One account in the list of them."""

    operator_id: str
    name: str
    created_at: datetime
    roles: frozenset[Role]
    factor: bool
    """Whether it has a second factor, of whichever kind."""
    open_sign_ins: int
    """Sign-ins that are neither revoked, nor idle, nor too old."""
    person: str = ""
    """The person of the network that it is."""
    shut: bool = False
    """Whether nobody gets in, since that person left."""


def operators(db: Database, now: datetime) -> Sequence[OperatorRow]:
    """Every account, by name, with its sign-ins that are still good at `now`."""
    good = and_(
        SignIn.operator_id == Operator.operator_id,
        SignIn.revoked_at.is_(None),
        SignIn.ends_at > now,
        SignIn.proved_at.is_not(None),
        SignIn.seen_at > now - IDLE,
    )
    named = (Operator.operator_id, Operator.name, Operator.created_at, Operator.roles)
    columns = (*named, Operator.factor, Operator.person, Operator.shut)
    passkeys = select(Passkey.operator_id).where(Passkey.operator_id == Operator.operator_id).exists()
    query = (
        select(*columns, passkeys.label("passkeys"), func.count(SignIn.token_hash).label("open"))
        .outerjoin(SignIn, good)
        .group_by(*columns)
        .order_by(Operator.name)
    )
    with db.read() as connection:
        found = connection.execute(query).all()
    return [
        OperatorRow(
            row.operator_id,
            row.name,
            row.created_at,
            roles_in(row.roles),
            row.factor is not None or bool(row.passkeys),
            row.open,
            row.person or "",
            row.shut,
        )
        for row in found
    ]


def operator_named(db: Database, name: str) -> str:
    """The id of the account with this name.

    Raises:
        UnknownOperator: there is none.
    """
    with db.read() as connection:
        found: str | None = connection.execute(
            select(Operator.operator_id).where(Operator.name == name.strip())
        ).scalar()
    if found is None:
        raise UnknownOperator
    return found


def reset_password(db: Database, name: str, now: datetime, by: str) -> str:
    """Give the account a new random password, to be shown once, and end its sign-ins; `by` the actor.

    Raises:
        UnknownOperator: there is no such account.
    """
    operator_id = operator_named(db, name)
    password = random_password()
    password_hash = hashed_password(password)
    with db.write() as connection:
        ours = Operator.operator_id == operator_id
        connection.execute(update(Operator).where(ours).values(password_hash=password_hash))
        append(connection, PersonAct(PersonActKind.PASSWORD_SET, now, by, operator_id))
        end_sign_ins(connection, operator_id, now)
    return password


@dataclass(frozen=True)
class NewAccount:
    """An account that is not there yet. Made before the transaction, for a hash takes its time."""

    name: str
    password_hash: str
    roles: frozenset[Role]
    now: datetime
    operator_id: str

    def make(self, connection: Connection, by: str) -> None:
        """Keep it, with the act that made it; `by` the actor. Raises Refused where that actor may not."""
        row = {
            "operator_id": self.operator_id,
            "name": self.name,
            "password_hash": self.password_hash,
            "created_at": self.now,
            "roles": spelt(self.roles),
        }
        append(connection, PersonAct(PersonActKind.MADE, self.now, by, self.operator_id, self.roles))
        connection.execute(insert(Operator), [row])


def new_account(name: str, password: str, roles: frozenset[Role], now: datetime) -> NewAccount:
    """An account of this name and password, with these roles."""
    return NewAccount(name, hashed_password(password), roles, now, str(uuid_utils.uuid7()))


def ensure_first_operator(db: Database, now: datetime) -> str | None:
    """Make the first account if there is none; its password, to be shown once, else None."""
    with db.read() as connection:
        if connection.execute(select(Operator.operator_id).limit(1)).first() is not None:
            return None
    password = random_password()
    first = new_account(FIRST_OPERATOR, password, FOUNDING, now)
    try:
        with db.write() as connection:
            if connection.execute(select(Operator.operator_id).limit(1)).first() is not None:
                return None
            first.make(connection, by="program")
    except StoreRaced:
        return None  # another machine was first
    return password


def sign_in(db: Database, name: str, password: str, now: datetime) -> str | None:
    """The token of a new sign-in (for the cookie), or None where name or password is wrong.

    It is good for five minutes and for nothing but the page that asks for the second factor (`models/factors.py`).

    Raises:
        TooManySignIns: twenty others are waiting.
    """
    open_ = (Operator.name == name.strip(), Operator.shut.is_(False))
    query = select(Operator.operator_id, Operator.password_hash).where(*open_)
    with db.read() as connection:
        found = connection.execute(query).first()
    # An unknown name costs the same time as a wrong password.
    if not fits(found.password_hash if found else hash_of_nobody(), password[: LONGEST_PASSWORD + 1]) or found is None:
        return None
    token = secrets.token_urlsafe(32)
    row = sign_in_row(token, found.operator_id, now, until=now + TO_PROVE)
    anew = hashed_password(password) if needs_anew(found.password_hash) else None
    ours = Operator.operator_id == found.operator_id
    with db.write() as connection:
        # The password may have been reset while the old one was being checked.
        kept = select(Operator.password_hash).where(ours, Operator.shut.is_(False)).with_for_update()
        if connection.execute(kept).scalar() != found.password_hash:
            return None
        connection.execute(insert(SignIn), [row])
        if anew is not None:
            connection.execute(update(Operator).where(ours).values(password_hash=anew))
    return token


def sign_in_row(
    token: str, operator_id: str, now: datetime, *, until: datetime, proved_at: datetime | None = None
) -> dict[str, object]:
    """A sign-in as it is kept."""
    return {
        "token_hash": token_hash(token),
        "operator_id": operator_id,
        "signed_in_at": now,
        "seen_at": now,
        "acted_at": now,
        "ends_at": until,
        "revoked_at": None,
        "proved_at": proved_at,
        "elsewhere": False,
    }


def signed_in(db: Database, token: str, now: datetime, *, acting: bool = True) -> OperatorAccount | None:
    """Who this token belongs to, if it is still good; with `acting`, keeps it from going idle.

    Without (a page that refreshes itself), one whose person has done nothing for `IDLE` ends. Both are kept with the
    sign-in, so that every desk on this database knows of what was done at another.
    """
    with db.look() as connection:
        found = SIGNED_IN.first(connection, shown=token_hash(token))
    if found is None or found.revoked_at is not None or now >= found.ends_at or now - found.seen_at >= IDLE:
        return None
    if found.proved_at is None:
        return None
    acted_at = found.acted_at or found.seen_at
    if not acting and now - acted_at >= IDLE:
        sign_out(db, token, now)
        return None
    kept = {"seen_at": now} if now - found.seen_at >= SEEN_EVERY else {}
    if acting and now - acted_at >= ACTED_EVERY:
        kept["acted_at"] = now
    if kept:
        with db.write() as connection:
            connection.execute(update(SignIn).where(SignIn.token_hash == token_hash(token)).values(kept))
    roles, proved = roles_in(found.roles), (found.proved_at, found.proved_by or "")
    return OperatorAccount(found.operator_id, found.name, roles, *proved, found.ends_at)


def sign_out(db: Database, token: str, now: datetime) -> None:
    """End this sign-in. Where there is none, nobody waits for the right to write: a stranger invents any number."""
    with db.look() as connection:
        found = SIGNED_IN.first(connection, shown=token_hash(token))
    if found is None or found.revoked_at is not None:
        return
    ending = update(SignIn).where(SignIn.token_hash == token_hash(token), SignIn.revoked_at.is_(None))
    with db.write() as connection:
        connection.execute(ending.values(revoked_at=now))


def sign_out_everywhere(db: Database, operator_id: str, now: datetime, by: str) -> None:
    """End every sign-in of this operator, at once; `by` the actor. Raises Refused where that actor may not."""
    with db.write() as connection:
        append(connection, PersonAct(PersonActKind.SIGN_INS_ENDED, now, by, operator_id))
        end_sign_ins(connection, operator_id, now)


def end_sign_ins(connection: Connection, operator_id: str, now: datetime, *, but: str = "") -> None:
    """End every sign-in of this operator but that of this token, in a transaction that somebody else holds."""
    theirs = (SignIn.operator_id == operator_id, SignIn.token_hash != token_hash(but))
    ending = update(SignIn).where(*theirs, SignIn.revoked_at.is_(None))
    connection.execute(ending.values(revoked_at=now))


def token_hash(token: str) -> str:
    """A random token as it is kept."""
    return hashlib.sha256(token.encode()).hexdigest()

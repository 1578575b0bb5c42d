"""Invitations: a link, good once and for three days, with which somebody sets a password that nobody else ever knew."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from models.account_tables import Invitation, Operator
from models.accounts import end_sign_ins, token_hash
from models.database import Database
from models.passwords import hashed_password
from models.people import append
from procedures.errors import Refused
from procedures.passwords import check_password
from procedures.people import OPERATOR_PREFIX, PersonAct, PersonActKind

GOOD_FOR = timedelta(hours=72)


class InvitationOver(Refused):
    """Used, too old, replaced, or never made: nobody is told which."""

    template = "This link is no longer good. Ask an administrator for a new one."


@dataclass(frozen=True, slots=True)
class Invited:
    """Whom a link is for."""

    operator_id: str
    name: str


def invite(db: Database, operator_id: str, now: datetime, by: str) -> str:
    """A token for the account; whatever link it had before is over. `by` is the actor.

    Raises:
        NotYoursToGive, UnknownAccount: it cannot be made.
    """
    token = secrets.token_urlsafe(16)
    row = {
        "token_hash": token_hash(token),
        "operator_id": operator_id,
        "made_at": now,
        "ends_at": now + GOOD_FOR,
        "used_at": None,
    }
    with db.write() as connection:
        append(connection, PersonAct(PersonActKind.INVITED, now, by, operator_id))
        _end_all(connection, operator_id, now)
        connection.execute(insert(Invitation), [row])
    return token


def invited(db: Database, token: str, now: datetime) -> Invited:
    """Whom this link is for. Raises InvitationOver."""
    with db.read() as connection:
        return _found(connection, token, now)


def join(db: Database, token: str, password: str, now: datetime) -> Invited:
    """Set her password; every link and every sign-in of the account ends.

    Raises:
        InvitationOver: the link is not good.
        PasswordTooShort, PasswordTooLong, PasswordGuessed: another password is needed. The link stays good.
    """
    check_password(password, invited(db, token, now).name)
    kept = hashed_password(password)
    with db.write() as connection:
        who = _found(connection, token, now, to_use=True)
        ours = Operator.operator_id == who.operator_id
        connection.execute(update(Operator).where(ours).values(password_hash=kept))
        by = f"{OPERATOR_PREFIX}{who.operator_id}"
        append(connection, PersonAct(PersonActKind.PASSWORD_SET, now, by, who.operator_id))
        _end_all(connection, who.operator_id, now)
        end_sign_ins(connection, who.operator_id, now)
    return who


def _found(connection: Connection, token: str, now: datetime, *, to_use: bool = False) -> Invited:
    query = (
        select(Operator.operator_id, Operator.name)
        .join(Invitation, Invitation.operator_id == Operator.operator_id)
        .where(Invitation.token_hash == token_hash(token), Invitation.used_at.is_(None), Invitation.ends_at > now)
    )
    found = connection.execute(query.with_for_update() if to_use else query).first()
    if found is None:
        raise InvitationOver
    return Invited(found.operator_id, found.name)


def _end_all(connection: Connection, operator_id: str, now: datetime) -> None:
    ours = update(Invitation).where(Invitation.operator_id == operator_id, Invitation.used_at.is_(None))
    connection.execute(ours.values(used_at=now))

"""An account whose person left the network is shut by the import that leaves her out, until somebody opens it."""

from collections.abc import Container
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from models.account_tables import Invitation, Operator, Passkey, PushBrowser, RecoveryCode
from models.accounts import end_sign_ins
from models.database import Database
from models.passwords import hash_of_nobody
from models.people import append
from procedures.people import PersonAct, PersonActKind


def shut_accounts_of_leavers(connection: Connection, people: Container[str], now: datetime, by: str) -> None:
    """Shut each account that is a person who is not among these, in the transaction of the import; `by` the actor.

    Its sign-ins and invitations end; its password, factors, recovery codes, browsers and ties are gone, for they may be
    in other hands when it is opened again.
    """
    tied = select(Operator.operator_id, Operator.person).where(Operator.person.is_not(None), Operator.shut.is_(False))
    for row in connection.execute(tied.order_by(Operator.operator_id)).all():
        if row.person not in people:
            _shut(connection, row.operator_id, now, by)


def open_account(db: Database, account: str, now: datetime, by: str) -> None:
    """Let it be used again, by a new invitation; `by` the actor.

    Raises:
        NotYoursToGive, UnknownAccount, AccountOpen: it cannot be opened.
    """
    with db.write() as connection:
        append(connection, PersonAct(PersonActKind.OPENED, now, by, account))


def _shut(connection: Connection, account: str, now: datetime, by: str) -> None:
    append(connection, PersonAct(PersonActKind.SHUT, now, by, account))
    nobodys = hash_of_nobody()
    ours = update(Operator).where(Operator.operator_id == account)
    connection.execute(ours.values(password_hash=nobodys, factor=None, factor_step=None, factor_wrong=0))
    for table in (Passkey, RecoveryCode, PushBrowser):
        connection.execute(delete(table).where(table.operator_id == account))
    waiting = update(Invitation).where(Invitation.operator_id == account, Invitation.used_at.is_(None))
    connection.execute(waiting.values(used_at=now))
    end_sign_ins(connection, account, now)

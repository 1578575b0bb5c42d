"""Further accounts of the desk, and what each of them may do."""

from datetime import datetime

from sqlalchemy import select

from models.account_tables import Operator
from models.accounts import new_account, operator_named
from models.database import Database
from models.invitations import invite
from models.passwords import random_password
from models.people import append
from models.store_errors import StoreRaced
from procedures.errors import StaffettaError
from procedures.people import OPERATOR_PREFIX, PersonAct, PersonActKind, Role

LONGEST_NAME = 40


class AccountThere(StaffettaError):
    """An account has this name already."""

    template = "An account has this name already. See them with `staffetta user list`."


class BadAccountName(StaffettaError):
    """The name cannot be that of an account. It is not repeated."""

    template = "The name of an account has 1 to 40 letters, digits, blanks and signs, and no others."


def add_operator(db: Database, name: str, roles: frozenset[Role], now: datetime, by: str) -> str:
    """Make an account with these roles; its password, to be shown once. `by` is the actor.

    Raises:
        AccountThere: one has this name already.
        BadAccountName: it is empty, too long, or holds what nobody can read.
        NotYoursToGive: the actor is no administrator.
    """
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise BadAccountName
    password = random_password()
    new = new_account(name, password, roles, now)
    try:
        with db.write() as connection:
            if connection.execute(select(Operator.operator_id).where(Operator.name == name)).first() is not None:
                raise AccountThere
            new.make(connection, by)
    except StoreRaced:
        raise AccountThere from None
    return password


def invite_new(db: Database, name: str, roles: frozenset[Role], now: datetime, by: str) -> str:
    """Make an account whose password nobody knows, and a token with which its person sets one; as `add_operator`."""
    add_operator(db, name, roles, now, by)
    return invite(db, operator_named(db, name), now, by)


def give_role(db: Database, operator_id: str, role: Role, now: datetime, by: str) -> None:
    """Let the account do this as well, from its next request on; `by` the actor.

    Raises:
        NotYoursToGive, RoleForOneself, RoleHeld, UnknownAccount: it cannot be given.
    """
    _act(db, PersonAct(PersonActKind.ROLE_GIVEN, now, by, operator_id, frozenset({role})))


def take_role(db: Database, operator_id: str, role: Role, now: datetime, by: str) -> None:
    """The account does this no more, from its next request on; `by` the actor.

    Raises:
        NotYoursToGive, RoleNotHeld, LastAdministrator, UnknownAccount: it cannot be taken.
    """
    _act(db, PersonAct(PersonActKind.ROLE_TAKEN, now, by, operator_id, frozenset({role})))


def _act(db: Database, act: PersonAct) -> None:
    with db.write() as connection:
        append(connection, act)


def operator_names(db: Database) -> dict[str, str]:
    """What each account is called, by the id under which the trail names it."""
    with db.read() as connection:
        found = connection.execute(select(Operator.operator_id, Operator.name))
        return {f"{OPERATOR_PREFIX}{operator_id}": name for operator_id, name in found}

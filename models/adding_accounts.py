"""Further accounts of the desk: an edition of a procedure is adopted by two people, each with an account."""

from datetime import datetime

from sqlalchemy import insert, select

from models.accounts import new_account, random_password
from models.database import Database
from models.store_errors import StoreRaced
from models.tables import Operator
from procedures.errors import StaffettaError

LONGEST_NAME = 40


class AccountThere(StaffettaError):
    """An account has this name already."""

    template = "An account has this name already. See them with `staffetta user list`."


class BadAccountName(StaffettaError):
    """The name cannot be that of an account. It is not repeated."""

    template = "The name of an account has 1 to 40 letters, digits, blanks and signs, and no others."


def add_operator(db: Database, name: str, now: datetime) -> str:
    """Make an account; its password, to be shown once.

    Raises:
        AccountThere: one has this name already.
        BadAccountName: it is empty, too long, or holds what nobody can read.
    """
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise BadAccountName
    password = random_password()
    row = new_account(name, password, now)
    try:
        with db.write() as connection:
            if connection.execute(select(Operator.operator_id).where(Operator.name == name)).first() is not None:
                raise AccountThere
            connection.execute(insert(Operator), [row])
    except StoreRaced:
        raise AccountThere from None
    return password


def operator_names(db: Database) -> dict[str, str]:
    """What each account is called, by the id under which the trail names it."""
    with db.read() as connection:
        found = connection.execute(select(Operator.operator_id, Operator.name))
        return {f"operator:{operator_id}": name for operator_id, name in found}

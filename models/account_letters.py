"""Letters about what was done with accounts: made from the chain of those acts, and kept until a carrier took them.

They are rows before they leave, so that a process that dies loses none, and a repeat is the same letter. They are not
in the outbox: that is about cases and whoever is called for them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, insert, or_, select, update

from models.account_tables import AccountLetter, Operator
from models.act_tables import ActHead, PersonActRecord
from models.database import Database
from models.ids import RandomIds
from models.people import CHAIN, roles_in
from procedures.directory import Contact, ContactKind, Directory
from procedures.people import PersonActKind, Role

GIVE_UP_AFTER = timedelta(days=1)
NOBODY, NO_ADDRESS = "nobody", "no-address"


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to one person about one account."""

    letter_id: str
    account: str
    person: str
    owner: bool
    """Whether she is the account's person; else she runs the house."""
    since: int
    until: int
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that was done, as a letter tells it."""

    kind: PersonActKind
    at: datetime


def mail_contact(directory: Directory, person: str) -> Contact | None:
    """Where somebody of the network gets mail; None: nowhere, or there is nobody of that id."""
    found = directory.people.get(person)
    return next((one for one in found.contacts if one.kind is ContactKind.EMAIL), None) if found else None


def is_news(db: Database) -> bool:
    """Whether something was done with an account that no letter tells yet."""
    with db.read() as connection:
        done = connection.execute(select(ActHead.seq).where(ActHead.name == CHAIN.name)).scalar_one()
        return bool(done > _told(connection))


def make_letters(db: Database, directory: Directory, now: datetime) -> None:
    """Keep a letter for each account with which something was done, to everybody who is its person or was till then.

    Where none of these gets mail, those who run the house are written to.

    Raises:
        StoreBusy, StoreFailed: none was kept.
    """
    ids = RandomIds()
    with db.write() as connection:
        CHAIN.take_turn(connection)
        since = _told(connection)
        owners, until = _owners(connection, since)
        rows: list[dict[str, object]] = []
        for account, persons in owners.items():
            about: dict[str, object] = {"account": account, "since": since, "until": until[account], "made_at": now}
            to = [person for person in persons if mail_contact(directory, person)]
            others = [] if to else [one for one in administrators(connection, account) if mail_contact(directory, one)]
            ended = {"ended_at": None if to or others else now, "code": None if to or others else NOBODY}
            about |= {"owner": bool(to), **ended}
            rows += [{"letter_id": ids.new_id(), "person": one, **about} for one in to or others or [""]]
        if rows:
            connection.execute(insert(AccountLetter), rows)


def due_letters(db: Database, now: datetime, again: timedelta) -> Sequence[Letter]:
    """Those that nobody took yet and that nobody tried for so long, the oldest first."""
    names = ("letter_id", "account", "person", "owner", "since", "until", "made_at")
    table = AccountLetter.__table__.c
    query = select(*(table[name] for name in names)).where(*_due(now, again))
    with db.read() as connection:
        return [Letter(*row) for row in connection.execute(query.order_by(table.made_at, table.letter_id))]


def begin_letter(db: Database, letter: Letter, now: datetime, again: timedelta) -> bool:
    """Keep that it is on its way; False where somebody else was quicker."""
    ours = update(AccountLetter).where(AccountLetter.letter_id == letter.letter_id, *_due(now, again))
    with db.write() as connection:
        return bool(connection.execute(ours.values(tried_at=now)).rowcount)


def end_letter(db: Database, letter: Letter, now: datetime, code: str | None = None) -> None:
    """It was taken, or with a `code` given up."""
    ours = update(AccountLetter).where(AccountLetter.letter_id == letter.letter_id)
    with db.write() as connection:
        connection.execute(ours.values(ended_at=now, code=code))


def told_in(db: Database, letter: Letter) -> Sequence[Told]:
    """What a letter tells, the oldest first."""
    act = PersonActRecord
    query = select(act.kind, act.at).where(
        act.account == letter.account, act.seq > letter.since, act.seq <= letter.until
    )
    with db.read() as connection:
        return [Told(PersonActKind(row.kind), row.at) for row in connection.execute(query.order_by(act.seq))]


def not_told(db: Database, since: datetime) -> frozenset[str]:
    """The accounts of which somebody was not told, since then."""
    wanted = (AccountLetter.code.is_not(None), AccountLetter.ended_at >= since)
    with db.read() as connection:
        return frozenset(connection.scalars(select(AccountLetter.account).where(*wanted)))


def _told(connection: Connection) -> int:
    return connection.execute(select(func.max(AccountLetter.until))).scalar() or 0


def _due(now: datetime, again: timedelta) -> Sequence[Any]:
    rested = or_(AccountLetter.tried_at.is_(None), AccountLetter.tried_at <= now - again)
    return AccountLetter.ended_at.is_(None), rested


def _owners(connection: Connection, since: int) -> tuple[Mapping[str, Sequence[str]], Mapping[str, int]]:
    """Who each account with news is, and was when they began; and the last of its acts."""
    act = PersonActRecord
    tied = {row.account: _person(row) for row in connection.execute(_acts().where(*_ties(), act.seq <= since))}
    owners: dict[str, list[str]] = {}
    until: dict[str, int] = {}
    for row in connection.execute(_acts().where(act.seq > since)):
        persons = owners.setdefault(row.account, [tied[row.account]] if tied.get(row.account) else [])
        person = _person(row) if row.kind == PersonActKind.TIED else ""
        if person and person not in persons:
            persons.append(person)
        until[row.account] = row.seq
    return owners, until


def _acts() -> Any:  # a select of four columns: its type says nothing more
    act = PersonActRecord
    return select(act.seq, act.kind, act.account, act.payload).order_by(act.seq)


def _ties() -> Sequence[Any]:
    return (PersonActRecord.kind == PersonActKind.TIED.value,)


def _person(row: Row[Any]) -> str:
    """Whom a tie names; nobody, where it cannot be read: that is for `audit verify` to say, and stops no letter."""
    try:
        said = json.loads(row.payload)
    except ValueError:
        return ""
    return str(said.get("person", "")) if isinstance(said, dict) else ""


def administrators(connection: Connection, besides: str = "") -> Sequence[str]:
    """The persons of those who run the house, but of this account."""
    query = select(Operator.person, Operator.roles).where(
        Operator.operator_id != besides, Operator.shut.is_(False), Operator.person.is_not(None)
    )
    return sorted({row.person for row in connection.execute(query) if Role.ADMINISTRATOR in roles_in(row.roles)})

"""What an account typed and has not sent, kept for a day, sealed; and the page before it when its sign-in ended.

What was typed on the page of a case is sealed with that case's key, so that it is gone once the case is erased; what
belongs to no case yet, with the key of the accounts. Only the desk opens either.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select

from models.account_tables import SignIn
from models.accounts import token_hash
from models.database import Database
from models.desk_tables import Draft, LeftPlace
from models.keyring_errors import CaseKeyMissing, SealBroken
from models.prepared import Prepared
from models.sealing import Place, seal, unseal
from models.upserting import insert as upsert
from models.vault import Keyring

KEPT = timedelta(days=1)
LONGEST = 40_000
"""Bytes of what was typed on one page."""
BACK_WITHIN = timedelta(hours=12)
"""Whoever comes later begins at the board."""

THERE = Prepared(select(Draft.kept_at).where(Draft.operator_id == bindparam("who"), Draft.place == bindparam("page")))
"""On the way of every page."""


@dataclass(frozen=True, slots=True)
class Typed:
    """Where it was typed, by whom, and of which case that page is."""

    operator_id: str
    place: str
    """The path of the page."""
    case_id: str | None = None


def keep_draft(db: Database, keyring: Keyring, typed: Typed, text: bytes, now: datetime) -> None:
    """Keep it in the place of an earlier one of that page; those of yesterday go.

    Raises:
        StoreBusy, StoreFailed.
    """
    row: dict[str, object] = {
        "operator_id": typed.operator_id,
        "place": typed.place,
        "case_id": typed.case_id,
        "kept_at": now,
    }
    row["sealed"] = _sealed(keyring, typed, text)
    again = {name: row[name] for name in ("case_id", "kept_at", "sealed")}
    with db.write() as connection:
        connection.execute(delete(Draft).where(Draft.kept_at <= now - KEPT))
        one = upsert(Draft).values(row)
        connection.execute(one.on_conflict_do_update(index_elements=[Draft.operator_id, Draft.place], set_=again))


def has_draft(db: Database, operator_id: str, place: str) -> bool:
    """Whether something of that page is kept."""
    with db.look() as connection:
        return THERE.first(connection, who=operator_id, page=place) is not None


def take_draft(db: Database, keyring: Keyring, typed: Typed, now: datetime) -> bytes | None:
    """What was kept of that page, which is kept no longer; None where there is nothing, or nobody can read it."""
    if not has_draft(db, typed.operator_id, typed.place):
        return None
    ours = (Draft.operator_id == typed.operator_id, Draft.place == typed.place)
    with db.write() as connection:
        row = connection.execute(select(Draft.sealed, Draft.case_id, Draft.kept_at).where(*ours)).first()
        if row is not None:
            connection.execute(delete(Draft).where(*ours))
    if row is None or row.kept_at <= now - KEPT or row.case_id != typed.case_id:
        return None
    try:
        return _opened(keyring, typed, bytes(row.sealed))
    except (SealBroken, CaseKeyMissing):
        return None


def _sealed(keyring: Keyring, typed: Typed, text: bytes) -> bytes:
    if typed.case_id is None:
        return seal(keyring.people_key, text, _place(typed))
    return keyring.seal("vault", text, table="drafts", case_id=typed.case_id, row=typed.operator_id, field=typed.place)


def _opened(keyring: Keyring, typed: Typed, sealed: bytes) -> bytes | None:
    if typed.case_id is None:
        return unseal(keyring.people_key, sealed, _place(typed))
    about = {"table": "drafts", "case_id": typed.case_id, "row": typed.operator_id, "field": typed.place}
    return keyring.unseal("vault", sealed, **about)


def _place(typed: Typed) -> Place:
    return Place("drafts", "", typed.operator_id, typed.place, "people")


def leave(db: Database, token: str, place: str, now: datetime) -> None:
    """Keep which page was before whoever has this sign-in, whether it is over or not. Nobody's token keeps nothing."""
    with db.read() as connection:
        query = select(SignIn.operator_id).where(SignIn.token_hash == token_hash(token), SignIn.proved_at.is_not(None))
        operator_id = connection.execute(query).scalar()
    if operator_id is None:
        return
    again = {"place": place, "left_at": now}
    with db.write() as connection:
        one = upsert(LeftPlace).values(operator_id=operator_id, **again)
        connection.execute(one.on_conflict_do_update(index_elements=[LeftPlace.operator_id], set_=again))


def come_back(db: Database, operator_id: str, now: datetime) -> str:
    """Where she was, once; empty where nobody knows, or where that is long ago."""
    ours = LeftPlace.operator_id == operator_id
    with db.read() as connection:
        row = connection.execute(select(LeftPlace.place, LeftPlace.left_at).where(ours)).first()
    if row is None:
        return ""
    with db.write() as connection:
        connection.execute(delete(LeftPlace).where(ours))
    return str(row.place) if row.left_at > now - BACK_WITHIN else ""

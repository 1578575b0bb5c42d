"""The glass: a case is opened without a relation for an hour, and whoever answers for it is told before it opens."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from models.act_tables import RelationActRecord
from models.columns import UtcDateTime
from models.composition import House
from models.keyring_errors import CaseKeyMissing, SealBroken
from models.passing import chain_on
from models.prepared import Prepared
from models.reads import ReadKind, note_reads, note_try
from models.relations import (
    CHAIN,
    account_of,
    act_of,
    directory_for,
    is_away,
    open_to,
    relations_to,
)
from models.tables import Case
from procedures.case import is_own_work
from procedures.commands import AlarmCoordination, Road
from procedures.directory import Directory
from procedures.errors import UnknownCase
from procedures.events import AlertPurpose
from procedures.glass import GlassCategory, GlassFound, review_by
from procedures.people import AT_CASES, OPERATOR_PREFIX
from procedures.relations import GLASS_LASTS, Glass, Relation, RelationAct, RelationActKind, UnknownGlass

BROKEN_SINCE = Prepared(
    select(RelationActRecord.at, RelationActRecord.case_id, Case.code)
    .join(Case, Case.case_id == RelationActRecord.case_id)
    .where(
        RelationActRecord.account == bindparam("by"),
        RelationActRecord.kind == RelationActKind.GLASS_BROKEN.value,
        RelationActRecord.at > bindparam("since", type_=UtcDateTime),
    )
    .order_by(RelationActRecord.seq)
)
"""On the way of every page."""


@dataclass(frozen=True, slots=True)
class BrokenGlass:
    """A glass that was broken, with its case."""

    glass: str
    """Its id."""
    case_id: str
    code: str
    broken: Glass

    @property
    def review_by(self) -> datetime:
        """Until when somebody else has looked at it."""
        return review_by(self.broken.broken_at)

    def is_late(self, now: datetime) -> bool:
        """Whether nobody has, in time."""
        return not self.broken.found and now > self.review_by


def break_glass(house: House, code: str, by: str, why: tuple[GlassCategory, str], command_id: str) -> None:
    """Open the case to the actor `by` for an hour, for a category and a reason; one that is open to her stays so.

    The coordination is told first: where the machine dies in between it was told of what did not happen.

    Raises:
        UnknownCase: there is none, or she must be kept away from it: it is noted that she asked.
        NoVaultKey: this process may not keep the reason.
        StoreBusy, StoreFailed: not saved.
    """
    directory, account = directory_for(house, by), by.removeprefix(OPERATOR_PREFIX)
    category, reason = why
    with house.database.read() as connection:
        if open_to(house, connection, directory, code, by) is not None:
            return
        case_id = _breakable(house, connection, directory, code, account)
    if case_id is None:
        note_try(house, code, by)
        raise UnknownCase
    about = {"id": command_id, "case_id": case_id, "actor": by, "road": Road.DESK}
    house.handling.handle(AlarmCoordination.model_validate({**about, "purpose": AlertPurpose.GLASS_BROKEN}))
    glass = hashlib.sha256(command_id.encode()).hexdigest()[:32]
    sealed = house.keyring.seal("vault", reason.encode(), **_place(case_id, glass))
    with house.database.write() as connection:
        CHAIN.take_turn(connection)
        if open_to(house, connection, directory, code, by) is not None:
            return
        now = house.clock.now()
        act = RelationAct(RelationActKind.GLASS_BROKEN, now, by, case_id, account, glass, category.value)
        chain_on(connection, act, sealed)


def _breakable(
    house: House, connection: Connection, directory: Directory | None, code: str, account: str
) -> str | None:
    """The case, where she may break its glass. Own work of the network has none: it holds nothing of anybody."""
    case_id: str | None = connection.execute(select(Case.case_id).where(Case.code == code)).scalar()
    who = account_of(connection, account)
    if case_id is None or is_own_work(code) or who.roles.isdisjoint(AT_CASES):
        return None
    return None if is_away(house, connection, directory, who, case_id) else case_id


def open_glasses(house: House, account: str) -> Sequence[tuple[str, datetime]]:
    """The code of each case that is open to this account through a glass alone, and until when."""
    now = house.clock.now()
    with house.database.look() as connection:
        rows = BROKEN_SINCE.read(connection, by=account, since=now - GLASS_LASTS)
    if not rows:
        return ()
    with house.database.read() as connection:
        held = {row.code: relations_to(connection, row.case_id).held(account) for row in rows}
    found = {row.code: Glass(account, row.at, "") for row in rows if held[row.code] is None}
    return [(code, glass.ends_at) for code, glass in found.items() if glass.is_open(now)]


def broken_glasses(house: House, *, most: int | None = None) -> Sequence[BrokenGlass]:
    """Every glass that was broken, the latest first."""
    table = RelationActRecord
    ours = table.kind.in_((RelationActKind.GLASS_BROKEN, RelationActKind.GLASS_REVIEWED))
    query = select(table.__table__, Case.code).join(Case, Case.case_id == table.case_id).where(ours)
    with house.database.read() as connection:
        rows = connection.execute(query.order_by(table.seq)).all()
    found: dict[str, BrokenGlass] = {}
    for row in rows:
        act = act_of(row)
        if act.kind is RelationActKind.GLASS_BROKEN:
            found[act.glass] = BrokenGlass(act.glass, row.case_id, row.code, Glass(act.account, act.at, act.said))
        elif act.glass in found:
            one = found[act.glass]
            broken = Glass(one.broken.account, one.broken.broken_at, one.broken.category, act.said)
            found[act.glass] = BrokenGlass(one.glass, one.case_id, one.code, broken)
    return list(reversed(found.values()))[:most]


def for_review(house: House, by: str) -> Sequence[tuple[BrokenGlass, str]]:
    """The glasses that wait for the review of the actor `by`, each with the reason that was given.

    That she read it is noted first. Raises StoreBusy, StoreFailed: it could not be.
    """
    waiting = [one for one in broken_glasses(house) if not one.broken.found]
    directory, own = directory_for(house, by), by.removeprefix(OPERATOR_PREFIX)
    with house.database.read() as connection:
        hers = [one for one in waiting if _coordinates(house, connection, directory, one, by)]
    hers = [one for one in hers if one.broken.account != own]
    note_reads(house.database, [one.case_id for one in hers], by, ReadKind.CASE, house.clock.now())
    with house.database.read() as connection:
        return list(_with_reasons(house, connection, hers))


def review_glass(house: House, glass: str, by: str, found: GlassFound) -> None:
    """Record what the actor `by` found; somebody else than whoever broke it, who co-ordinates the case.

    Raises:
        UnknownGlass: nothing of this id waits for her.
        StoreBusy, StoreFailed: not saved.
    """
    directory = directory_for(house, by)
    waiting = next((one for one in broken_glasses(house) if one.glass == glass and not one.broken.found), None)
    with house.database.write() as connection:
        CHAIN.take_turn(connection)
        if waiting is None or f"{OPERATOR_PREFIX}{waiting.broken.account}" == by:
            raise UnknownGlass
        if relations_to(connection, waiting.case_id).glasses[glass].found:
            raise UnknownGlass
        if not _coordinates(house, connection, directory, waiting, by):
            raise UnknownGlass
        account = waiting.broken.account
        kind, now = RelationActKind.GLASS_REVIEWED, house.clock.now()
        chain_on(connection, RelationAct(kind, now, by, waiting.case_id, account, glass, found.value))


def _coordinates(house: House, connection: Connection, directory: Directory | None, one: BrokenGlass, by: str) -> bool:
    """Whether she answers for the case; a coordinator who holds it herself does so as well."""
    open_now = open_to(house, connection, directory, one.code, by)
    return open_now is not None and open_now.coordinates and open_now.why is not Relation.GLASS


def _with_reasons(
    house: House, connection: Connection, glasses: Sequence[BrokenGlass]
) -> Iterator[tuple[BrokenGlass, str]]:
    for one in glasses:
        rows = connection.execute(
            select(RelationActRecord.__table__).where(
                RelationActRecord.case_id == one.case_id,
                RelationActRecord.kind == RelationActKind.GLASS_BROKEN,
            )
        )
        sealed = next(row.sealed_reason for row in rows if act_of(row).glass == one.glass)
        yield one, _reason(house, one, sealed)


def _reason(house: House, one: BrokenGlass, sealed: bytes | None) -> str:
    """In her own words; empty where nobody can read it any more: the case was erased."""
    try:
        text = house.keyring.unseal("vault", sealed, **_place(one.case_id, one.glass)) if sealed else None
    except (CaseKeyMissing, SealBroken):
        return ""
    return (text or b"").decode()


def _place(case_id: str, glass: str) -> dict[str, str]:
    return {"table": "relation_acts", "case_id": case_id, "row": glass, "field": "reason"}

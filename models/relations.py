"""The chain of who may see which case, and why a case is open to somebody: asked in the transaction that reads it."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from models.account_tables import Operator
from models.act_tables import RelationActRecord
from models.chains import ActFault, Chain, followed
from models.composition import House
from models.keyring_errors import CaseKeyMissing, SealBroken
from models.people import roles_in
from models.prepared import Prepared
from models.store import load
from models.tables import Case, EventRecord
from procedures.directory import Directory
from procedures.erasures import CaseErased
from procedures.errors import UnknownCase
from procedures.people import BY_PASSKEY, OPERATOR_PREFIX, Role
from procedures.relations import (
    CaseRelations,
    Relation,
    RelationAct,
    RelationActKind,
    Standing,
    after,
    coordinated,
    coordinates,
    is_kept_away,
    relation_of,
)

HASHED = ("seq", "kind", "actor", "case_id", "account", "payload", "sealed_reason")
CHAIN = Chain("relations", RelationActRecord, HASHED)
ACCOUNT = Prepared(select(Operator.roles, Operator.person).where(Operator.operator_id == bindparam("asked")))
"""On the way of every page."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account, as far as cases are concerned."""

    account: str
    roles: frozenset[Role]
    person: str | None
    """The person of the network that she is."""


@dataclass(frozen=True, slots=True)
class OpenTo:
    """A case that is open to somebody."""

    case_id: str
    territory: str
    why: Relation
    known: CaseRelations
    coordinates: bool
    """Whether she answers for its territory, whatever else she has to do with it."""


RESTING: ContextVar[str] = ContextVar("resting", default="")
"""The account whose roles that need a passkey do not count in this request."""


@contextmanager
def resting(account: str) -> Iterator[None]:
    """In here those roles of this account open nothing; where it is empty, everybody's count."""
    before = RESTING.set(account)
    try:
        yield
    finally:
        RESTING.reset(before)


def account_of(connection: Connection, account: str) -> Account:
    """Who that is now; whoever has no account holds no role, and what rests opens nothing."""
    row = ACCOUNT.first(connection, asked=account)
    if row is None:
        return Account(account, frozenset(), None)
    roles = roles_in(row.roles)
    return Account(account, roles - BY_PASSKEY if account == RESTING.get() else roles, row.person)


def directory_for(house: House, actor: str) -> Directory | None:
    """The network in force, where it is needed to know what this actor may see: she is one of its people."""
    if not actor.startswith(OPERATOR_PREFIX):
        return None
    with house.database.look() as connection:
        person = account_of(connection, actor.removeprefix(OPERATOR_PREFIX)).person
    return house.procedures.directory() if person else None


def open_to(house: House, connection: Connection, directory: Directory | None, code: str, actor: str) -> OpenTo | None:
    """Why the case with this code is open to the account of `actor`, at this moment; None where it is not, or is none.

    An unknown code costs what a known one does. `directory` is that of `directory_for`.
    """
    row = connection.execute(select(Case.case_id, Case.territory).where(Case.code == code)).first()
    case_id, territory = (row.case_id, row.territory) if row else ("", "")
    who = account_of(connection, actor.removeprefix(OPERATOR_PREFIX))
    known = relations_to(connection, case_id)
    stands = standing(who, directory)
    why = relation_of(stands, known, territory, house.clock.now())
    if row is None or why is None or is_away(house, connection, directory, who, case_id):
        return None
    return OpenTo(case_id, territory, why, known, coordinates(stands, territory))


def still_open(house: House, code: str, actor: str) -> Callable[[Connection], None]:
    """What asks, in another transaction, whether the case is open to her still. That raises UnknownCase."""
    directory, rests = directory_for(house, actor), RESTING.get()

    def check(connection: Connection) -> None:
        with resting(rests):  # another's thread may ask it for her
            if open_to(house, connection, directory, code, actor) is None:
                raise UnknownCase

    return check


def standing(who: Account, directory: Directory | None, *, kept_away: bool = False) -> Standing:
    """What an account is for cases. One that is nobody of the network co-ordinates the whole of it, if any."""
    territories: frozenset[str] | None = None
    if who.person:
        territories = coordinated(directory, who.roles, who.person) if directory else frozenset()
    return Standing(who.account, who.roles, territories, kept_away)


def is_away(house: House, connection: Connection, directory: Directory | None, who: Account, case_id: str) -> bool:
    """Whether the account is excluded from the case; also where nobody can read any more who is."""
    if not who.person:
        return False
    if directory is None:
        return True  # it became a person of the network just now: the next request knows
    try:
        exclusions = load(connection, house.keyring, case_id).state.exclusions
    except (CaseErased, CaseKeyMissing, SealBroken):
        return True
    return is_kept_away(directory, who.person, exclusions)


def relations_to(connection: Connection, case_id: str) -> CaseRelations:
    """Who has to do with the case."""
    table = RelationActRecord
    rows = connection.execute(select(table.__table__).where(table.case_id == case_id).order_by(table.seq)).all()
    first = select(EventRecord.actor).where(EventRecord.case_id == case_id, EventRecord.seq == 1)
    opened = opened_by(connection.execute(first).scalar())
    # What cannot follow is for the check of the trail to tell; nothing after it counts.
    return followed(rows, opened, lambda known, row: after(known, act_of(row)))[0]


def opened_by(actor: str | None) -> CaseRelations:
    """What the first event of a case leads to."""
    has_account = actor is not None and actor.startswith(OPERATOR_PREFIX)
    return CaseRelations(actor.removeprefix(OPERATOR_PREFIX) if actor and has_account else "")


def act_of(row: Row[Any]) -> RelationAct:
    """The act that a row keeps."""
    more = json.loads(row.payload)
    kind = RelationActKind(row.kind)
    return RelationAct(kind, row.at, row.actor, row.case_id, row.account, more.get("glass", ""), more.get("said", ""))


def acts_about(connection: Connection, case_id: str) -> Sequence[RelationAct]:
    """What was done about who may see the case, the latest first."""
    table = RelationActRecord
    query = select(table.__table__).where(table.case_id == case_id).order_by(table.seq.desc())
    return [act_of(row) for row in connection.execute(query)]


def check_relations(connection: Connection) -> tuple[int, Sequence[ActFault]]:
    """How many acts there are, and whatever is wrong in their chain and in their order."""
    rows = CHAIN.rows(connection)
    return len(rows), [*CHAIN.faults(connection, rows), *_follow(connection, rows)]


def _follow(connection: Connection, rows: Sequence[Row[Any]]) -> Iterator[ActFault]:
    """Each act must have been possible after those about its case before it."""
    by_case: Mapping[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        by_case[row.case_id].append(row)
    openers = _openers(connection)
    for case_id, ours in by_case.items():
        first = opened_by(openers.get(case_id))
        _known, impossible = followed(ours, first, lambda known, row: after(known, act_of(row)))
        if impossible is not None:
            yield impossible


def _openers(connection: Connection) -> Mapping[str, str]:
    query = select(EventRecord.case_id, EventRecord.actor).where(EventRecord.seq == 1)
    found = connection.execute(query.where(EventRecord.case_id.in_(select(RelationActRecord.case_id))))
    return {row.case_id: row.actor for row in found}

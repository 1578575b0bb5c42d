"""Which cases stand in the lists of an account: those with a relation, as the database asks for them.

A glass that was broken opens one page and stands in no list. Exclusions are sealed, so those of cases that would stand
there are opened here, once in a process: they never change after a case was opened.
"""

from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select, true

from models.act_tables import RelationActRecord
from models.composition import House
from models.database import Database
from models.keyring_errors import CaseKeyMissing, SealBroken
from models.relations import Account, account_of, standing
from models.store import load
from models.tables import Case, EventRecord
from procedures.directory import Directory
from procedures.erasures import CaseErased
from procedures.people import AT_CASES, OPERATOR_PREFIX, Role
from procedures.relations import HOLDING, RelationActKind, is_kept_away

Known = MutableMapping[str, frozenset[str] | None]
KNOWN: WeakKeyDictionary[Database, Known] = WeakKeyDictionary()
"""Who is excluded, by case, of each database of this process; None where nobody can read it any more."""


@dataclass(frozen=True)
class Reach:
    """What an account may see of all cases."""

    condition: ColumnElement[bool] | None
    """What holds for the cases that are hers; None: for every one."""

    def within(self, query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
        """The same query over the table of cases, of hers alone."""
        return query if self.condition is None else query.where(self.condition)


EVERYTHING = Reach(None)
"""Of whoever has the machine, and of programs by what their key says."""


def reach_of(house: House, actor: str) -> Reach:
    """What the account of `actor` sees in lists at this moment."""
    with house.database.look() as connection:
        who = account_of(connection, actor.removeprefix(OPERATOR_PREFIX))
    of_network = who.person and actor.startswith(OPERATOR_PREFIX)
    directory = house.procedures.directory() if of_network else None
    related = _related(who, directory)
    if not who.person:
        return Reach(related)
    with house.database.read() as connection:
        ours = true() if related is None else related
        away = list(_away(house, connection, ours, who.person, directory))
    return Reach(and_(ours, Case.case_id.not_in(away)))


def _related(who: Account, directory: Directory | None) -> ColumnElement[bool] | None:
    """The cases with which she has to do; None: every one."""
    if who.roles.isdisjoint(AT_CASES):
        return ~true()
    territories = standing(who, directory).territories
    coordinates = Role.COORDINATOR in who.roles
    if coordinates and territories is None:
        return None
    hers = opened_by_or_given_to(who.account)
    return or_(hers, Case.territory.in_(sorted(territories or ()))) if coordinates else hers


def opened_by_or_given_to(account: str) -> ColumnElement[bool]:
    """What holds for the cases that this account opened, or that were given to it, unless that was ended."""
    last = (
        select(func.max(RelationActRecord.seq))
        .where(RelationActRecord.account == account, RelationActRecord.kind.in_(HOLDING))
        .group_by(RelationActRecord.case_id)
    )
    latest = select(RelationActRecord.case_id).where(RelationActRecord.seq.in_(last))
    given = latest.where(RelationActRecord.kind == RelationActKind.GIVEN)
    ended = latest.where(RelationActRecord.kind == RelationActKind.ENDED)
    opened = select(EventRecord.case_id).where(EventRecord.seq == 1, EventRecord.actor == f"{OPERATOR_PREFIX}{account}")
    return or_(Case.case_id.in_(given), and_(Case.case_id.in_(opened), Case.case_id.not_in(ended)))


def _away(
    house: House, connection: Connection, ours: ColumnElement[bool], person: str, directory: Directory | None
) -> Iterator[str]:
    """Those of her cases from which she is excluded."""
    known = KNOWN.setdefault(house.database, {})
    for case_id in connection.execute(select(Case.case_id).where(ours)).scalars():
        if case_id not in known:
            known[case_id] = _exclusions(house, connection, case_id)
        exclusions = known[case_id]
        if exclusions is None or directory is None or is_kept_away(directory, person, exclusions):
            yield case_id


def _exclusions(house: House, connection: Connection, case_id: str) -> frozenset[str] | None:
    try:
        return load(connection, house.keyring, case_id).state.exclusions
    except (CaseErased, CaseKeyMissing, SealBroken):
        return None

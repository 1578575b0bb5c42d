"""A case is passed from hand to hand: given, handed over, ended; each an act in the chain of who may see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from models.account_tables import Operator
from models.anchors import wish_anchor
from models.composition import House
from models.encoding import canonical
from models.people import roles_in
from models.relations import CHAIN, Account, OpenTo, account_of, acts_about, directory_for, is_away, open_to, standing
from procedures.directory import Directory
from procedures.errors import UnknownCase
from procedures.people import AT_CASES, OPERATOR_PREFIX
from procedures.relations import Relation, RelationAct, RelationActKind, check_end, check_pass


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody whom the case is open to by an act of her own, or of somebody who gave it to her."""

    account: str
    name: str
    why: Relation


@dataclass(frozen=True, slots=True)
class Related:
    """Who has to do with a case, for somebody who sees it."""

    coordinates: bool
    """Whether she answers for it."""
    holders: Sequence[Holder]
    colleagues: Sequence[tuple[str, str]]
    """Whom she may give it to: account and name. Nobody where she may not."""
    acts: Sequence[RelationAct]
    """What was done about it, the latest first."""


def give_case(house: House, code: str, to: str, by: str, *, keep: bool) -> None:
    """Give the case to the account `to`; where `by` (the actor) does not `keep` it, hers ends in the same act.

    Raises:
        UnknownCase: it is not open to her.
        NotYoursToPass, RelationForOneself, UnknownColleague, RelationHeld: it cannot be given.
        StoreBusy, StoreFailed: nothing was saved.
    """
    giver = by.removeprefix(OPERATOR_PREFIX)
    ours, theirs = directory_for(house, by), directory_for(house, f"{OPERATOR_PREFIX}{to}")
    with house.database.write() as connection:
        CHAIN.take_turn(connection)
        found = _opened(house, connection, ours, code, by)
        other = account_of(connection, to)
        away = is_away(house, connection, theirs, other, found.case_id)
        check_pass(found.why, giver, standing(other, theirs, kept_away=away), found.known)
        now = house.clock.now()
        chain_on(connection, RelationAct(RelationActKind.GIVEN, now, by, found.case_id, to))
        if not keep and found.known.held(giver) is not None:
            chain_on(connection, RelationAct(RelationActKind.ENDED, now, by, found.case_id, giver))


def end_relation(house: House, code: str, account: str, by: str) -> None:
    """End what the account has to do with the case: her own, or another's by whoever co-ordinates it.

    Raises:
        UnknownCase: it is not open to `by` (the actor).
        NotYoursToPass, RelationNotHeld, LastOfCase: it cannot be ended.
        StoreBusy, StoreFailed: nothing was saved.
    """
    directory = directory_for(house, by)
    with house.database.write() as connection:
        CHAIN.take_turn(connection)
        found = _opened(house, connection, directory, code, by)
        working = {one.account for one in _at_cases(connection)}
        ender = by.removeprefix(OPERATOR_PREFIX)
        check_end(found.why, ender, account, found.known, answers=found.coordinates, working=working)
        chain_on(connection, RelationAct(RelationActKind.ENDED, house.clock.now(), by, found.case_id, account))


def related(house: House, code: str, by: str) -> Related:
    """Who has to do with the case, for the actor `by` who sees it. Raises UnknownCase: it is not open to her."""
    directory = house.procedures.directory()
    own = by.removeprefix(OPERATOR_PREFIX)
    with house.database.read() as connection:
        found = _opened(house, connection, directory, code, by)
        names = _names(connection)
        held = {account: found.known.held(account) for account in found.known.holders}
        others: list[Account] = []
        if found.why is not Relation.GLASS:
            free = (one for one in _at_cases(connection) if one.account not in {own, *held})
            others = [one for one in free if not is_away(house, connection, directory, one, found.case_id)]
        acts = acts_about(connection, found.case_id)
    return Related(
        coordinates=found.coordinates,
        holders=[Holder(one, names.get(one, one), why) for one, why in sorted(held.items()) if why],
        colleagues=sorted(((one.account, names[one.account]) for one in others), key=lambda pair: pair[1]),
        acts=acts,
    )


def chain_on(connection: Connection, act: RelationAct, sealed_reason: bytes | None = None) -> None:
    """Chain an act on. Only after its turn was taken, and after the rules said yes."""
    more = {name: said for name, said in (("glass", act.glass), ("said", act.said)) if said}
    row = {
        "at": act.at,
        "kind": act.kind.value,
        "actor": act.actor,
        "case_id": act.case_id,
        "account": act.account,
        "payload": canonical(more),
        "sealed_reason": sealed_reason,
    }
    CHAIN.add(connection, row)
    if act.kind is RelationActKind.GLASS_BROKEN:
        wish_anchor(connection, act.at, "break-glass")


def _opened(house: House, connection: Connection, directory: Directory | None, code: str, by: str) -> OpenTo:
    found = open_to(house, connection, directory, code, by)
    if found is None:
        raise UnknownCase
    return found


def _at_cases(connection: Connection) -> Sequence[Account]:
    """Every account whose work is with cases."""
    rows = connection.execute(select(Operator.operator_id, Operator.roles, Operator.person))
    every = (Account(row.operator_id, roles_in(row.roles), row.person) for row in rows)
    return [one for one in every if not one.roles.isdisjoint(AT_CASES)]


def _names(connection: Connection) -> Mapping[str, str]:
    return {row.operator_id: row.name for row in connection.execute(select(Operator.operator_id, Operator.name))}

"""Erasing cases: the acts in a chain of their own, then the keys; done again wherever the second half is missing.

The act is committed first. A kill after it, or an older key store that is put back, leaves keys that an act says are
destroyed: whoever opens the house next destroys them (`models/erased.py`).
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select, update

from models.account_tables import Operator
from models.act_tables import ErasureActRecord
from models.anchors import wish_anchor
from models.chains import ActFault, Chain, followed
from models.composition import House
from models.database import Database
from models.encoding import canonical
from models.keystore import KeyStore
from models.tables import Case, LinkRecord
from procedures.case import CaseStatus
from procedures.erasures import (
    OF_TWO,
    CaseNotOver,
    ErasureAct,
    ErasureActKind,
    Erasures,
    after,
    erasures_of,
    refuse_one_person,
)
from procedures.errors import UnknownCase
from procedures.people import OPERATOR_PREFIX

CHAIN = Chain("erasures", ErasureActRecord, ("seq", "kind", "actor", "case_id", "payload"))
CLOSED_BECAUSE = "erased"


@dataclass(frozen=True, slots=True)
class Certificate:
    """That a case was erased, without anything personal: enough to show it and to find it in the chain."""

    code: str
    reason: str
    proposed_on: datetime
    erased_at: datetime
    final_on: date
    """From this day on no backup of the key store holds its keys."""
    act: int
    act_hash: str


Still = Callable[[Connection], None]
"""Asked in the transaction: whether the case is open to her still. Raises UnknownCase."""


def anybody(_connection: Connection) -> None:
    """Of whoever has the machine nothing is asked."""


def propose_erasure(house: House, code: str, reason: str, by: str, still: Still = anybody) -> None:
    """Propose to erase this case; `by` the actor.

    Raises:
        UnknownCase, CaseNotOver, UnknownErasureReason, ErasureProposed, CaseErased: it cannot be proposed.
    """
    _act(house, code, ErasureAct(ErasureActKind.PROPOSED, house.clock.now(), by, reason=reason), still)


def withdraw_erasure(house: House, code: str, by: str, still: Still = anybody) -> None:
    """Take the proposal back. Raises UnknownCase, NoErasureProposed, CaseErased."""
    _act(house, code, ErasureAct(ErasureActKind.WITHDRAWN, house.clock.now(), by), still)


def hold_case(house: House, code: str, by: str, why: tuple[str, date], still: Still = anybody) -> None:
    """Keep a case longer than its time, for a reason of `HOLDS` and until a day.

    Raises:
        UnknownCase, CaseNotOver, CaseErased, BadHold: it cannot be held.
    """
    reason, until = why
    act = ErasureAct(ErasureActKind.HELD, house.clock.now(), by, reason=reason, until=until)
    _act(house, code, act, still)


def end_hold(house: House, code: str, by: str, still: Still = anybody) -> None:
    """Let its time run again. Raises UnknownCase, CaseErased, NoHold."""
    _act(house, code, ErasureAct(ErasureActKind.HOLD_ENDED, house.clock.now(), by), still)


def confirm_erasure(house: House, code: str, by: str, still: Still = anybody) -> bool:
    """Erase the case: destroy its keys. Whether nothing is left of them in the key store (see `KeyStore.erase`).

    Raises:
        UnknownCase, CaseNotOver, NoErasureProposed, ErasureByOnePerson, CaseErased, CaseHeld: it cannot be done.
        StoreBusy, StoreFailed: where the act is committed already, the next start destroys the keys.
    """
    now = house.clock.now()
    case_id = _act(house, code, ErasureAct(ErasureActKind.ERASED, now, by, final_on=final_day(house, now)), still)
    done = house.keyring.store.erase([case_id])
    house.keyring.forget_erased()
    return done


def certificates(db: Database, code: str | None = None) -> Sequence[Certificate]:
    """Of every erased case, or of this one; the latest first. Raises UnknownCase: it is not among the cases at all."""
    with db.read() as connection:
        codes = _codes(connection)
        if code is not None and code not in codes.values():
            raise UnknownCase
        rows = CHAIN.rows(connection)
    known = erasures_of(map(_read, rows)).cases
    erased = [row for row in reversed(rows) if row.kind == ErasureActKind.ERASED.value]
    return [
        _certificate(row, known[row.case_id].proposed_at, known[row.case_id].reason, codes[row.case_id])
        for row in erased
        if code in {None, codes[row.case_id]}
    ]


def proposed_erasures(db: Database) -> Sequence[tuple[str, str, datetime, str]]:
    """Code, reason, moment and actor of each proposal that waits for another person."""
    with db.read() as connection:
        codes = _codes(connection)
        known = erasures_in(connection).cases
    waiting = [(codes[case_id], one) for case_id, one in known.items() if one.erased_at is None]
    return [(code, one.reason, one.proposed_at, one.proposed_by) for code, one in waiting]


def erasures_in(connection: Connection) -> Erasures:
    """What the acts made."""
    return erasures_of(map(_read, CHAIN.rows(connection)))


def check_erasures(connection: Connection, store: KeyStore) -> tuple[int, Sequence[ActFault]]:
    """How many acts there are, and whatever is wrong: in their chain, their order, and what is erased beside them."""
    rows = CHAIN.rows(connection)
    return len(rows), [*CHAIN.faults(connection, rows), *_follow(connection, rows, store)]


def append(connection: Connection, act: ErasureAct) -> Erasures:
    """Chain an act on, if it can be done, and keep what follows for the case.

    Raises:
        Refused: it cannot be done; nothing was kept.
    """
    CHAIN.take_turn(connection)
    before, persons = erasures_in(connection), _persons(connection)
    act = replace(act, person=persons.get(act.actor, "") if act.kind in OF_TWO else "")
    refuse_one_person(before, act, persons)
    known = after(before, act)
    final_on = None if act.final_on is None else act.final_on.isoformat()
    said = {"reason": act.reason, "final_on": final_on, "days": act.days}
    said |= {"until": act.until.isoformat()} if act.until is not None else {}
    payload = canonical(said | ({"person": act.person} if act.person else {}))
    row = {"at": act.at, "kind": act.kind.value, "actor": act.actor, "case_id": act.case_id, "payload": payload}
    CHAIN.add(connection, row)
    if act.kind is ErasureActKind.ERASED:
        ours = update(Case).where(Case.case_id == act.case_id)
        connection.execute(ours.values(erased_at=act.at, next_due_at=None))
        wish_anchor(connection, act.at, "erasure")
        links = update(LinkRecord).where(LinkRecord.case_id == act.case_id, LinkRecord.closed_at.is_(None))
        connection.execute(links.values(closed_at=act.at, closed_because=CLOSED_BECAUSE))
    return known


def sign_rule(house: House, days: int, by: str) -> Erasures:
    """Want that cases are erased by themselves, so many days after their end at the earliest. Raises RuleSigned."""
    with house.database.write() as connection:
        return append(connection, ErasureAct(ErasureActKind.RULE_SIGNED, house.clock.now(), by, days=days))


def end_rule(house: House, by: str) -> Erasures:
    """Nothing is erased by itself any more. Raises NoRule."""
    with house.database.write() as connection:
        return append(connection, ErasureAct(ErasureActKind.RULE_ENDED, house.clock.now(), by))


def withdrawn_in(connection: Connection) -> frozenset[str]:
    """The cases of which somebody said once that they are kept."""
    rows = CHAIN.rows(connection)
    return frozenset(row.case_id for row in rows if row.kind == ErasureActKind.WITHDRAWN.value)


def final_day(house: House, now: datetime) -> date:
    """When an erasure of now is final: no backup of the key store is older then."""
    return (now + timedelta(days=house.settings.keys.backup_days)).date()


def _act(house: House, code: str, act: ErasureAct, still: Still) -> str:
    with house.database.write() as connection:
        asked = select(Case.case_id, Case.status).where(Case.code == code).with_for_update()
        found = connection.execute(asked).first()
        if found is None:
            raise UnknownCase
        still(connection)
        if found.status == CaseStatus.OPEN.value:
            raise CaseNotOver
        append(connection, replace(act, case_id=found.case_id))
    return str(found.case_id)


def _follow(connection: Connection, rows: Sequence[Row[Any]], store: KeyStore) -> Iterator[ActFault]:
    """Each act must have been possible after those before it, and exactly what they erased has no key."""
    known, impossible = followed(rows, Erasures(), lambda known, row: after(known, _read(row)))
    if impossible is not None:
        yield impossible
        return
    wanted = {case_id: one.erased_at for case_id, one in known.cases.items() if one.erased_at is not None}
    marked = connection.execute(select(Case.case_id, Case.erased_at).where(Case.erased_at.is_not(None)))
    kept = {row.case_id: row.erased_at for row in marked}
    if wanted != kept:
        yield ActFault(None, "erased", "what stands as erased among the cases does not follow from the acts")
    if wanted and (again := store.having_keys(list(wanted))):
        yield ActFault(None, "erased", f"erased cases have keys again: {len(again)}. Start the house anew")


def _codes(connection: Connection) -> Mapping[str, str]:
    return {row.case_id: row.code for row in connection.execute(select(Case.case_id, Case.code))}


def _persons(connection: Connection) -> Mapping[str, str]:
    """Who of the network each actor is now."""
    tied = select(Operator.operator_id, Operator.person).where(Operator.person.is_not(None))
    return {f"{OPERATOR_PREFIX}{row.operator_id}": row.person for row in connection.execute(tied)}


def _read(row: Row[Any]) -> ErasureAct:
    more = json.loads(row.payload)
    final_on = None if more["final_on"] is None else date.fromisoformat(more["final_on"])
    kind, until = ErasureActKind(row.kind), date.fromisoformat(more["until"]) if "until" in more else None
    about = (row.case_id, more["reason"], final_on, more["days"], until, more.get("person", ""))
    return ErasureAct(kind, row.at, row.actor, *about)


def _certificate(row: Row[Any], proposed_on: datetime, reason: str, code: str) -> Certificate:
    final_on = _read(row).final_on
    assert final_on is not None, "every erasure says when it is final"
    return Certificate(code, reason, proposed_on, row.at, final_on, row.seq, row.hash)

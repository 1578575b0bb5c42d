"""Samples of cases for an auditor: drawn by a seed that anybody can use again, and what was found in each case."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from models.audit_acts import CHAIN, append, audits_in
from models.audit_tables import AuditActRecord
from models.audited import auditable_id
from models.composition import House
from models.database import Database
from models.keyring_errors import CaseKeyMissing, SealBroken
from models.relations import account_of, directory_for, is_away
from models.tables import Case
from procedures.auditing import (
    AuditAct,
    AuditActKind,
    AuditFinding,
    NotInSample,
    Sample,
    after,
    drawn,
    refuse_bad_sample,
)
from procedures.people import OPERATOR_PREFIX

LONGEST_NOTE = 1000
"""Letters of a note; the desk takes no more."""


@dataclass(frozen=True, slots=True)
class SampledCase:
    """One case of a sample."""

    code: str
    looked: AuditAct | None
    note: str
    """What was written about it; empty where nothing was, or nobody can read it any more."""


@dataclass(frozen=True, slots=True)
class SampleView:
    """A sample with its cases, in the order in which they were drawn."""

    number: int
    drawn: AuditAct
    cases: Sequence[SampledCase]

    @property
    def left(self) -> int:
        """How many nobody looked at yet."""
        return sum(one.looked is None for one in self.cases)


def draw_sample(house: House, seed: str, size: int, by: str) -> int:
    """Draw a sample of this size; its number. Raises BadSample; StoreBusy, StoreFailed: nothing was kept."""
    refuse_bad_sample(seed, size)
    with house.database.write() as connection:
        CHAIN.take_turn(connection)
        now = house.clock.now()  # whoever opened a case until now has committed it, where one database has one pen
        of = len(_codes_at(connection, AuditAct(AuditActKind.DRAWN, now, by)))
        for number, one in audits_in(connection).items():
            if (one.drawn.seed, one.drawn.size, one.drawn.of, one.drawn.actor) == (seed, size, of, by):
                return number  # the form came twice
        return append(connection, AuditAct(AuditActKind.DRAWN, now, by, seed=seed, size=size, of=of))


def note_look(house: House, sample: int, code: str, by: str, said: tuple[str, str]) -> None:
    """Record that the auditor `by` looked at a case of a sample; `said`, her finding and a note.

    Raises:
        NotInSample: it is none of its cases, or somebody looked already.
        UnknownCase: she is excluded from it.
        NoVaultKey: this process may not keep a note.
    """
    finding, note = said
    case_id = auditable_id(house, code, by)
    if finding not in set(AuditFinding):
        raise NotInSample
    place = _place(case_id, sample)
    text = note.strip()[:LONGEST_NOTE]
    sealed = house.keyring.seal("vault", text.encode(), **place) if text else None
    act = AuditAct(AuditActKind.LOOKED, house.clock.now(), by, case_id, sample=sample, finding=finding)
    with house.database.write() as connection:
        CHAIN.take_turn(connection)
        known = audits_in(connection)
        if sample not in known or code not in _drawn(connection, known[sample]):
            raise NotInSample
        after(known, 0, act)
        append(connection, act, sealed)


def population(db: Database) -> Sequence[str]:
    """The territory of each case of which a sample would be drawn now."""
    with db.read() as connection:
        return connection.execute(select(Case.territory).where(~Case.drill, ~Case.own_work)).scalars().all()


def samples(db: Database) -> Sequence[tuple[int, Sample]]:
    """Every sample, the latest first."""
    with db.read() as connection:
        return sorted(audits_in(connection).items(), reverse=True)


def sample_view(house: House, number: int, by: str) -> SampleView | None:
    """The sample of this number, drawn again from its seed, for the auditor `by`; None where there is none.

    Of a case from which she is excluded nothing is shown but that it was drawn: the code is empty.
    """
    directory = directory_for(house, by)
    with house.database.read() as connection:
        found = audits_in(connection).get(number)
        if found is None:
            return None
        codes = _drawn(connection, found)
        known = connection.execute(select(Case.code, Case.case_id).where(Case.code.in_(codes)))
        ids = {row.code: row.case_id for row in known}
        notes = _notes(house, connection, number)
        auditor = account_of(connection, by.removeprefix(OPERATOR_PREFIX))
        away = {code for code in codes if is_away(house, connection, directory, auditor, ids[code])}
    cases = [
        SampledCase("", None, "")
        if code in away
        else SampledCase(code, found.looked.get(ids[code]), notes.get(ids[code], ""))
        for code in codes
    ]
    return SampleView(number, found.drawn, cases)


def _codes_at(connection: Connection, act: AuditAct) -> Sequence[str]:
    """Of which cases a sample is drawn that is drawn then."""
    of = select(Case.code).where(Case.opened_at <= act.at, ~Case.drill, ~Case.own_work)
    return connection.execute(of).scalars().all()


def _drawn(connection: Connection, sample: Sample) -> Sequence[str]:
    return drawn(sample.drawn.seed, sample.drawn.size, _codes_at(connection, sample.drawn))


def _notes(house: House, connection: Connection, number: int) -> dict[str, str]:
    table = AuditActRecord
    query = select(table.case_id, table.payload, table.sealed_note).where(table.sealed_note.is_not(None))
    found = {}
    for row in connection.execute(query):
        if json.loads(row.payload).get("sample") == number:
            found[row.case_id] = _opened(house, row.sealed_note, row.case_id, number)
    return found


def _opened(house: House, sealed: bytes, case_id: str, number: int) -> str:
    """Empty where nobody can read it any more: the case was erased."""
    try:
        return (house.keyring.unseal("vault", sealed, **_place(case_id, number)) or b"").decode()
    except (CaseKeyMissing, SealBroken):
        return ""


def _place(case_id: str, number: int) -> dict[str, str]:
    return {"table": "audit_acts", "case_id": case_id, "row": str(number), "field": "note"}

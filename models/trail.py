"""The trail: events chained by hash, and the check that everything else follows from them.

A chain cannot see its own missing tail (trust.md, law 4): the case's row keeps number and hash of the last event, so a
cut shows unless both were changed. What was made to fit shows against the roots over all chains, and whoever rewrites
the whole file with its keys is found by outside anchors alone (`models/root_checks.py`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from models.acts import check_acts
from models.audit_acts import check_audits
from models.consent_texts import check_texts
from models.database import Database
from models.erased import refuse_erased
from models.erasing import check_erasures
from models.kept_rows import Kept, differing
from models.keyring_errors import CaseKeyMissing, KeyReadableByOthers, KeyUnreadable, SealBroken
from models.network_chain import check_network_acts
from models.people import check_people
from models.projecting import case_row, handoff_row, run_row
from models.reads import check_reads
from models.recorded import Recorded
from models.recording import FIRST_HASH, is_hash_of_kept, opened_event, read_event
from models.relations import check_relations
from models.root_checks import RootsChecked, check_roots
from models.rootkeys import public_root_key
from models.roots import Root
from models.standing import check_standing
from models.store import is_state_kept
from models.tables import Case, DeliveryRecord, EventRecord, HandoffRecord, Run
from models.vault import Keyring
from models.way_chain import check_ways
from procedures.case import CaseState
from procedures.changing import ImpossibleEvent
from procedures.events import AlertQueued, AnyEvent
from procedures.evolving import replay

TOGETHER = 100
"""Cases whose rows are in memory at once."""


@dataclass(frozen=True)
class TrailFault:
    """One thing that does not follow from the trail."""

    case_code: str
    """Empty for the house's own acts, about its procedures and its accounts."""
    seq: int | None
    """The event where it shows; None where a whole projection differs."""
    code: str
    """`hash`, `chain`, `tail`, `key`, `unreadable`, `replay`, `state`, `case`, `run`, `handoff`, `delivery`;
    of the house's own acts `act`, `text`, `account`, `erased`; of the roots `root`, `rewritten`, `anchor`, `stamp`."""
    message: str


@dataclass(frozen=True)
class Verification:
    """What the check found."""

    cases: int
    events: int
    faults: tuple[TrailFault, ...]
    acts: int = 0
    """Of the network about its procedures."""
    person_acts: int = 0
    """About accounts."""
    reads: int = 0
    """That somebody looked at a case."""
    relation_acts: int = 0
    """About who may see a case."""
    roots: int = 0
    unchanged_until: datetime | None = None
    """Up to when an anchor shows that nothing was rewritten; without one, nobody can say."""
    erasure_acts: int = 0
    """About erasing cases."""
    erased: int = 0
    """Cases whose chain holds, and whose events nobody can read any more: two people wanted that."""
    standing_acts: int = 0
    """About PINs and channels of the network's people."""
    way_acts: int = 0
    """About how somebody is reached."""
    audit_acts: int = 0
    """Of auditors: samples that were drawn, what was looked at in them, what was handed out."""
    network_acts: int = 0
    """About duty turns, and editions of the network."""
    stamps: int = 0
    """Time stamps of a third party that were looked at (`models/whole_check.py`)."""
    stamps_unchecked: int = 0
    """Of those: for no setting says who is believed."""
    stamped_until: datetime | None = None
    """The time of the last root with such a stamp that holds."""
    stamped_at: datetime | None = None
    """The moment of that stamp: since then the root is proven by a third party."""

    @property
    def sound(self) -> bool:
        """Whether everything follows from the trail."""
        return not self.faults


@dataclass(frozen=True)
class CasesChecked:
    """What was found in some cases."""

    cases: int
    events: int
    faults: tuple[TrailFault, ...]
    erased: int = 0


def verify(db: Database, keyring: Keyring, anchors: Sequence[Root] = (), *, with_cases: bool = True) -> Verification:
    """Check every chain, derive every state again from its events, and compare. No identity is needed for it.

    `anchors` are roots as they were told outside. Whoever holds the keys can rewrite all but those. Without the cases,
    somebody else checks these (`models/whole_check.py`).
    """
    faults: list[TrailFault] = []
    with db.read() as connection:
        roots = roots_in(connection, keyring, anchors)
        faults += [TrailFault(fault.case_code, fault.seq, fault.code, fault.message) for fault in roots.faults]
        acts, wrong = check_acts(connection)
        person_acts, of_people = check_people(connection)
        looks, of_reads = check_reads(connection)
        relation_acts, of_relations = check_relations(connection)
        standing_acts, of_standing = check_standing(connection)
        way_acts, of_ways = check_ways(connection)
        network_acts, of_network = check_network_acts(connection)
        erasure_acts, of_erasures = check_erasures(connection, keyring.store)
        audit_acts, of_audits = check_audits(connection)
        of_accounts = (*wrong, *of_people, *of_reads, *of_relations, *of_standing, *of_audits)
        of_the_house = (*of_accounts, *of_ways, *of_network, *of_erasures, *check_texts(connection))
        faults += [TrailFault("", fault.seq, fault.code, fault.message) for fault in of_the_house]
        case_ids = cases_after(connection, "") if with_cases else ()
        found = [check_cases(connection, keyring, some) for some in pieces(case_ids)]
    faults += [fault for one in found for fault in one.faults]
    erased = sum(one.erased for one in found)
    ours = (
        acts,
        person_acts,
        looks,
        relation_acts,
        roots.roots,
        roots.unchanged_until,
        erasure_acts,
        erased,
        standing_acts,
        way_acts,
        audit_acts,
        network_acts,
    )
    cases, events = sum(one.cases for one in found), sum(one.events for one in found)
    return Verification(cases, events, tuple(faults), *ours)


def cases_after(connection: Connection, case_id: str) -> Sequence[str]:
    """The ids of the cases behind this one, in order."""
    return connection.execute(select(Case.case_id).where(Case.case_id > case_id).order_by(Case.case_id)).scalars().all()


def pieces(case_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """As many as are checked together."""
    return (case_ids[first : first + TOGETHER] for first in range(0, len(case_ids), TOGETHER))


def check_cases(connection: Connection, keyring: Keyring, case_ids: Sequence[str]) -> CasesChecked:
    """Check these cases, whose rows are read together."""
    keyring.open_ahead("route", case_ids)
    kept = Kept(connection, case_ids)
    checks = [_Check(kept, keyring, case) for case in kept.cases]
    faults = tuple(fault for check in checks for fault in check.faults())
    erased = sum(case.erased_at is not None for case in kept.cases)
    return CasesChecked(len(checks), sum(check.events for check in checks), faults, erased)


def roots_in(connection: Connection, keyring: Keyring, anchors: Sequence[Root]) -> RootsChecked:
    """The check of the roots. A key that cannot be used is as if it were not there: that is a fault where roots are."""
    try:
        public = None if keyring.folder is None else public_root_key(keyring.folder)
    except (KeyUnreadable, KeyReadableByOthers):
        public = None
    return check_roots(connection, public, anchors)


class _Check:
    """The check of one case."""

    def __init__(self, kept: Kept, keyring: Keyring, case: Row[Any]) -> None:
        self.events = 0
        self._kept = kept
        self._keyring = keyring
        self._case = case

    def faults(self) -> list[TrailFault]:
        rows = self._kept.of(EventRecord, self._case.case_id)
        self.events = len(rows)
        found = list(self._chain(rows))
        if self._case.erased_at is not None:
            return found
        recorded: list[tuple[int, AnyEvent]] = []
        for row in rows:
            try:
                recorded.append((row.seq, opened_event(row, self._keyring)))
            except CaseKeyMissing:
                return [*found, self._fault(row.seq, "key", "cannot be read: its key is gone, and no act erased it")]
            except (SealBroken, ValueError):
                found.append(self._fault(row.seq, "unreadable", "cannot be read"))
                return found
        try:
            state = replay(event for _seq, event in recorded)
        except ImpossibleEvent:
            return [*found, self._fault(None, "replay", "the events do not follow from one another")]
        return [*found, *self._snapshot(state), *self._projections(state), *self._outbox(recorded)]

    def _fault(self, seq: int | None, code: str, message: str) -> TrailFault:
        return TrailFault(self._case.code, seq, code, message)

    def _chain(self, rows: Sequence[Row[Any]]) -> Iterator[TrailFault]:
        before, expected = FIRST_HASH, 1
        for row in rows:
            if row.seq != expected:
                yield self._fault(expected, "chain", "is missing")
            elif row.prev_hash != before:
                yield self._fault(row.seq, "chain", "is not chained to the event before it")
            if not is_hash_of_kept(row):
                yield self._fault(row.seq, "hash", "was altered")
            before, expected = row.hash, row.seq + 1
        if (expected - 1, before) != (self._case.version, self._case.head_hash):
            yield self._fault(expected, "tail", "the end of the trail is missing, or the case's row was altered")

    def _snapshot(self, state: CaseState) -> Iterator[TrailFault]:
        try:
            case_id, version, sealed = self._case.case_id, self._case.version, self._case.sealed_state
            follows = is_state_kept(self._keyring, case_id, version, sealed, state)
        except (SealBroken, ValueError):
            yield self._fault(None, "state", "the kept state cannot be read")
            return
        if not follows:
            yield self._fault(None, "state", "the kept state does not follow from the events")

    def _projections(self, state: CaseState) -> Iterator[TrailFault]:
        if names := differing(case_row(state), self._case):
            yield self._fault(None, "case", f"the case's row differs in {names}")
        runs = {run.run_id: run_row(state, run) for run in state.runs.values()}
        yield from self._compare("run", runs, self._rows(Run, "run_id"))
        handoffs = {handoff.ref: handoff_row(state, handoff) for handoff in state.handoffs.values()}
        yield from self._compare("handoff", handoffs, self._rows(HandoffRecord, "ref"))

    def _rows(self, table: type[Run | HandoffRecord], key: str) -> dict[str, Row[Any]]:
        return {getattr(row, key): row for row in self._kept.of(table, self._case.case_id)}

    def _compare(
        self, what: str, derived: Mapping[str, dict[str, Any]], kept: Mapping[str, Row[Any]]
    ) -> Iterator[TrailFault]:
        for name in sorted(derived.keys() | kept.keys()):
            if name not in kept:
                yield self._fault(None, what, f"{what} {name} is missing")
            elif name not in derived:
                yield self._fault(None, what, f"{what} {name} follows from no event")
            elif names := differing(derived[name], kept[name]):
                yield self._fault(None, what, f"{what} {name} differs in {names}")

    def _outbox(self, recorded: Sequence[tuple[int, AnyEvent]]) -> Iterator[TrailFault]:
        kept = {row.alert_id for row in self._kept.of(DeliveryRecord, self._case.case_id)}
        queued = {event.alert_id: seq for seq, event in recorded if isinstance(event, AlertQueued)}
        for alert_id, seq in queued.items():
            if alert_id not in kept:
                yield self._fault(seq, "delivery", "its alert is not in the outbox")
        for alert_id in sorted(kept - queued.keys()):
            yield self._fault(None, "delivery", f"alert {alert_id} follows from no event")


def case_events(db: Database, keyring: Keyring, case_id: str, since: int = 0) -> Sequence[Recorded]:
    """The events of a case after `since`, in order. Identity is empty without the vault key. Raises CaseErased."""
    query = select(EventRecord.__table__).where(EventRecord.case_id == case_id, EventRecord.seq > since)
    with db.read() as connection:
        refuse_erased(connection, case_id)
        return [read_event(row, keyring) for row in connection.execute(query.order_by(EventRecord.seq))]


def run_events(db: Database, keyring: Keyring, run_id: str, since: int = 0) -> Sequence[Recorded]:
    """The events of one pathway run after `since`, in order."""
    case_id = select(Run.case_id).where(Run.run_id == run_id).scalar_subquery()
    query = select(EventRecord.__table__).where(
        EventRecord.case_id == case_id, EventRecord.seq > since, EventRecord.run_id == run_id
    )
    with db.read() as connection:
        return [read_event(row, keyring) for row in connection.execute(query.order_by(EventRecord.seq))]

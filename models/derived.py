"""What follows from a trail, event by event: what each changes of what is kept in clear, and what differs from it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from models.keyring_errors import CaseKeyMissing, SealBroken
from models.projecting import case_row, handoff_row, run_row
from models.recording import opened_event
from models.vault import Keyring
from models.viewed import HandoffRow, RunView
from procedures.case import EMPTY, CaseState, Handoff, PathwayRun
from procedures.changing import ImpossibleEvent
from procedures.evolving import evolve

Projections = Mapping[tuple[str, str], Mapping[str, Any]]
"""What is kept in clear beside the trail, by what it is and which: `("handoff", ref)`."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field that an event changed in what is derived from the trail."""

    what: str
    """`case`, `run` or `handoff`."""
    which: str
    """Its code or reference."""
    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Difference:
    """What is kept is not what follows; `seq` is the last event that had to do with it, None where none had."""

    seq: int | None
    what: str
    which: str
    field: str
    """Empty where the whole row is missing, or follows from no event."""
    derived: Any
    kept: Any


class Derived:
    """The state after each event, derived again; until the first that cannot be read or followed."""

    def __init__(self, rows: Sequence[Row[Any]], keyring: Keyring) -> None:
        self.changes: dict[int, tuple[Change, ...]] = {}
        self.last: dict[tuple[str, str, str], int] = {}
        self.whole = True
        self.state = EMPTY
        for row in rows:
            try:
                after = evolve(self.state, opened_event(row, keyring))
            except (CaseKeyMissing, SealBroken, ValueError, ImpossibleEvent):
                self.whole = False
                return
            found = tuple(_changes(self.state, after))
            self.changes[row.seq] = found
            self.last |= {(one.what, one.which, one.field): row.seq for one in found}
            self.state = after

    def differences(self, kept: Projections) -> Iterator[Difference]:
        """What is kept otherwise than it follows, with the last event that had to do with it."""
        derived = _projections(self.state)
        for what, which in sorted(derived.keys() | kept.keys()):
            ours, theirs = derived.get((what, which)), kept.get((what, which))
            if ours is None or theirs is None:
                yield Difference(self._about(what, which), what, which, "", ours is not None, theirs is not None)
                continue
            for field, value in ours.items():
                if theirs[field] != value:
                    seq = self.last.get((what, which, field)) or self._about(what, which)
                    yield Difference(seq, what, which, field, value, theirs[field])

    def _about(self, what: str, which: str) -> int | None:
        of_it = [seq for (one, name, _field), seq in self.last.items() if (one, name) == (what, which)]
        return min(of_it, default=None)


def _projections(state: CaseState) -> dict[tuple[str, str], dict[str, Any]]:
    found = {("case", state.code): case_row(state)}
    found |= {("run", run.ref): run_row(state, run) for run in state.runs.values()}
    return found | {("handoff", ref): handoff_row(state, one) for ref, one in state.handoffs.items()}


def _changes(before: CaseState, after: CaseState) -> Iterator[Change]:
    """What an event changed of what is kept in clear. Of the version, which each event changes, nothing is said."""
    old_case = case_row(before) if before.case_id else {}
    yield from _fields("case", after.code, old_case, case_row(after))
    for run_id, run in after.runs.items():
        was = before.runs.get(run_id)
        if was is not run:
            yield from _fields("run", run.ref, run_row(before, was) if was else {}, run_row(after, run))
    for ref, handoff in after.handoffs.items():
        had = before.handoffs.get(ref)
        if had is not handoff:
            yield from _fields("handoff", ref, handoff_row(before, had) if had else {}, handoff_row(after, handoff))


def _fields(what: str, which: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for field, value in after.items():
        if field != "version" and before.get(field) != value:
            yield Change(what, which, field, before.get(field), value)


def run_view(state: CaseState, run: PathwayRun) -> RunView:
    """A pathway as it follows from the trail."""
    row = run_row(state, run)
    return RunView(**{name: row[name] for name in RunView.__dataclass_fields__ if name != "state"}, state=run.state)


def handoff_view(state: CaseState, handoff: Handoff) -> HandoffRow:
    """A handoff as it follows from the trail."""
    run = state.runs[handoff.run_id]
    row = handoff_row(state, handoff)
    row |= {"case_code": state.code, "territory": state.territory, "drill": state.drill}
    kinds = {"owner_kind": handoff.owner.kind, "giver_kind": handoff.giver.party.kind}
    row |= {"content_hash": run.content_hash, "mode": handoff.mode, "state": handoff.state, **kinds}
    return HandoffRow(**row)

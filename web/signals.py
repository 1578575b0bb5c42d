"""The signals that may come in a case now, ready for a form: at the desk all of them, by a link those of its holder."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from models.composition import House
from models.views import CaseView, HandoffRow, case_state
from procedures.case import CaseStatus, HandoffState, PathwayRun, RunState
from procedures.schema import COORDINATOR, Signal
from procedures.signalling import speaks_for
from web.evidence import AskedField, options
from web.naming import Names


@dataclass(frozen=True)
class SignalLine:
    """One signal of one pathway."""

    name: str
    run: str
    """The reference of the pathway run."""
    title: str
    pathway: str
    senders: tuple[tuple[str, str], ...]
    """Whose word it may be: word and name."""
    evidence: tuple[AskedField, ...]
    times: int
    """How often it has come."""
    last_at: datetime | None


def signals_of(view: CaseView, names: Names) -> tuple[SignalLine, ...]:
    """All of them, in the order of the pathways; none where the case is over."""
    if view.row.status is not CaseStatus.OPEN:
        return ()
    found: list[SignalLine] = []
    for run in view.state.runs.values():
        pinned = names.pinned(run.content_hash) if run.state is RunState.RUNNING else None
        signals = pinned.signals.values() if pinned else ()
        found += [_line(run, signal, signal.senders, names) for signal in signals]
    return tuple(found)


def words_of(signal: Signal, row: HandoffRow, person: str, names: Names) -> tuple[str, ...]:
    """As whose word a holder of this handoff may give the signal: their service's competences, or the coordinator's."""
    service = names.directory.services.get(row.service or "")
    theirs = (*(service.competences if service else ()), COORDINATOR)
    senders = (sender for sender in signal.senders if sender in theirs)
    return tuple(sender for sender in senders if speaks_for(names.directory, person, sender))


def signals_by_link(house: House, row: HandoffRow, person: str, names: Names) -> tuple[SignalLine, ...]:
    """Those of the handoff's own pathway that its holder may give while the handoff is taken."""
    pinned = names.pinned(row.content_hash)
    may = {signal.name: words_of(signal, row, person, names) for signal in pinned.signals.values()} if pinned else {}
    if pinned is None or row.state is not HandoffState.ACCEPTED or not any(may.values()):
        return ()
    run = case_state(house.database, house.keyring, row.case_code).runs[row.run_id]
    if run.state is not RunState.RUNNING:
        return ()
    return tuple(_line(run, signal, may[name], names) for name, signal in pinned.signals.items() if may[name])


def _line(run: PathwayRun, signal: Signal, senders: Iterable[str], names: Names) -> SignalLine:
    known = run.signals.get(signal.name)
    fields = (
        AskedField(name, names.field(name), kind.value, options(names, signal.of_fact, name))
        for name, kind in signal.evidence.items()
    )
    return SignalLine(
        name=signal.name,
        run=run.ref,
        title=signal.title.said(names.language),
        pathway=names.pathway(run.content_hash, run.pathway),
        senders=tuple((sender, names.agreeing(sender)) for sender in senders),
        evidence=tuple(fields),
        times=known.times if known else 0,
        last_at=known.at if known else None,
    )

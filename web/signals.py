"""The signals that may come in a case now: of each pathway that runs, ready for a form."""

from dataclasses import dataclass
from datetime import datetime

from models.views import CaseView
from procedures.case import CaseStatus, RunState
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
    found = []
    for run in view.state.runs.values():
        pinned = names.pinned(run.content_hash) if run.state is RunState.RUNNING else None
        for signal in pinned.signals.values() if pinned else ():
            known = run.signals.get(signal.name)
            fields = (
                AskedField(name, names.field(name), kind.value, options(names, signal.of_fact, name))
                for name, kind in signal.evidence.items()
            )
            found.append(
                SignalLine(
                    name=signal.name,
                    run=run.ref,
                    title=signal.title.said(names.language),
                    pathway=names.pathway(run.content_hash, run.pathway),
                    senders=tuple((sender, names.agreeing(sender)) for sender in signal.senders),
                    evidence=tuple(fields),
                    times=known.times if known else 0,
                    last_at=known.at if known else None,
                )
            )
    return tuple(found)

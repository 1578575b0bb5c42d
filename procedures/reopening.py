"""Reopening a pathway that is over: the same case, a new run, and everything that is known of it."""

from procedures import commands as c
from procedures.advancing import start_pathway
from procedures.case import CaseState, CaseStatus, Giver, PathwayRun, RunState
from procedures.choosing import coordinator_of
from procedures.drafting import Draft
from procedures.errors import NoCoordinator, PathwayStillRuns, UnknownEnded, UnknownPathway, UnknownReason
from procedures.events import CaseReopened, PathwayReopened


def reopen(draft: Draft, command: c.ReopenPathway) -> None:
    """Start it anew, pinned to the text in force, or to the one that it ran by where that is asked for.

    What stops the case for good, such as *never contact again*, holds on. Raises UnknownReason, UnknownEnded,
    UnknownPathway (it is out of force), PathwayStillRuns, NoCoordinator.
    """
    if command.reason not in list(c.ReopenReason):
        raise UnknownReason(reason=command.reason, known=", ".join(c.ReopenReason))
    state = draft.state
    old = _ended(state, command.run)
    if old.pathway not in draft.library.current:
        raise UnknownPathway(pathway=old.pathway, known=", ".join(sorted(draft.library.current)))
    if any(run.pathway == old.pathway and run.state is RunState.RUNNING for run in state.runs.values()):
        raise PathwayStillRuns(pathway=old.pathway)
    if coordinator_of(draft.directory, state.territory, state.exclusions) is None:
        raise NoCoordinator(territory=state.territory)
    if state.status is not CaseStatus.OPEN:
        draft.note(CaseReopened(at=draft.now))
    draft.note(PathwayReopened(at=draft.now, run_id=old.run_id, reason=command.reason))
    pathway = draft.pathway(old.run_id) if command.same_edition else draft.library.named(old.pathway)
    opener = next(run.giver.party for run in state.runs.values() if run.parent_run is None)
    giver = Giver(party=opener, ref=draft.draw_reference("run"))
    start_pathway(draft, pathway, giver, reopens=old.run_id)


def _ended(state: CaseState, said: str) -> PathwayRun:
    """By its id, its reference, or its pathway's name: the latest of that name."""
    over = [run for run in state.runs.values() if run.state is not RunState.RUNNING]
    meant = [run for run in over if said in {run.run_id, run.ref, run.pathway}]
    if not meant:
        raise UnknownEnded(known=", ".join(f"{run.ref} ({run.pathway})" for run in over) or "-")
    return meant[-1]

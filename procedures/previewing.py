"""What moving a running pathway to the edition in force would do, told before anybody does it. Nothing is changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from procedures import commands as c
from procedures.case import CaseState, HandoffState, StepState
from procedures.deciding import decide_fully
from procedures.directory import Directory
from procedures.errors import Refused
from procedures.events import (
    Event,
    HandoffRequested,
    HandoffRetimed,
    PathwayLimitMoved,
    StepHeld,
    StepLookedAtAnew,
    StepRepeats,
    StepSkipped,
    StepStarted,
)
from procedures.move_errors import CannotMove
from procedures.moving import obstacles
from procedures.schema import Library


@dataclass(frozen=True, slots=True)
class MovedEnd:
    """An end of time that would be another; None where no limit counts. Without a step it is that of the pathway."""

    step: str | None
    old_at: datetime | None
    new_at: datetime | None
    is_answer: bool = False
    """Whether it is the time to answer, not that for the result."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What would become of one running pathway. Steps are called by their names in its text."""

    run_id: str
    ref: str
    pathway: str
    old_edition: int
    edition: int
    obstacles: Sequence[Refused] = ()
    """With any of them it stays where it is, and nothing below is said."""
    done: Sequence[str] = ()
    """They stay as they are."""
    at_work: Sequence[str] = ()
    """They go on."""
    new: Sequence[str] = ()
    """The edition has them, and the text before had not."""
    begins: Sequence[str] = ()
    """They begin at once."""
    asked: Sequence[tuple[str, str | None]] = ()
    """Which step is asked of which service at once; None: of the coordinator."""
    later: Sequence[tuple[str, datetime]] = ()
    """They begin then."""
    looked_at: Sequence[str] = ()
    """They had been left out, or waited, and are looked at anew."""
    left_out: Sequence[str] = ()
    """They will not take place."""
    ends: Sequence[MovedEnd] = ()
    over: bool = False
    """Whether the pathway would be over with it."""

    @property
    def may_move(self) -> bool:
        """Whether nothing keeps it where it is."""
        return not self.obstacles


def preview(state: CaseState, library: Library, directory: Directory, command: c.MovePathway, now: datetime) -> Preview:
    """What the command, which names its run by the id, would do. It is decided as it would be."""
    run = state.runs[command.run]
    old, new = library.by_hash[run.content_hash], library.named(run.pathway)
    about = (run.run_id, run.ref, run.pathway, old.edition, new.edition)
    found: tuple[Refused, ...] = tuple(obstacles(state, library, run.run_id))
    if not found:
        try:
            decision = decide_fully(state, library, directory, command, now)
        except CannotMove:
            raise
        except Refused as refusal:
            found = (refusal,)
    if found:
        return Preview(*about, obstacles=found)
    events = [event for event in decision.events if getattr(event, "run_id", run.run_id) == run.run_id]
    after = decision.state.runs[run.run_id]
    return Preview(
        *about,
        done=[name for name, step in run.steps.items() if step.state is StepState.DONE],
        at_work=[name for name, step in run.steps.items() if step.state is StepState.ACTIVE],
        new=[name for name in new.steps if name not in run.steps],
        begins=_named(events, StepStarted),
        asked=[(event.step, event.service) for event in events if isinstance(event, HandoffRequested)],
        later=[(event.step, event.until) for event in events if isinstance(event, StepHeld | StepRepeats)],
        looked_at=_named(events, StepLookedAtAnew),
        left_out=_named(events, StepSkipped),
        ends=list(_ends(events, state)),
        over=after.ended_at is not None,
    )


def _named(events: Sequence[Event], kind: type[StepStarted | StepLookedAtAnew | StepSkipped]) -> list[str]:
    return [event.step for event in events if isinstance(event, kind)]


def _ends(events: Sequence[Event], state: CaseState) -> Iterator[MovedEnd]:
    for event in events:
        if isinstance(event, PathwayLimitMoved):
            yield MovedEnd(None, event.old_at, event.new_at)
        elif isinstance(event, HandoffRetimed) and event.old_at != event.new_at:
            handoff = state.handoffs[event.ref]
            answer = handoff.state is not HandoffState.ACCEPTED and event.accept_by is not None
            yield MovedEnd(handoff.step, event.old_at, event.new_at, is_answer=answer)

"""Planted bugs of whoever decides and keeps: of deadlines, the trail, the board, and what callers are told."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

from models import doing, handling, recording, store
from models.recorded import Handled, Recorded
from models.store_errors import StoreBusy, StoreFailed
from procedures import answering, changing, escalating, placing
from procedures.case import OPEN_STATES, RungState
from procedures.commands import AnyCommand
from procedures.events import Event, HandoffAccepted, HandoffRequested
from procedures.schema import RungTarget
from tests.simulation import world
from tests.simulation.plant_parts import nothing, part

ROME = ZoneInfo("Europe/Rome")


@contextmanager
def forgets_the_next_deadline() -> Iterator[None]:
    """A changed case is saved without the time at which it must be looked at again."""
    real = part(store, "case_row")

    def without(state: Any) -> dict[str, Any]:
        row = real(state)
        return {**row, "next_due_at": None} if state.version > 12 else row

    with patch.object(store, "case_row", without):
        yield


def _in_rome(at: datetime, by: datetime) -> datetime:
    """What naive arithmetic on the wall's time makes of a time to answer."""
    naive = at.astimezone(ROME).replace(tzinfo=None) + (by - at)
    return naive.replace(tzinfo=ROME).astimezone(at.tzinfo)


@contextmanager
def reckons_in_local_time() -> Iterator[None]:
    """A deadline is the wall's time in Rome plus the minutes promised."""

    def requested(**fields: Any) -> HandoffRequested:
        if fields.get("accept_by"):
            fields["accept_by"] = _in_rome(fields["at"], fields["accept_by"])
        return HandoffRequested(**fields)

    with patch.object(placing, "HandoffRequested", requested):
        yield


@contextmanager
def trusts_the_wall() -> Iterator[None]:
    """The house's clock is the wall's, and moves when somebody sets it."""

    def now(self: Any) -> datetime:
        wall: datetime = self.world.wall
        return wall

    with patch.object(world.ProcessClock, "now", now):
        yield


@contextmanager
def does_not_chain() -> Iterator[None]:
    """A later event is chained to nothing."""
    real = part(doing, "rows_for")

    def unchained(*about: Any) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = real(*about)
        if rows and rows[0]["seq"] > 30:
            rows[0]["prev_hash"] = recording.FIRST_HASH
            rows[0]["hash"] = recording.event_hash(rows[0])
        return rows

    with patch.object(doing, "rows_for", unchained):
        yield


@contextmanager
def leaves_the_board_as_it_was() -> Iterator[None]:
    """A handoff changes, and the table that pages read does not."""
    with patch.object(store.CHANGED_HANDOFFS, "run", nothing):
        yield


@contextmanager
def counts_a_second_answer() -> Iterator[None]:
    """Whoever accepts after somebody else did takes it over."""
    twice: dict[Any, Any] = {**changing.TRANSITIONS, HandoffAccepted: (OPEN_STATES, changing.S.ACCEPTED)}
    with patch.object(answering, "UNANSWERED_STATES", OPEN_STATES), patch.object(changing, "TRANSITIONS", twice):
        yield


@contextmanager
def skips_a_rung() -> Iterator[None]:
    """The deputy's rung is left out of the ladder."""
    ladder = placing.ladder_of

    def without(*about: Any) -> tuple[RungState, ...]:
        return tuple(rung for rung in ladder(*about) if rung.to != RungTarget.DEPUTY)

    with patch.object(placing, "ladder_of", without):
        yield


@contextmanager
def does_a_repeated_command_again() -> Iterator[None]:
    """The id under which it was asked for before is not looked at."""
    handle = handling.Handling.handle
    count = iter(range(10**9))

    def again(self: Any, command: AnyCommand) -> Any:
        return handle(self, command.model_copy(update={"id": f"{command.id}-{next(count)}"}))

    with patch.object(handling.Handling, "handle", again):
        yield


@contextmanager
def hands_to_nobody() -> Iterator[None]:
    """The coordinator becomes the owner, and is not told."""
    hand = placing.hand_to_coordinator

    def silently(draft: Any, ref: str) -> None:
        draft.alert, kept = nothing, draft.alert
        try:
            hand(draft, ref)
        finally:
            draft.alert = kept

    with patch.object(escalating, "hand_to_coordinator", silently):
        yield


@contextmanager
def wakes_the_engine_once() -> Iterator[None]:
    """What happens later in a run asks for no telling."""
    want = part(doing, "want_wakes")

    def at_first(connection: Any, touched: dict[str, int], now: datetime) -> None:
        want(connection, {run: seq for run, seq in touched.items() if seq < 25}, now)

    with patch.object(doing, "want_wakes", at_first):
        yield


@contextmanager
def says_saved_too_soon() -> Iterator[None]:
    """A caller is answered although the transaction was undone."""
    ask = handling.Handling.handle

    def believed(self: Any, command: AnyCommand) -> Any:
        try:
            return ask(self, command)
        except (StoreBusy, StoreFailed):
            with self._database.read() as connection:
                before = store.load(connection, self._keyring, command.case_id)
            made = Recorded(before.head.seq + 1, believed_event(before), command.id, command.actor, command.road)
            return Handled((made,), before.state, repeated=False, at=made.event.at)

    def believed_event(before: Any) -> Any:
        return Event(at=before.last_at or datetime(2026, 1, 1, tzinfo=ROME))

    with patch.object(handling.Handling, "handle", believed):
        yield

"""Planted bugs: small changes to how the relay is put together, each of which the simulation has to find.

None of them is in the product. Each is put in for one run and taken out again.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

from models import doing, handling, outbox, queueing, recording, settling, store
from models.outbox import Delivery, SettledDelivery, SettledResult
from models.recorded import Handled, Recorded
from models.store_errors import StoreBusy, StoreFailed
from procedures import answering, changing, escalating, placing
from procedures.case import OPEN_STATES, RungState
from procedures.commands import AnyCommand
from procedures.events import Event, HandoffAccepted, HandoffRequested
from procedures.schema import RungTarget
from tests.simulation import workers, world

ROME = ZoneInfo("Europe/Rome")


def part(where: Any, name: str) -> Any:
    """What a module uses under this name."""
    return getattr(where, name)


def nothing(*_about: Any, **_how: Any) -> None:
    """Do nothing."""


@contextmanager
def sends_before_it_commits() -> Iterator[None]:
    """The claim is only looked up: `sending` is not in the database when the first byte leaves."""
    claim = outbox.claim

    def looked_up(db: Any, **how: Any) -> Sequence[Delivery]:
        taken: list[Delivery] = []
        inner = db.write

        @contextmanager
        def undone() -> Iterator[Any]:
            with inner() as connection:
                connection.exec_driver_sql("SAVEPOINT planted")
                yield connection
                connection.exec_driver_sql("ROLLBACK TO planted")

        with patch.object(db, "write", undone):
            taken += claim(db, **how)
        return taken

    settle_one = settling.Settling._settle_one

    def settled_all_the_same(self: settling.Settling, row: Any, word: SettledDelivery) -> Any:
        if row.state in {"queued", "temporary"}:
            row = row._replace(state="sending")
        return settle_one(self, row, word)

    with patch.object(outbox, "claim", looked_up), patch.object(settling.Settling, "_settle_one", settled_all_the_same):
        yield


@contextmanager
def takes_no_lease() -> Iterator[None]:
    """A claim leaves no time in which nobody else may take the same."""
    claim = outbox.claim

    def without(db: Any, **how: Any) -> Sequence[Delivery]:
        return claim(db, **{**how, "lease_seconds": 0.0})

    with patch.object(outbox, "claim", without):
        yield


@contextmanager
def claims_what_is_being_sent() -> Iterator[None]:
    """Whoever looks takes what another took a moment ago."""
    claim = outbox.claim

    def twice(db: Any, **how: Any) -> Sequence[Delivery]:
        with db.write() as connection:
            connection.exec_driver_sql(
                "UPDATE deliveries SET state = 'queued', next_at = queued_at WHERE state = 'sending' AND worker <> ?",
                (how["worker"],),
            )
        return claim(db, **how)

    with patch.object(outbox, "claim", twice):
        yield


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
def drops_what_carriers_say() -> Iterator[None]:
    """Now and then a carrier's word is not kept."""
    settle = handling.Handling.settle
    drawn = random.Random(1)  # noqa: S311  # nothing here is secret

    def dropped(self: Any, settled: Sequence[SettledDelivery]) -> Any:
        return settle(self, [word for word in settled if drawn.random() > 0.1])

    with patch.object(handling.Handling, "settle", dropped):
        yield


@contextmanager
def sends_what_was_withdrawn() -> Iterator[None]:
    """What was answered meanwhile is not taken back."""
    with (
        patch.object(queueing, "_withdraw", nothing),
        patch.object(outbox.WITHDRAWING_ENDED, "run", nothing),
    ):
        yield


@contextmanager
def repeats_under_a_new_name() -> Iterator[None]:
    """Each attempt carries a Message-ID of its own."""
    message_of = part(workers, "message_of")

    def renamed(house: Any, delivery: Delivery) -> Any:
        message = message_of(house, delivery)
        return replace(message, message_id=f"<{delivery.attempt}.{message.message_id[1:]}")

    with patch.object(workers, "message_of", renamed):
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
    ladder = placing._ladder

    def without(*about: Any) -> tuple[RungState, ...]:
        return tuple(rung for rung in ladder(*about) if rung.to != RungTarget.DEPUTY)

    with patch.object(placing, "_ladder", without):
        yield


@contextmanager
def never_tries_again() -> Iterator[None]:
    """What was put off is not put out again."""
    write = settling.Settling._write

    def without(self: Any, row: Any, **values: Any) -> None:
        write(self, row, **({**values, "next_at": None} if values.get("state") == "temporary" else values))

    with patch.object(settling.Settling, "_write", without):
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
def names_her() -> Iterator[None]:
    """A message says who she is."""
    message_of = part(workers, "message_of")

    def named(house: Any, delivery: Delivery) -> Any:
        message = message_of(house, delivery)
        return replace(message, body=f"{message.body}\n{world.CANARY}") if delivery.attempt > 1 else message

    with patch.object(workers, "message_of", named):
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
            return Handled((made,), before.state, repeated=False)

    def believed_event(before: Any) -> Any:
        return Event(at=before.last_at or datetime(2026, 1, 1, tzinfo=ROME))

    with patch.object(handling.Handling, "handle", believed):
        yield


@contextmanager
def takes_doubt_for_a_yes() -> Iterator[None]:
    """Nobody can say whether it arrived, and it counts as arrived."""
    settled = part(workers, "settled")

    def sure(delivery: Delivery, outcome: Any, house: Any) -> SettledDelivery:
        word: SettledDelivery = settled(delivery, outcome, house)
        return replace(word, result=SettledResult.ACCEPTED) if word.result is SettledResult.UNCERTAIN else word

    with patch.object(workers, "settled", sure):
        yield


PLANTS: dict[str, Callable[[], Any]] = {
    "send-before-commit": sends_before_it_commits,
    "no-lease": takes_no_lease,
    "double-claim": claims_what_is_being_sent,
    "lost-wake-up": forgets_the_next_deadline,
    "local-time-deadline": reckons_in_local_time,
    "wall-clock": trusts_the_wall,
    "settle-dropped": drops_what_carriers_say,
    "withdrawn-still-sent": sends_what_was_withdrawn,
    "new-message-id": repeats_under_a_new_name,
    "not-chained": does_not_chain,
    "board-not-updated": leaves_the_board_as_it_was,
    "second-acceptance": counts_a_second_answer,
    "rung-skipped": skips_a_rung,
    "never-again": never_tries_again,
    "done-twice": does_a_repeated_command_again,
    "named": names_her,
    "coordinator-not-told": hands_to_nobody,
    "untold-wake": wakes_the_engine_once,
    "saved-too-soon": says_saved_too_soon,
    "doubt-is-yes": takes_doubt_for_a_yes,
}

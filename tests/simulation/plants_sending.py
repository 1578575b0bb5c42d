"""Planted bugs of whoever sends: of claims, leases, attempts, and of what carriers say."""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from models import handling, outbox, queueing, settling
from models.outbox import Delivery, SettledDelivery, SettledResult
from tests.simulation import workers, world
from tests.simulation.plant_parts import nothing, part


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
def never_tries_again() -> Iterator[None]:
    """What was put off is not put out again."""
    write = settling.Settling._write

    def without(self: Any, row: Any, **values: Any) -> None:
        write(self, row, **({**values, "next_at": None} if values.get("state") == "temporary" else values))

    with patch.object(settling.Settling, "_write", without):
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
def takes_doubt_for_a_yes() -> Iterator[None]:
    """Nobody can say whether it arrived, and it counts as arrived."""
    settled = part(workers, "settled")

    def sure(delivery: Delivery, outcome: Any, house: Any) -> SettledDelivery:
        word: SettledDelivery = settled(delivery, outcome, house)
        return replace(word, result=SettledResult.ACCEPTED) if word.result is SettledResult.UNCERTAIN else word

    with patch.object(workers, "settled", sure):
        yield

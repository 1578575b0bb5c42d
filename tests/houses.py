"""A house on a clock that only the story moves, with the invented network in it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from models import outbox
from models.clock import SetClock
from models.columns import Base
from models.composition import House, open_house
from models.ids import CountedIds
from models.outbox import Delivery, SettledDelivery, SettledResult
from models.recorded import Handled
from procedures.case import Handoff
from procedures.commands import AcceptHandoff, Command, OpenCase, Person, Road
from tests.prepared import with_network

START = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
CANARY = "Zinnia Quetzal"
CARRIERS = """
[carriers.email]
url = "staffetta-mail://localhost"
[carriers.sms]
url = "staffetta-sms://localhost"
"""


class Told:
    """A house and the one case that a story is about."""

    def __init__(self, folder: Path, settings: str = CARRIERS) -> None:
        with_network(folder, settings, START)
        self.clock = SetClock(START)
        self.house: House = open_house(folder, with_vault=True, clock=self.clock, ids=CountedIds(1))
        self.case_id = ""

    def opened(self, **changes: object) -> Handled:
        """Open a case that asks for a protected place, with every consent."""
        handled = self.house.handling.handle(open_case(self.house, **changes))
        self.case_id = handled.state.case_id
        return handled

    def say(self, kind: type[Command], **fields: object) -> Handled:
        """A command about the case."""
        values: dict[str, object] = {
            "id": self.house.ids.new_id(),
            "case_id": self.case_id,
            "actor": "person:somebody",
            "road": Road.LINK,
            **({"proven": True} if kind is AcceptHandoff else {}),
        }
        command = kind.model_validate(values | fields)
        return self.house.handling.handle(command)  # type: ignore[arg-type]  # one of the union

    def claimed(self, worker: str = "dispatcher-1", lease_seconds: float = 30) -> Sequence[Delivery]:
        """What a sender takes now."""
        return outbox.claim(
            self.house.database, worker=worker, now=self.clock.now(), lease_seconds=lease_seconds, limit=50
        )

    def settled(self, delivery: Delivery, result: SettledResult, **more: object) -> None:
        """The carrier's word on one delivery."""
        word = SettledDelivery(delivery.delivery_id, result, self.clock.now(), **more)  # type: ignore[arg-type]
        self.house.handling.settle([word])

    def sent(self) -> Sequence[Delivery]:
        """Everything due is taken by its carrier."""
        taken = self.claimed()
        self.house.handling.settle(
            [SettledDelivery(d.delivery_id, SettledResult.ACCEPTED, self.clock.now()) for d in taken]
        )
        return taken

    def close(self) -> None:
        """Let go of the house."""
        self.house.close()


def open_case(house: House, **changes: object) -> OpenCase:
    """Open a case whose pathway is `shelter`, with a name that must turn up nowhere."""
    values: dict[str, object] = {
        "id": house.ids.new_id(),
        "case_id": house.ids.new_id(),
        "actor": "operator:1",
        "road": Road.DESK,
        "code": house.ids.case_code(),
        "seed": house.ids.seed(),
        "pathway": "shelter",
        "territory": "valle_chiara",
        "desk": "sportello_luna",
        "facts": {"risk": "high", "needs_transport": True},
        "consents": frozenset({"shelter"}),
        "person": Person(name=CANARY, note=CANARY),
    }
    return OpenCase.model_validate(values | changes)


def only_handoff(handled: Handled) -> Handoff:
    """The one handoff of the case."""
    (handoff,) = handled.state.handoffs.values()
    return handoff


def everything_written(told: Told) -> bytes:
    """Every byte that the house has written: its files, and the rows of a database elsewhere."""
    rows: list[str] = []
    if told.house.database.shared:
        with told.house.database.read() as connection:
            for table in Base.metadata.sorted_tables:
                rows += [str(row) for row in connection.execute(select(table))]
    told.house.close()
    files = [path.read_bytes() for path in told.house.settings.data.rglob("*") if path.is_file()]
    return b"".join(files) + "\n".join(rows).encode()

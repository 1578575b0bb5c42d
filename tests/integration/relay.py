"""A house in a folder of its own, with the invented network, and the few things that stories do to it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from models.composition import House, open_house
from models.network import import_network
from models.recorded import Handled
from procedures.commands import (
    AcceptHandoff,
    CancelCase,
    CancelReason,
    Command,
    CompleteHandoff,
    OpenCase,
    Person,
    Road,
)
from procedures.events import AnyEvent, HandoffRequested, PathwayStarted

NETWORK = Path(__file__).parents[2] / "models" / "samples" / "network.yaml"
CANARY = "Zinnia Quetzal"
T = TypeVar("T")


def settings_text(mail_url: str, *, speed: float = 1.0, prefect_port: int | None = None, sms_url: str = "") -> str:
    """The settings of a test's house."""
    lines = ["[carriers.email]", f'url = "{mail_url}"']
    if sms_url:
        lines += ["[carriers.sms]", f'url = "{sms_url}"']
    if speed != 1:
        lines += ["[clock]", f"speed = {speed}", f"origin = {datetime.now(UTC).isoformat()}"]
    if prefect_port is not None:
        lines += ["[prefect]", f"port = {prefect_port}"]
    return "\n".join(lines) + "\n"


def furnish(data: Path, settings: str) -> House:
    """A house with the invented network in it."""
    data.mkdir(parents=True, exist_ok=True)
    (data / "staffetta.toml").write_text(settings, encoding="utf-8")
    house = open_house(data, with_vault=True)
    import_network(house.database, NETWORK.read_text(encoding="utf-8"), str(NETWORK), house.clock.now())
    return house


def open_shelter(house: House, pathway: str = "shelter", consents: frozenset[str] = frozenset({"shelter"})) -> Handled:
    """A case opens; its first handoff asks for a protected place."""
    return house.handling.handle(
        OpenCase(
            id=house.ids.new_id(),
            case_id=house.ids.new_id(),
            actor="operator:1",
            road=Road.CLI,
            code=house.ids.case_code(),
            seed=house.ids.seed(),
            pathway=pathway,
            territory="valle_chiara",
            desk="sportello_luna",
            drill=house.clock.speed != 1,
            consents=consents,
            person=Person(name=CANARY, note=CANARY),
        )
    )


def handle(house: House, case_id: str, kind: type[Command], **data: object) -> Handled:
    """Somebody answers."""
    command = kind.model_validate(
        {"id": house.ids.new_id(), "case_id": case_id, "actor": "person:1", "road": Road.LINK, **data}
    )
    return house.handling.handle(command)  # type: ignore[arg-type]


def no_place(house: House, opened: Handled) -> Handled:
    """The service takes it, looks, and finds no place: the pathway ends."""
    case_id, ref = opened.state.case_id, first(opened, HandoffRequested).ref
    handle(house, case_id, AcceptHandoff, ref=ref)
    return handle(house, case_id, CompleteHandoff, ref=ref, result="no_place", evidence={"places_asked": 3})


def cancel(house: House, opened: Handled) -> Handled:
    """She does not want it any more."""
    return handle(house, opened.state.case_id, CancelCase, reason=CancelReason.HER_WISH)


E = TypeVar("E", bound=AnyEvent)


def first(handled: Handled, kind: type[E]) -> E:
    """The first event of this kind."""
    return next(recorded.event for recorded in handled.events if isinstance(recorded.event, kind))


def run_id_of(opened: Handled) -> str:
    """The pathway run that a case began with."""
    return first(opened, PathwayStarted).run_id


def wait_for(look: Callable[[], T | None], seconds: float = 20.0) -> T:
    """What `look` finds, as soon as it finds something."""
    until = time.monotonic() + seconds
    while True:
        if found := look():
            return found
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.02)  # between two looks

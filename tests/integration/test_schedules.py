"""Own work that begins by itself in a house: after a night without power, once for all machines, and seen by people."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.journal import Journal, open_journal
from flows.scheduling import Schedules
from models.composition import House, open_house
from models.network import import_network, sample_network
from models.own_work import own_work
from models.scheduled import begin, coming_work, due_work
from models.trail import case_events, verify
from tests.houses import CARRIERS, Told
from tests.integration.webhouse import WebHouse, hidden, text_of

DATES = "dates:\n  valle_chiara: {protocol_ends_on: 2027-08-31}\n"


@pytest.fixture
def told(tmp_path: Path, database_settings: str) -> Iterator[Told]:
    told = Told(tmp_path / "data", CARRIERS + database_settings)
    yield told
    told.close()


@pytest.fixture
def journal() -> Journal:
    """What goes wrong is told to nobody: the stories look at what was begun."""
    return open_journal("dispatcher")


def machine(told: Told) -> House:
    """Another process on the same data, without the key of the vault."""
    return open_house(told.house.settings.data, with_vault=False, clock=told.clock)


def wait_until(told: Told, at: datetime) -> None:
    told.clock.pass_by(seconds=(at - told.clock.now()).total_seconds())


def begun(told: Told) -> list[tuple[str, str]]:
    """The pathway and the territory of each piece of work."""
    return sorted((one.pathway, one.row.territory) for one in own_work(told.house.database, ended=50))


TESTS = [("channel_test", "costa_serena"), ("channel_test", "valle_chiara")]


def test_it_begins_when_somebody_looks_though_the_machine_was_off_at_that_minute(told: Told, journal: Journal) -> None:
    dispatcher = machine(told)
    schedules = Schedules(dispatcher, journal)
    assert not schedules.begin_due()
    assert begun(told) == []
    wait_until(told, datetime(2026, 12, 2, 3, 0, tzinfo=UTC))
    assert not schedules.begin_due()
    assert begun(told) == TESTS
    dispatcher.close()


def test_it_begins_once_a_month_however_often_and_from_wherever_it_is_looked_for(told: Told, journal: Journal) -> None:
    machines = [machine(told), machine(told)]
    wait_until(told, datetime(2026, 12, 1, 9, 0, tzinfo=UTC))
    found = [due_work(one) for one in machines]
    assert [len(due) for due in found] == [2, 2]
    for one, due in zip(machines, found, strict=True):  # both saw it before either began it
        for work in due:
            begin(one, work)
    assert [due_work(one) for one in machines] == [[], []]
    assert begun(told) == TESTS
    wait_until(told, datetime(2027, 1, 1, 9, 0, tzinfo=UTC))
    Schedules(machines[0], journal).begin_due()
    assert begun(told) == sorted(2 * TESTS)
    for one in machines:
        one.close()


def test_the_day_of_the_networks_file_is_led_up_to_and_known_in_the_work(told: Told, journal: Journal) -> None:
    import_network(told.house.database, sample_network() + DATES, "network.yaml", told.clock.now())
    wait_until(told, datetime(2027, 2, 28, 12, 0, tzinfo=UTC))
    Schedules(told.house, journal).begin_due()
    (renewal,) = [one for one in own_work(told.house.database) if one.pathway == "protocol_renewal"]
    events = case_events(told.house.database, told.house.keyring, renewal.row.case_id)
    assert (events[0].actor, events[0].road) == ("clock", "clock")
    assert getattr(events[0].event, "facts", {}) == {"protocol_ends_on": "2027-08-31"}
    assert verify(told.house.database, told.house.keyring).sound


def test_one_that_cannot_begin_keeps_no_other_waiting(
    told: Told, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_until(told, datetime(2026, 12, 1, 9, 0, tzinfo=UTC))
    handle = told.house.handling.handle

    def stumble(command: object) -> object:
        if getattr(command, "territory", "") == "costa_serena":
            raise RuntimeError
        return handle(command)  # type: ignore[arg-type]  # whatever was asked

    monkeypatch.setattr(told.house.handling, "handle", stumble)
    assert Schedules(told.house, journal).begin_due()
    assert begun(told) == TESTS[1:]


def test_the_desk_shows_what_begins_by_itself_and_what_has_no_day(desk: WebHouse) -> None:
    page = text_of(desk.operator().get("/network-work"))
    assert "Comincia da sé" in page
    assert "il file della rete non indica alcun giorno: Fine del protocollo d'intesa" in page
    assert [one.pathway for one in coming_work(desk.house)][:2] == ["channel_test", "channel_test"]


@pytest.mark.slow
def test_the_desk_shows_the_channels_that_nobody_can_rely_on_until_a_test_was_taken(desk: WebHouse) -> None:
    operator = desk.operator()
    assert "mai provato" in text_of(operator.get("/network-work"))
    for number, place in enumerate(("valle_chiara", "costa_serena")):
        form = {"pathway": "channel_test", "territory": place, "command": hidden(operator.get("/network-work"))}
        assert operator.post("/network-work", data=form).status_code == 200, number
    desk.send_everything(after=5)
    page = text_of(operator.get("/network-work"))
    assert "mai provato" not in page
    assert "L'ultima prova di ogni canale è stata presa dal suo vettore." in page

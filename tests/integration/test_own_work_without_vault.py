"""The network's own work concerns nobody: it begins without the vault's key and has nothing there. No case does."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from models.clock import SetClock
from models.composition import House, open_house
from models.keyring_errors import NoVaultKey
from models.tables import EventRecord
from models.trail import verify
from procedures.commands import OpenCase, Road
from procedures.errors import CaseIsNoOwnWork
from tests.houses import START, Told, open_case


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    told = Told(tmp_path / "data")
    yield told
    told.close()


@pytest.fixture
def dispatcher(told: Told) -> Iterator[House]:
    """The same house, as a process without the key of the vault sees it."""
    house = open_house(told.house.settings.data, with_vault=False, clock=SetClock(START))
    yield house
    house.close()


def meeting(house: House, **changes: object) -> OpenCase:
    """The Tavolo is to be called together."""
    values: dict[str, object] = {
        "id": house.ids.new_id(),
        "case_id": house.ids.new_id(),
        "actor": "clock",
        "road": Road.CLOCK,
        "code": "N-TEST-0001",
        "seed": "0" * 32,
        "pathway": "tavolo_meeting",
        "territory": "valle_chiara",
        "facts": {"meeting_at": "2027-02-01T15:00"},
    }
    return OpenCase.model_validate(values | changes)


@pytest.mark.parametrize("at_the_desk", [True, False])
def test_whoever_begins_it_nothing_of_it_is_in_the_vault(told: Told, dispatcher: House, at_the_desk: bool) -> None:
    house = told.house if at_the_desk else dispatcher
    state = house.handling.handle(meeting(house)).state
    store = told.house.keyring._store
    assert store.wrapped(state.case_id, "route") is not None
    assert store.wrapped(state.case_id, "vault") is None
    with house.database.read() as connection:
        sealed = connection.execute(select(EventRecord.sealed_identity).where(EventRecord.case_id == state.case_id))
        assert set(sealed.scalars()) == {None}
    assert verify(told.house.database, told.house.keyring).sound


def test_a_case_is_still_not_opened_without_the_key_by_whatever_road(told: Told, dispatcher: House) -> None:
    with pytest.raises(NoVaultKey):
        dispatcher.handling.handle(open_case(told.house))
    with pytest.raises(CaseIsNoOwnWork):
        dispatcher.handling.handle(open_case(told.house, code="N-TEST-0002"))
    together = dispatcher.handling.handle_all
    with pytest.raises(NoVaultKey):
        together([open_case(told.house), meeting(told.house, code="N-TEST-0003")])

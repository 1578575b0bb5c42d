"""The keys that wrap the keys of cases are replaced while everybody works on; killed half way, it goes on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from models import rotating
from models.composition import House, open_house
from models.key_tables import WRAPPED_KEYS
from models.keyfiles import Stage, fingerprint, key_path, read_key
from models.keyring_errors import KeyNotInUse, OldKeyKept, SealBroken, StillWrapped, TooSoonToRetire
from models.keystore import KeyStore
from models.rotating import retire, rotate
from models.trail import verify
from models.views import case_view
from tests.houses import CANARY, CARRIERS, Told, open_case

pytestmark = pytest.mark.slow


@pytest.fixture
def told(tmp_path: Path, database_settings: str) -> Iterator[Told]:
    told = Told(tmp_path, CARRIERS + database_settings)
    told.opened()
    yield told
    told.close()


def anew(told: Told, *, with_vault: bool = True) -> House:
    """Another process of the same house."""
    return open_house(told.house.settings.data, with_vault=with_vault, clock=told.clock)


def name_of(house: House, code: str) -> str | None:
    person = case_view(house.database, house.keyring, code).person
    return None if person is None else person.name


def code_of(told: Told) -> str:
    return open_code(told.house, told.case_id)


def open_code(house: House, case_id: str) -> str:
    from models.tables import Case

    with house.database.read() as connection:
        return str(connection.execute(select(Case.code).where(Case.case_id == case_id)).scalar_one())


def test_after_a_rotation_every_case_opens_under_the_new_key_alone(told: Told) -> None:
    folder = told.house.settings.key_folder
    before = {kind: read_key(key_path(folder, kind)) for kind in ("route", "vault")}
    done = rotate(told.house)
    assert [(one.name, one.rewrapped) for one in done] == [("route", 1), ("vault", 1)]
    for kind in ("route", "vault"):
        assert read_key(key_path(folder, kind)) != before[kind]
        assert read_key(key_path(folder, kind, Stage.OLD)) == before[kind]
    told.clock.pass_by(days=31)
    assert len(retire(told.house)) == 2
    house = anew(told)
    assert name_of(house, code_of(told)) == CANARY
    assert verify(house.database, house.keyring).sound
    house.close()


def test_a_process_that_was_started_before_goes_on_and_wraps_under_the_new_key(told: Told) -> None:
    desk = anew(told)
    rotate(told.house)
    assert name_of(desk, code_of(told)) == CANARY
    handled = desk.handling.handle(open_case(desk))
    desk.close()
    told.clock.pass_by(days=31)
    retire(told.house)
    house = anew(told)
    assert name_of(house, handled.state.code) == CANARY
    house.close()


def test_a_process_that_opened_nothing_before_reads_the_new_key_when_it_meets_it(told: Told) -> None:
    engine = anew(told, with_vault=False)
    rotate(told.house)
    told.clock.pass_by(days=31)
    retire(told.house)
    assert case_view(engine.database, engine.keyring, code_of(told)).person is None
    engine.close()


@pytest.mark.parametrize("at", ["write_key", "put_next_in_use", "put_in_force", "rewrap", "keep"])
@pytest.mark.parametrize("after", [False, True])
def test_killed_half_way_it_goes_on_when_called_again(
    told: Told, monkeypatch: pytest.MonkeyPatch, at: str, *, after: bool
) -> None:
    owner: object = rotating if hasattr(rotating, at) else KeyStore
    real = getattr(owner, at)

    def dies(*given: object) -> object:
        if after:
            real(*given)
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(owner, at, dies)
        with pytest.raises(KeyboardInterrupt):
            rotate(told.house)
    house = anew(told)
    assert name_of(house, code_of(told)) == CANARY
    handled = house.handling.handle(open_case(house))
    rotate(house)
    house.close()
    told.clock.pass_by(days=31)
    house = anew(told)
    retire(house)
    house.close()
    house = anew(told)
    assert [name_of(house, code) for code in (code_of(told), handled.state.code)] == [CANARY, CANARY]
    house.close()


def test_there_are_never_three_keys(told: Told) -> None:
    rotate(told.house)
    with pytest.raises(OldKeyKept):
        rotate(told.house)


def test_an_old_key_stays_while_backups_need_it(told: Told) -> None:
    rotate(told.house)
    with pytest.raises(TooSoonToRetire):
        retire(told.house)
    assert len(retire(told.house, at_once=True)) == 2


def test_an_older_key_store_that_was_put_back_is_rewrapped_under_the_key_in_use(told: Told) -> None:
    store = told.house.keyring.store
    with store._database.read() as connection:
        older = connection.execute(select(WRAPPED_KEYS)).all()
    rotate(told.house)
    with store._database.write() as connection:
        connection.execute(WRAPPED_KEYS.delete())
        connection.execute(WRAPPED_KEYS.insert(), [dict(row._mapping) for row in older])
    with pytest.raises(StillWrapped):
        retire(told.house, at_once=True)
    assert [one.rewrapped for one in rotate(told.house)] == [1, 1]
    retire(told.house, at_once=True)


def test_a_key_store_that_goes_by_another_key_says_which_one_is_missing(told: Told) -> None:
    told.house.keyring.store.put_in_force("vault", "0123456789abcdef", told.clock.now())
    with pytest.raises(KeyNotInUse, match="0123456789abcdef"):
        anew(told)


def test_the_old_key_opens_nothing_afterwards(told: Told) -> None:
    folder, store = told.house.settings.key_folder, told.house.keyring.store
    old = read_key(key_path(folder, "vault"))
    rotate(told.house)
    from models.wrapping import WrappingKeys

    wrapped = store.wrapped(told.case_id, "vault")
    assert wrapped is not None
    with pytest.raises(SealBroken):
        WrappingKeys({"vault": [old]}).unwrap(told.case_id, "vault", wrapped)
    assert store.in_force()["vault"] == fingerprint(read_key(key_path(folder, "vault")))


def test_second_factors_open_after_it_too(told: Told) -> None:
    before = told.house.keyring.people_key
    rotate(told.house)
    told.clock.pass_by(days=31)
    retire(told.house)
    house = anew(told)
    assert house.keyring.people_key == before
    house.close()

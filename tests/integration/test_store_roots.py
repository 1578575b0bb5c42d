"""A root over all chains: made where something moved, by one at a time, signed by a key that is the house's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from models.act_tables import ActHead
from models.composition import open_house
from models.keyring_errors import KeyMissing
from models.root_checks import OF_HOUSE
from models.rootkeys import PUBLIC, StrangeRootKey, is_signed, public_root_key, root_key
from models.roots import CHAIN, Root, RootMaker
from models.store_errors import StoreFailed
from models.trail import verify
from procedures.commands import AcceptHandoff
from tests.houses import CARRIERS, Told, only_handoff

pytestmark = pytest.mark.slow


@pytest.fixture
def told(tmp_path: Path, database_settings: str) -> Iterator[Told]:
    told = Told(tmp_path / "data", CARRIERS + database_settings)
    yield told
    told.close()


def maker(told: Told) -> RootMaker:
    return RootMaker(told.house.database, root_key(told.house.settings.key_folder, may_make=True))


def made(told: Told, by: RootMaker) -> Root:
    root = by.make(told.clock.now())
    assert root is not None
    return root


def faults(told: Told) -> list[tuple[str, int | None]]:
    return [(fault.code, fault.seq) for fault in verify(told.house.database, told.house.keyring).faults]


def test_a_root_is_made_where_something_moved_and_nowhere_else(told: Told) -> None:
    roots = maker(told)
    first = made(told, roots)
    assert roots.make(told.clock.now()) is None
    ref = only_handoff(told.opened()).ref
    opened = made(told, roots)
    told.say(AcceptHandoff, ref=ref)
    accepted = made(told, roots)
    assert [root.number for root in (first, opened, accepted)] == [1, 2, 3]
    assert first.entries < opened.entries < accepted.entries
    assert faults(told) == []


def test_whoever_comes_later_goes_on_where_the_other_was(told: Told) -> None:
    one, other = maker(told), maker(told)
    made(told, one)
    told.opened()
    assert made(told, other).number == 2
    assert one.make(told.clock.now()) is None
    told.opened()
    assert made(told, one).number == 3
    assert faults(told) == []


def test_of_two_at_once_one_makes_it(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = maker(told), maker(told)
    heads = one._heads
    monkeypatch.setattr(one, "_heads", lambda moved: (made(told, other), heads(moved))[1])
    assert one.make(told.clock.now()) is None
    monkeypatch.undo()
    told.opened()
    assert made(told, one).number == 2
    assert faults(told) == []


def test_a_root_is_signed_with_the_key_of_the_house(told: Told) -> None:
    root = made(told, maker(told))
    public = public_root_key(told.house.settings.key_folder)
    assert public is not None
    assert is_signed(public, root.signature, root.signed_text)
    assert not is_signed(bytes(32), root.signature, root.signed_text)
    modes = {path.name: path.stat().st_mode & 0o777 for path in told.house.settings.key_folder.iterdir()}
    assert (modes["root.key"], modes[PUBLIC]) == (0o400, 0o444)


def test_a_house_that_is_older_than_roots_gets_its_key_with_the_first(told: Told) -> None:
    folder = told.house.settings.key_folder
    (folder / "root.key").unlink()
    with pytest.raises(KeyMissing):
        root_key(folder, may_make=False)
    made(told, maker(told))
    assert (folder / "root.key").exists()


def test_another_key_makes_no_root_after_those_of_the_first(told: Told) -> None:
    made(told, maker(told))
    (told.house.settings.key_folder / "root.key").unlink()
    told.opened()
    with pytest.raises(StrangeRootKey):
        maker(told).make(told.clock.now())


def test_roots_without_the_key_that_checks_them_are_a_fault(told: Told) -> None:
    made(told, maker(told))
    for name in ("root.key", PUBLIC):
        (told.house.settings.key_folder / name).unlink()
    assert faults(told) == [("root", None)]


def test_every_chain_of_the_house_is_checked_against_the_roots(told: Told) -> None:
    """Whoever adds a chain adds it to `OF_HOUSE`."""
    with told.house.database.read() as connection:
        names = set(connection.execute(select(ActHead.name)).scalars())
    assert names == {chain.name for chain in OF_HOUSE} | {CHAIN.name}


def test_no_vault_key_is_needed_to_make_one(told: Told) -> None:
    dispatcher = open_house(told.house.settings.data, with_vault=False)
    key = root_key(dispatcher.settings.key_folder, may_make=True)
    assert RootMaker(dispatcher.database, key).make(told.clock.now()) is not None
    dispatcher.close()


@pytest.mark.parametrize(
    ("table", "change", "row"),
    [
        ("roots", "chains = 9", None),
        ("root_heads", "seq = 9", None),
        ("anchors", "root = 9", "('a', 1, 'stamp', '2026-11-24 20:00:00+00', true, NULL, NULL)"),
        ("anchor_wishes", "why = 'x'", "('a', '2026-11-24 20:00:00+00', 'export')"),
    ],
)
def test_the_database_itself_refuses_to_change_them(told: Told, table: str, change: str, row: str | None) -> None:
    made(told, maker(told))
    if row is not None:
        with told.house.database.write() as connection:
            connection.exec_driver_sql(f"INSERT INTO {table} VALUES {row}")  # noqa: S608  # ours
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET {change}"):  # noqa: S608  # ours
        with (
            pytest.raises(StoreFailed, match=r"CONSTRAINT_TRIGGER|IntegrityConstraintViolation"),
            told.house.database.write() as connection,
        ):
            connection.exec_driver_sql(statement)

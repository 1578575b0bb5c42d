"""The address of a database: what it may be, where it may stand, and what every line to it has."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from models.composition import open_house
from models.postgresql import address
from models.settings import BadSettings, load_settings
from models.settings_faults import SettingsReadableByOthers
from models.store_errors import BadDatabaseAddress, StoreBusy, StoreFailed, StoreUnsafe
from tests.databases import Cluster, said
from tests.houses import CARRIERS, Told

KEY = "[database] url"


@pytest.fixture
def told(tmp_path: Path, cluster: Cluster, postgresql: str) -> Iterator[Told]:
    told = Told(tmp_path / "data", CARRIERS + said(cluster.address(postgresql)))
    yield told
    told.close()


@pytest.mark.slow
def test_a_statement_that_takes_too_long_is_given_up(told: Told) -> None:
    started = time.monotonic()
    long = "SET LOCAL statement_timeout = '50ms'; SELECT pg_sleep(10)"
    with pytest.raises(StoreBusy), told.house.database.read() as connection:
        connection.exec_driver_sql(long)
    assert time.monotonic() - started < 5


@pytest.mark.slow
def test_every_connection_has_limits_and_says_nothing_about_anybody(told: Told) -> None:
    asked = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "TimeZone", "application_name")
    with told.house.database.read() as connection:
        found = [connection.execute(text(f"SHOW {name}")).scalar_one() for name in asked]
    assert found == ["10s", "5s", "30s", "UTC", "staffetta"]


def test_a_server_that_may_lose_what_it_confirmed_starts_nothing(told: Told) -> None:
    # The tests' own server is such a one: it is quick, and never loses its machine.
    with pytest.raises(StoreUnsafe, match="fsync is off"):
        told.house.database.check()


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("postgresql+psycopg://u:p@db.example.org/staffetta?sslmode=require", "verify-full"),
        ("postgresql+psycopg://u:p@localhost,db.example.org/staffetta?sslmode=disable", "verify-full"),
        ("postgresql+psycopg://u:p@/staffetta?host=localhost&hostaddr=192.0.2.7&sslmode=prefer", "verify-full"),
        ("postgresql+asyncpg://u:p@localhost/staffetta", "write it as"),
        ("postgresql+psycopg://u:p@localhost:port/staffetta", "write it as"),
    ],
)
def test_an_address_that_leads_over_an_unguarded_line_is_refused_without_its_password(url: str, why: str) -> None:
    with pytest.raises(BadDatabaseAddress, match=why) as refused:
        address(url.replace("u:p@", "u:hunter2@"), KEY)
    assert "hunter2" not in str(refused.value)


def test_to_another_machine_the_line_is_guarded_unasked() -> None:
    assert address("postgresql://db.example.org/staffetta", KEY).query["sslmode"] == "verify-full"
    for here in ("localhost", "127.0.0.1", "[::1]"):
        assert "sslmode" not in address(f"postgresql://{here}/staffetta", KEY).query
    assert "sslmode" not in address("postgresql:///staffetta?host=/run/postgresql", KEY).query


def test_the_address_may_stand_in_a_file_of_its_owner(tmp_path: Path, cluster: Cluster, postgresql: str) -> None:
    secret = tmp_path / "database.url"
    secret.write_text(cluster.address(postgresql) + "\n", encoding="utf-8")
    secret.chmod(0o400)
    (tmp_path / "staffetta.toml").write_text(f'[database]\nurl_file = "{secret}"\n', encoding="utf-8")
    house = open_house(tmp_path, with_vault=True)
    assert house.database.shared
    house.close()
    secret.chmod(0o440)
    with pytest.raises(SettingsReadableByOthers):
        open_house(tmp_path, with_vault=True)
    secret.unlink()
    with pytest.raises(BadSettings, match="cannot be read"):
        open_house(tmp_path, with_vault=True)


def test_an_address_is_given_once(tmp_path: Path) -> None:
    (tmp_path / "staffetta.toml").write_text('[database]\nurl = "sqlite:///x"\nurl_file = "/x"\n', encoding="utf-8")
    with pytest.raises(BadSettings, match="give it once"):
        load_settings(tmp_path)


def test_a_database_that_is_not_there_is_said_in_one_line(tmp_path: Path, cluster: Cluster) -> None:
    (tmp_path / "staffetta.toml").write_text(said(cluster.address("nowhere")), encoding="utf-8")
    with pytest.raises(StoreFailed) as refused:
        open_house(tmp_path, with_vault=True)
    assert "\n" not in str(refused.value)

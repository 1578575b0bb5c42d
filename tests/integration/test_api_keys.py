"""Keys of programs: shown once, kept as a hash, for what they were given alone, until they end."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner, Result

from cli.main import app
from models.apikeys import KeyRefused, program_of
from models.composition import open_house
from models.network import import_network, sample_network
from models.programs import OF_ONE_BODY, Operation
from tests.integration.apihouse import TO_OPEN, api_house, caller
from tests.integration.webhouse import BASE, WebHouse
from web.api.operations import Operation as Line
from web.api.table import OPERATIONS
from web.sessions import wall

pytestmark = pytest.mark.slow


@pytest.fixture
def house(tmp_path: Path) -> Iterator[WebHouse]:
    with api_house(tmp_path / "data") as (made, _):
        yield made


def status_and_type(house: WebHouse, authorization: str) -> tuple[int, str]:
    answer = TestClient(house.app, base_url=BASE).get("/api/v1/cases", headers={"Authorization": authorization})
    assert answer.headers["www-authenticate"].startswith("Bearer")
    return answer.status_code, answer.json()["type"].removeprefix("urn:staffetta:problem:")


@pytest.mark.slow
def test_without_a_key_of_this_house_nothing_is_answered(house: WebHouse) -> None:
    secret = caller(house, "one").secret
    for shown in ("", "Bearer", "Bearer ", f"Basic {secret}", f"Bearer {secret}x", f"Bearer {secret[:-1]}", secret):
        assert status_and_type(house, shown) == (401, "key-refused"), shown


def test_a_key_that_ended_or_was_taken_back_says_so_to_its_holder(house: WebHouse) -> None:
    ended = caller(house, "ended", days=1, made_ago=timedelta(days=1, seconds=1))
    assert status_and_type(house, f"Bearer {ended.secret}") == (401, "key-expired")

    taken = caller(house, "taken")
    assert taken.get("/cases").status_code == 200
    house_of(house, "key-revoke", "taken")
    assert status_and_type(house, f"Bearer {taken.secret}") == (401, "key-revoked")


def house_of(house: WebHouse, *words: str) -> Result:
    return run(house.house.settings.data, *words)


def run(data: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["user", *words, "--data", str(data), "--language", "en"])


def test_a_sign_in_of_the_desk_opens_no_api(house: WebHouse) -> None:
    operator = house.operator()
    assert operator.get("/api/v1/cases").status_code == 401
    assert operator.post("/api/v1/cases", json=TO_OPEN).status_code == 401


def test_a_key_stands_in_no_address(house: WebHouse) -> None:
    secret = caller(house, "one").secret
    answer = TestClient(house.app, base_url=BASE).get(f"/api/v1/cases?key={secret}")
    assert answer.status_code == 401
    assert secret not in house.log.getvalue()


@pytest.mark.parametrize("line", [one for one in OPERATIONS if one.may], ids=lambda one: str(one.name))
@pytest.mark.slow
def test_a_key_may_do_what_it_was_given_and_nothing_else(house: WebHouse, line: Line) -> None:
    assert line.may is not None
    every_other = caller(house, "others", may=set(Operation) - {line.may})
    path = line.path.replace("{code}", "C-0000-0000").replace("{ref}", "00000-00000")

    answer = every_other.post(path, line.asked) if line.method == "POST" else every_other.get(path)

    assert (answer.status_code, answer.json()["type"]) == (403, "urn:staffetta:problem:operation-not-given")
    assert str(line.may) in answer.json()["detail"]


def test_the_secret_is_kept_nowhere(house: WebHouse) -> None:
    secret = caller(house, "one").secret
    caller(house, "two").open_case()
    data = house.house.settings.data
    kept = b"".join(file.read_bytes() for file in data.rglob("*") if file.is_file())
    assert secret.encode() not in kept
    assert secret.removeprefix("sk_").encode() not in kept
    assert len(secret) == len("sk_") + 43


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    made = open_house(tmp_path / "data", with_vault=True)
    import_network(made.database, sample_network(), "network.yaml", made.clock.now())
    made.close()
    return tmp_path / "data"


def test_a_key_made_on_the_command_line_opens_the_door_and_is_listed_without_its_secret(data: Path) -> None:
    made = run(data, "key-add", "triage", "--body", "ospedale_san_vito", "--may", "cases.open", "--days", "30")
    assert made.exit_code == 0, made.stderr
    secret = made.stdout.strip()
    opened = open_house(data, with_vault=False)
    program = program_of(opened.database, secret, wall())
    opened.close()
    assert (program.name, program.body, *program.operations) == ("triage", "ospedale_san_vito", "cases.open")
    assert timedelta(days=29) < program.expires_at - wall() < timedelta(days=30)

    listed = run(data, "key-list", "--json")
    assert json.loads(listed.stdout)[0]["operations"] == ["cases.open"]
    assert secret not in listed.stdout
    assert "triage" in run(data, "key-list").stdout


def test_a_revoked_key_stays_in_the_list_and_its_name_is_not_given_again(data: Path) -> None:
    run(data, "key-add", "triage", "--may", "cases.read")
    assert run(data, "key-revoke", "triage").exit_code == 0
    (row,) = json.loads(run(data, "key-list", "--json").stdout)
    assert row["revoked_at"] is not None
    assert run(data, "key-add", "triage", "--may", "cases.read").exit_code == 1


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["key-add", "triage"], 1),
        (["key-add", "", "--may", "cases.open"], 1),
        (["key-add", "x" * 61, "--may", "cases.open"], 1),
        (["key-add", "triage", "--may", "cases.*"], 4),
        (["key-add", "triage", "--may", "cases.open", "--days", "91"], 1),
        (["key-add", "triage", "--may", "cases.open", "--days", "0"], 1),
        (["key-add", "triage", "--may", "cases.open", "--body", "nobody"], 4),
        (["key-add", "triage", "--may", "cases.read", "--body", "questura"], 1),
        (["key-revoke", "nobody"], 4),
    ],
)
@pytest.mark.slow
def test_a_key_that_cannot_be_is_told_in_a_line(data: Path, words: list[str], status: int) -> None:
    ran = run(data, *words)
    assert (ran.exit_code, ran.stdout) == (status, "")
    assert 1 <= len(ran.stderr.splitlines()) <= 3
    assert json.loads(run(data, "key-list", "--json").stdout) == []


@pytest.mark.parametrize("operation", sorted(set(Operation) - OF_ONE_BODY))
@pytest.mark.slow
def test_what_is_the_coordinations_alone_is_given_to_no_body(data: Path, operation: str) -> None:
    assert run(data, "key-add", "triage", "--may", operation, "--body", "questura").exit_code == 1


def test_a_hash_put_into_the_database_is_no_key(data: Path) -> None:
    run(data, "key-add", "triage", "--may", "cases.read")
    with closing(sqlite3.connect(data / "staffetta.sqlite")) as raw:
        (kept,) = raw.execute("SELECT secret_hash FROM api_keys").fetchone()
    opened = open_house(data, with_vault=False)
    with pytest.raises(KeyRefused):
        program_of(opened.database, kept, wall())
    opened.close()

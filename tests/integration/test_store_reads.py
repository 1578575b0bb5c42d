"""Who looked at a case is noted before the page is sent, in a chain that nobody bends."""

import json
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient
from typer.testing import CliRunner

from cli.main import app
from models import reads as reading
from models.accounts import FIRST_OPERATOR, operator_named
from models.adding_accounts import add_operator
from models.reads import AGAIN_AFTER, ReadKind, note_reads, reads, seen_case
from models.store_errors import StoreBusy
from models.trail import verify
from models.views import case_id_of
from procedures.errors import UnknownCase
from procedures.people import Role
from tests.integration.webhouse import CANARY, WebHouse

pytestmark = pytest.mark.slow
ANNA, BERTA = "anna", "berta"


def seen(desk: WebHouse, code: str | None = None) -> list[tuple[str, ReadKind]]:
    return [(one.actor, one.kind) for one in reversed(reads(desk.house.database, code))]


def actor_of(desk: WebHouse, name: str = FIRST_OPERATOR) -> str:
    return f"operator:{operator_named(desk.house.database, name)}"


def coordinating(desk: WebHouse) -> list[str]:
    """Anna and Berta, who co-ordinate the network: how the trail names them."""
    for name in (ANNA, BERTA):
        add_operator(desk.house.database, name, frozenset({Role.COORDINATOR}), desk.clock.now(), "shell")
    return [actor_of(desk, name) for name in (ANNA, BERTA)]


def test_whoever_opens_the_page_of_a_case_is_noted(desk: WebHouse, operator: TestClient) -> None:
    code, other = desk.open_case(), desk.open_case()
    assert operator.get(f"/cases/{code}").status_code == 200
    assert seen(desk, code) == [(actor_of(desk), ReadKind.CASE)]
    assert seen(desk, other) == []
    assert verify(desk.house.database, desk.house.keyring).sound


@pytest.mark.parametrize("page", ["", "/live", "/who-now", "/handoffs/REF"])
def test_every_page_of_a_case_counts(desk: WebHouse, operator: TestClient, page: str) -> None:
    code = desk.open_case()
    assert operator.get(f"/cases/{code}{page}".replace("REF", desk.first(code).ref)).status_code == 200
    assert len(seen(desk, code)) == 1


def test_the_board_is_no_look_at_a_case(desk: WebHouse, operator: TestClient) -> None:
    desk.open_case()
    operator.get("/")
    operator.get("/board")
    assert seen(desk) == []


def test_a_page_that_is_looked_at_again_within_ten_minutes_is_noted_once(desk: WebHouse) -> None:
    code = desk.open_case()
    anna, berta = coordinating(desk)
    for actor in (anna, anna, berta):
        seen_case(desk.house, code, actor)
    assert [actor for actor, _ in seen(desk, code)] == [anna, berta]
    desk.clock.pass_by(seconds=AGAIN_AFTER.total_seconds())
    seen_case(desk.house, code, anna)
    assert [actor for actor, _ in seen(desk, code)] == [anna, berta, anna]


def test_whoever_asks_for_what_is_not_there_looked_at_no_case(desk: WebHouse) -> None:
    anna, _ = coordinating(desk)
    with pytest.raises(UnknownCase):
        seen_case(desk.house, "C-0000-0000", anna)
    assert seen(desk) == [(anna, ReadKind.TRIED)]


def test_where_it_cannot_be_noted_there_is_no_page(
    desk: WebHouse, operator: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = desk.open_case()

    def busy(*_: object) -> None:
        raise StoreBusy

    monkeypatch.setattr(reading, "note_reads", busy)
    answer = operator.get(f"/cases/{code}")
    assert answer.status_code == 503
    assert CANARY not in answer.text


def test_what_is_handed_out_is_noted_each_time(desk: WebHouse) -> None:
    code = desk.open_case()
    for _ in range(2):
        run(desk, "audit", "export", code)
    assert seen(desk, code) == [("shell", ReadKind.EXPORT)] * 2


def test_the_command_line_says_who_looked_by_her_account(desk: WebHouse, operator: TestClient) -> None:
    code = desk.open_case()
    operator.get(f"/cases/{code}")
    run(desk, "case", "trail", code)
    told = json.loads(run(desk, "audit", "reads", code, "--json"))
    assert [(one["actor"], one["kind"]) for one in told] == [("shell", "trail"), (actor_of(desk), "case")]
    assert FIRST_OPERATOR in run(desk, "audit", "reads", code)


def run(desk: WebHouse, *words: str) -> str:
    ran = CliRunner().invoke(app, [*words, "--data", str(desk.house.settings.data), "--language", "en"])
    assert ran.exit_code == 0, ran.stderr
    return ran.stdout


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        ("UPDATE reads SET actor = 'operator:x' WHERE seq = 1", "hash"),
        ("DELETE FROM reads WHERE seq = 1", "chain"),
        ("DELETE FROM reads WHERE seq = 2", "tail"),
    ],
)
def test_the_check_finds_a_look_that_was_taken_away(desk: WebHouse, damage: str, code: str) -> None:
    case_id = case_id_of(desk.house.database, desk.open_case())
    for actor in (ANNA, BERTA):
        note_reads(desk.house.database, [case_id], actor, ReadKind.CASE, desk.clock.now())
    raw = sqlite3.connect(Path(desk.house.settings.data) / "staffetta.sqlite")
    with pytest.raises(sqlite3.IntegrityError):
        raw.execute(damage)
    with raw:
        raw.execute("DROP TRIGGER reads_no_update")
        raw.execute("DROP TRIGGER reads_no_delete")
        raw.execute(damage)
    raw.close()
    assert code in {fault.code for fault in verify(desk.house.database, desk.house.keyring).faults}


def test_a_look_names_nobody_and_nothing(desk: WebHouse, operator: TestClient) -> None:
    operator.get(f"/cases/{desk.open_case()}")
    with desk.house.database.read() as connection:
        kept = str(connection.execute(text("SELECT * FROM reads")).all())
    assert CANARY not in kept
    assert FIRST_OPERATOR not in kept

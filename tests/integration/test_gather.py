"""Her right of access: all that is held of her in one file, and nobody else in it."""

import json
import stat
from contextlib import closing
from pathlib import Path

import pytest

from models import gathering
from models.composition import open_house
from models.gathering import gather
from models.reads import ReadKind, reads
from models.safe_ways import name_way
from models.store_errors import StoreBusy
from procedures.commands import OpenCase, Person, Road
from procedures.safe_ways import Way, WayKind
from tests.integration.test_cli_cases import Run, prepared, run

pytestmark = pytest.mark.slow

__all__ = ["prepared", "run"]
HERS, CHILDS = "wants_legal_help", "child_born_on"


@pytest.fixture
def code(run: Run, tmp_path: Path) -> str:
    """A case with a name, a fact of hers, one of her child, and somebody who is kept away."""
    with closing(open_house(tmp_path / "data", with_vault=True)) as house:
        directory = house.procedures.directory()
        handled = house.handling.handle(
            OpenCase(
                id=house.ids.new_id(),
                case_id=house.ids.new_id(),
                actor="operator:7",
                road=Road.DESK,
                code=house.ids.case_code(),
                seed=house.ids.seed(),
                pathway="shelter",
                territory="valle_chiara",
                facts={"risk": "high", CHILDS: "2018-05-03"},
                consents=frozenset({"shelter"}),
                exclusions=frozenset({min(directory.people)}),
                person=Person(name="Zefirina", safe_contact="a friend", note="free text"),
            )
        )
    return handled.state.code


def test_how_she_is_reached_and_what_was_written_to_her_is_in_it(run: Run, code: str, tmp_path: Path) -> None:
    with closing(open_house(tmp_path / "data", with_vault=True)) as house:
        name_way(house, code, "shell", Way(WayKind.SMS, "333 555 0123", when="dopo le nove"), "0123456789abcdef01")
    file = tmp_path / "for-her.html"
    done = run("case", "gather", code, "--to", str(file))
    assert done.exit_code == 0, done.stderr
    assert "+393335550123" in file.read_text(encoding="utf-8")
    assert "dopo le nove" in file.read_text(encoding="utf-8")


def test_one_file_holds_what_is_kept_of_her_and_nobody_else(run: Run, code: str, tmp_path: Path) -> None:
    text = tmp_path / "it.txt"
    text.write_text("Il testo letto.", encoding="utf-8")
    run("procedures", "consent-text", "shelter", "--text", f"it={text}")
    run("case", "consent", code, "shelter", "given", "--how", "in_person", "--asked-in", "it")
    file = tmp_path / "for-her.json"
    done = run("case", "gather", code, "--to", str(file))
    assert done.exit_code == 0, done.stderr
    held = json.loads(file.read_text(encoding="utf-8"))
    assert (held["name"], held["safe_contact"], held["note"]) == ("Zefirina", "a friend", "free text")
    assert held["facts"] == {"risk": "high"}
    assert held["about_others"] == 1
    assert held["consents"][0]["read_out"] == {"it": "Il testo letto."}
    assert [one["what"] for one in held["said"]] == ["consent_given", "consent_given"]
    assert held["handoffs"][0]["step"] == "find_place"
    assert held["kept_away"] == 1
    everything = file.read_text(encoding="utf-8")
    with closing(open_house(tmp_path / "data", with_vault=True)) as house:
        people = house.procedures.directory().people.values()
        assert not [one.name for one in people if one.name in everything or f'"{one.id}"' in everything]
    assert "2018-05-03" not in everything


def test_the_page_is_read_in_her_language_and_its_title_betrays_nothing(run: Run, code: str, tmp_path: Path) -> None:
    file = tmp_path / "for-her.html"
    assert run("case", "gather", code, "--to", str(file)).exit_code == 0
    page = file.read_text(encoding="utf-8")
    assert f"<title>{code}</title>" in page
    assert "What is kept about you" in page
    assert "Zefirina" in page
    assert "where you can be reached safely" in page


def test_its_owner_alone_can_read_it_and_no_file_is_written_over(run: Run, code: str, tmp_path: Path) -> None:
    file = tmp_path / "for-her.html"
    done = run("case", "gather", code, "--to", str(file))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "Nothing in it is encrypted" in done.stderr
    again = run("case", "gather", code, "--to", str(file))
    assert again.exit_code == 1
    assert "it is there already" in again.stderr


def test_it_is_noted_each_time_and_where_it_cannot_be_there_is_no_file(
    run: Run, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one.json", "two.json"):
        run("case", "gather", code, "--to", str(tmp_path / name))
    with closing(open_house(tmp_path / "data", with_vault=True)) as house:
        assert [one.kind for one in reads(house.database, code)] == [ReadKind.GATHERED] * 2
    looks = json.loads((tmp_path / "two.json").read_text(encoding="utf-8"))["looks"]
    assert [(one["role"], one["what"]) for one in looks] == [("shell", "gathered")] * 2, "this very look stands in it"

    def busy(*_anything: object) -> None:
        raise StoreBusy

    monkeypatch.setattr(gathering, "seen_case", busy)
    assert run("case", "gather", code, "--to", str(tmp_path / "three.json")).exit_code == 1
    assert not (tmp_path / "three.json").exists()


def test_whoever_looked_is_told_by_role_alone(run: Run, code: str, tmp_path: Path) -> None:
    del run
    with closing(open_house(tmp_path / "data", with_vault=True)) as house:
        found = gather(house, code, "program:31")
    assert [look.role for look in found.looks] == ["program"]
    assert "31" not in [look.role for look in found.looks]

"""Editions on the command line: proposed, adopted by two, listed; and whatever somebody gets wrong on the way."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from procedures.loading import SHIPPED, shipped_library

pytestmark = pytest.mark.slow

SHELTER = (SHIPPED / "shelter.yaml").read_text(encoding="utf-8").replace("edition: 1\n", "edition: 2\n")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once: keys and passwords take their time."""
    folder = tmp_path_factory.mktemp("made") / "data"
    (folder / "procedures").mkdir(parents=True)
    (folder / "procedures" / "shelter.yaml").write_text(SHELTER, encoding="utf-8")
    for name in ("anna", "berta"):
        assert run(folder, "user", "add", name).exit_code == 0
    return folder


@pytest.fixture
def data(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "data", ignore=shutil.ignore_patterns("run"))


def run(data: Path, *words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--data", str(data), "--language", "en"])


def procedures(data: Path, *words: str) -> Result:
    return run(data, "procedures", *words)


def proposed(data: Path, by: str = "anna") -> Result:
    return procedures(data, "propose", str(data / "procedures" / "shelter.yaml"), "--by", by)


@pytest.mark.slow
def test_an_edition_goes_from_the_file_into_force_by_two_people(data: Path) -> None:
    assert "nobody proposed it" in procedures(data, "editions", "shelter").stderr
    assert "is proposed" in proposed(data).stderr
    assert "Somebody else has to adopt it" in procedures(data, "adopt", "shelter", "2", "--by", "anna").stderr
    assert "is in force" in procedures(data, "adopt", "shelter", "2", "--by", "berta").stderr
    ran = procedures(data, "editions", "shelter", "--json")
    told = [
        (one["edition"], one["state"], [a["by"] for a in one["adopted"]]) for one in json.loads(ran.stdout)["editions"]
    ]
    assert told == [(1, "past", []), (2, "in_force", ["anna", "berta"])]
    assert procedures(data, "editions").stderr == ""


def test_the_doctor_says_that_a_file_is_not_used(data: Path) -> None:
    ran = run(data, "doctor")
    assert "shelter.yaml is not used: nobody proposed it." in ran.stdout


def test_the_trail_is_checked_with_the_acts(data: Path) -> None:
    proposed(data)
    ran = run(data, "audit", "verify", "--json")
    acts = len(shipped_library().current) + 1
    assert json.loads(ran.stdout) == {
        "cases": 0,
        "events": 0,
        "acts": acts,
        "person_acts": 2,
        "reads": 0,
        "relation_acts": 0,
        "erasure_acts": 0,
        "way_acts": 0,
        "audit_acts": 0,
        "network_acts": 0,
        "standing_acts": 0,
        "erased": 0,
        "roots": 0,
        "stamped_at": None,
        "stamped_until": None,
        "stamps": 0,
        "stamps_unchecked": 0,
        "unchanged_until": None,
        "sound": True,
        "faults": [],
    }


def test_a_shipped_pathway_is_named_without_its_file(data: Path) -> None:
    ran = procedures(data, "propose", "shelter", "--by", "anna")
    assert (ran.exit_code, "in force already" in ran.stderr) == (5, True)


WRONG = [
    (("propose", "nowhere.yaml", "--by", "anna"), 1, "cannot be read"),
    (("propose", "shelter", "--by", "nobody"), 4, "No account has this name"),
    (("adopt", "shelter", "7", "--by", "anna"), 5, "Edition 7 of shelter is not proposed. Open proposals: 2."),
    (("adopt", "nothing", "1", "--by", "anna"), 5, "Edition 1 of nothing is not proposed. Open proposals: -."),
    (("withdraw", "shelter", "1", "--by", "anna"), 5, "is not proposed"),
    (("editions", "nothing"), 4, "No pathway is called nothing"),
]


@pytest.mark.parametrize(("words", "code", "said"), WRONG)
@pytest.mark.slow
def test_what_is_wrong_is_said_with_a_remedy_and_changes_nothing(
    words: tuple[str, ...], code: int, said: str, data: Path
) -> None:
    proposed(data)
    before = procedures(data, "editions", "--json").stdout
    ran = procedures(data, *words)
    assert ran.exit_code == code
    assert said in ran.stderr
    assert procedures(data, "editions", "--json").stdout == before


def test_a_text_with_a_fault_is_refused_with_its_place(data: Path) -> None:
    file = data / "procedures" / "shelter.yaml"
    file.write_text(SHELTER.replace("edition: 2\n", "edition: 2\nnonsense: true\n"), encoding="utf-8")
    ran = proposed(data)
    assert ran.exit_code == 3
    assert "shelter.yaml:" in ran.stderr + ran.stdout
    assert "nonsense" in ran.stderr + ran.stdout


def test_a_changed_text_needs_a_higher_number(data: Path) -> None:
    proposed(data)
    file = data / "procedures" / "shelter.yaml"
    file.write_text(SHELTER + "# one word more\n", encoding="utf-8")
    assert "known with another text" in proposed(data, by="berta").stderr
    assert "was changed since edition 2" in procedures(data, "adopt", "shelter", "2", "--by", "berta").stderr


@pytest.mark.parametrize("name", ["", " ", "x" * 41, "a\x07b"])
def test_an_account_needs_a_name_that_can_be_read(name: str, data: Path) -> None:
    ran = run(data, "user", "add", name)
    assert (ran.exit_code, "name of an account" in ran.stderr) == (1, True)


def test_an_account_is_made_once(data: Path) -> None:
    ran = run(data, "user", "add", " anna ")
    assert (ran.exit_code, "already" in ran.stderr) == (1, True)


def adopted(data: Path) -> None:
    proposed(data)
    for name in ("anna", "berta"):
        procedures(data, "adopt", "shelter", "2", "--by", name)


def running(data: Path) -> str:
    """The code of a case in which the shelter pathway runs by the edition that ships."""
    network = Path("models/samples/network.yaml")
    assert run(data, "network", "import", str(network)).exit_code == 0
    opened = run(
        data,
        *("case", "open", "--pathway", "shelter", "--consent", "shelter", "--territory", "valle_chiara", "--drill"),
    )
    return opened.stdout.split()[0]


@pytest.mark.slow
def test_running_cases_are_previewed_and_then_moved(data: Path) -> None:
    code = running(data)
    adopted(data)
    shown = procedures(data, "move", "shelter", "--all", "--preview")
    assert f"{code}, " in shown.stdout
    assert "from edition 1 to edition 2\n    At work, and goes on: Find a protected place." in shown.stdout
    assert "Nothing changes for it now" in shown.stdout
    moved = procedures(data, "move", "shelter", "--case", code, "--reason", "law_changed", "--by", "anna")
    assert "(moved)" in moved.stdout
    assert procedures(data, "move", "shelter", "--all", "--preview").stdout == ""
    assert "goes by edition 2 from now on (before: 1)" in run(data, "case", "trail", code).stdout
    assert run(data, "audit", "verify").exit_code == 0


WRONG_MOVES = [
    (("shelter",), 2, "--case CODE | --all"),
    (("shelter", "--all"), 2, "--reason"),
    (("shelter", "--all", "--reason", "law_changed"), 2, "--by"),
    (("shelter", "--all", "--reason", "because", "--by", "anna"), 4, "because"),
    (("shelter", "--all", "--reason", "law_changed", "--by", "nobody"), 4, "No account"),
    (("shelter", "--all", "--preview", "--to", "7"), 5, "is not in force"),
    (("nothing", "--all", "--preview"), 4, "No pathway is called nothing"),
    (("shelter", "--case", "C-0000-0000", "--preview"), 4, "No such case"),
]


@pytest.mark.parametrize(("words", "code", "said"), WRONG_MOVES)
def test_a_move_that_is_not_understood_is_refused(words: tuple[str, ...], code: int, said: str, data: Path) -> None:
    ran = procedures(data, "move", *words)
    assert (ran.exit_code, said in ran.stderr) == (code, True), ran.stderr


def test_an_edition_of_the_house_is_shown_and_compared_by_its_number(data: Path) -> None:
    text = SHELTER.replace("accept_within: 15 min", "accept_within: 12 min", 1)
    (data / "procedures" / "shelter.yaml").write_text(text, encoding="utf-8")
    proposed(data)
    shown = procedures(data, "show", "shelter", "--edition", "2")
    assert shown.exit_code == 0
    assert "12 min" in shown.stdout
    assert "12 min" not in procedures(data, "show", "shelter", "--edition", "1").stdout
    compared = procedures(data, "diff", "shelter:1", "shelter:2")
    assert compared.exit_code == 0
    assert "12 min" in compared.stdout
    unknown = procedures(data, "diff", "shelter:1", "shelter:7")
    assert unknown.exit_code != 0
    assert "no edition 7 of shelter. It knows: 1, 2." in unknown.stderr


def test_two_people_take_a_procedure_out_of_force(data: Path) -> None:
    assert "Somebody else has to say so" in procedures(data, "take-out", "tavolo_meeting", "2", "--by", "anna").stderr
    assert procedures(data, "take-out", "tavolo_meeting", "2", "--by", "anna").exit_code != 0
    assert "is out of force" in procedures(data, "take-out", "tavolo_meeting", "2", "--by", "berta").stderr
    listed = json.loads(procedures(data, "editions", "tavolo_meeting", "--json").stdout)["editions"]
    assert [(one["state"], [who["by"] for who in one["taken_out"]]) for one in listed] == [
        ("out_of_force", ["anna", "berta"])
    ]
    refused = procedures(data, "take-out", "shelter", "1", "--by", "anna")
    assert "These procedures in force start shelter: intake." in refused.stderr
    assert run(data, "audit", "verify").exit_code == 0

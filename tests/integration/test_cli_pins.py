"""PINs, confirmed and false answers on the command line, as somebody types them; and who is warned of in time."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from models.composition import open_house
from models.network import sample_network
from models.pins import proves
from models.views import handoff_view
from procedures.commands import AcceptHandoff, Road

Run = Callable[..., Result]
NOWHERE = "7KQ4M-9TX2C"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the sample network; each test works on a copy."""
    folder = tmp_path_factory.mktemp("prepared")
    network = folder / "network.yaml"
    network.write_text(sample_network(), encoding="utf-8")
    imported = CliRunner().invoke(app, ["network", "import", str(network), "--data", str(folder / "data")])
    assert imported.exit_code == 0, imported.stderr
    return folder / "data"


@pytest.fixture
def data(prepared: Path, tmp_path: Path) -> Path:
    shutil.copytree(prepared, tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def run(data: Path) -> Run:
    def run_(*words: str) -> Result:
        return CliRunner().invoke(app, [*words, "--data", str(data), "--language", "en"])

    return run_


def asked(run: Run, risk: str = "imminent") -> str:
    """The reference of what a case in danger asks first."""
    words = ("case", "open", "--territory", "valle_chiara", "--consent", "intake", "--fact", f"risk={risk}")
    ran = run(*words, "--json")
    assert ran.exit_code == 0, ran.stderr
    ref: str = json.loads(ran.stdout)["handoffs"][0]["ref"]
    return ref


def says(data: Path, ref: str, *, person: str = "ada", proven: bool = False) -> None:
    """What somebody who was asked answers by her link."""
    house = open_house(data, with_vault=False)
    try:
        about: dict[str, Any] = {"id": house.ids.new_id(), "case_id": handoff_view(house.database, ref).case_id}
        said = {**about, "actor": f"person:{person}", "road": Road.LINK, "ref": ref, "proven": proven}
        house.handling.handle(AcceptHandoff.model_validate(said))
    finally:
        house.close()


def fits(data: Path, pin: str, person: str = "ada") -> bool:
    house = open_house(data, with_vault=False)
    try:
        return proves(house, {"case_id": "none", "ref": "none", "actor": f"person:{person}"}, person, pin)
    finally:
        house.close()


def test_a_pin_is_drawn_and_shown_once_and_the_one_before_is_nothing(run: Run, data: Path) -> None:
    first = run("pin", "issue", "ada")
    assert (first.exit_code, len(first.stdout.strip())) == (0, 6)
    assert "shown only now" in first.stderr
    second = json.loads(run("pin", "issue", "ada", "--json").stdout)
    assert second["person"] == "ada"
    assert fits(data, second["pin"])
    assert not fits(data, second["pin"], "bianca")
    assert not fits(data, first.stdout.strip()) or first.stdout.strip() == second["pin"]
    assert second["pin"] not in run("pin", "list").stdout


def test_a_lost_pin_proves_nothing_and_cannot_be_lost_twice(run: Run, data: Path) -> None:
    pin = run("pin", "issue", "ada").stdout.strip()
    assert run("pin", "lost", "ada").exit_code == 0
    assert not fits(data, pin)
    again = run("pin", "lost", "ada")
    assert (again.exit_code, again.stderr.strip()) == (5, "This person has no PIN.")


def test_the_list_says_who_has_one_and_since_when(run: Run) -> None:
    run("pin", "issue", "ada")
    since = {one["person"]: one["since"] for one in json.loads(run("pin", "list", "--json").stdout)}
    assert since.pop("ada") is not None
    assert "bianca" in since
    assert set(since.values()) == {None}
    lines = {line.split()[0]: line.split()[-1] for line in run("pin", "list").stdout.splitlines()[1:]}
    assert lines["bianca"] == "none"
    assert lines["ada"] != "none"


@pytest.mark.parametrize("word", ["issue", "lost", "trust"])
def test_somebody_who_is_not_in_the_network_has_neither_pin_nor_channel(run: Run, word: str) -> None:
    ran = run("pin", word, "nobody", "--json")
    assert ran.exit_code in {4, 5}
    assert ran.stdout == ""
    assert json.loads(ran.stderr)["error"]


def test_a_coordinator_who_rang_confirms_it_once(run: Run, data: Path) -> None:
    ref = asked(run)
    says(data, ref)
    confirmed = run("handoff", "confirm", ref.lower(), "--how", "met", "--json")
    assert confirmed.exit_code == 0, confirmed.stderr
    assert (json.loads(confirmed.stdout)["state"], json.loads(confirmed.stdout)["waits_to_be_confirmed"]) == (
        "accepted",
        False,
    )
    again = run("handoff", "confirm", ref)
    assert (again.exit_code, again.stdout) == (5, "")
    assert "Nothing waits to be confirmed" in again.stderr


@pytest.mark.parametrize("word", ["confirm", "false"])
def test_of_what_nobody_said_nothing_is_confirmed_or_false(run: Run, word: str) -> None:
    assert run("handoff", word, asked(run)).exit_code == 5
    assert run("handoff", word, NOWHERE).exit_code == 4


def test_what_was_proven_cannot_be_confirmed(run: Run, data: Path) -> None:
    ref = asked(run)
    says(data, ref, proven=True)
    assert run("handoff", "confirm", ref).exit_code == 5


def test_a_false_answer_is_undone_its_channels_are_shut_and_trusted_again(run: Run, data: Path) -> None:
    ref = asked(run, "high")
    says(data, ref)
    undone = json.loads(run("handoff", "false", ref, "--json").stdout)
    assert undone["state"] == "declined"
    assert undone["asked_next"]
    assert run("handoff", "false", ref).exit_code == 5
    trusted = run("pin", "trust", "ada", "--json")
    assert json.loads(trusted.stdout) == {"person": "ada", "channels": 1}
    again = run("pin", "trust", "ada")
    assert again.exit_code == 5
    assert "nothing is to be proven" in again.stderr
    assert run("audit", "verify").exit_code == 0


def test_what_is_recorded_here_for_a_service_in_imminent_danger_is_on_its_behalf_and_is_heard(run: Run) -> None:
    ref = asked(run)
    assert run("handoff", "accept", ref, "--json").exit_code == 0
    code = json.loads(run("case", "list", "--json").stdout)[0]["code"]
    events = json.loads(run("case", "trail", code, "--json").stdout)
    taken = next(event for event in events if event["kind"] == "handoff_accepted")
    assert (taken["road"], taken["actor"], taken["event"]["on_behalf"]) == ("cli", "operator:command-line", True)
    heard = {event["event"]["purpose"] for event in events if event["kind"] == "alert_queued"}
    assert {"echo_taken", "echo_coordinator"} <= heard


def test_import_and_check_name_the_services_that_one_channel_alone_reaches(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "network.yaml"
    file.write_text(sample_network(), encoding="utf-8")
    for word in ("check", "import"):
        ran = run("network", word, str(file))
        (line,) = [one for one in ran.stderr.splitlines() if one.startswith("Only one channel reaches")]
        assert "ginestra_sicurezza_digitale" in line
        assert "luna_ascolto" not in line
        assert ran.exit_code == 0
    more = '[{email: delia.riva@example.org}, {sms: "+39 06 5550 1999"}]'
    file.write_text(sample_network().replace("[{email: delia.riva@example.org}]", more, 1), encoding="utf-8")
    assert "ginestra_sicurezza_digitale" not in run("network", "check", str(file)).stderr


def test_the_doctor_names_who_has_no_pin_and_services_with_one_channel(run: Run) -> None:
    def said() -> dict[str, str]:
        found: list[dict[str, str]] = json.loads(run("doctor", "--json").stdout)
        return next(one for one in found if one["what"] == "false answers")

    before = said()
    assert before["health"] == "look at it"
    assert "ginestra_sicurezza_digitale" in str(before)
    assert " ada, " in str(before)
    run("pin", "issue", "ada")
    assert " ada, " not in str(said())
    assert "bianca" in str(said())


@pytest.mark.parametrize(("word", "state"), [("confirm", "accepted"), ("false", "requested")])
def test_where_two_said_so_it_is_said_whose_answer_is_meant(run: Run, data: Path, word: str, state: str) -> None:
    ref = asked(run)
    says(data, ref)
    says(data, ref, person="bianca")
    several = run("handoff", word, ref)
    assert (several.exit_code, "More than one said so" in several.stderr) == (5, True)
    nobody = run("handoff", word, ref, "--said-by", "olga")
    assert (nobody.exit_code, "not the one that stands" in nobody.stderr) == (5, True)
    done = run("handoff", word, ref, "--said-by", "bianca", "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["state"] == state
    assert run("audit", "verify").exit_code == 0

"""Cases on the command line, in a real house with the sample network."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from models import outbox
from models.composition import open_house
from models.network import sample_network
from models.outbox import SettledDelivery, SettledResult

Run = Callable[..., Result]
OPEN = ("case", "open", "--territory", "valle_chiara", "--consent", "intake", "--fact", "risk=high")


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
def run(prepared: Path, tmp_path: Path) -> Run:
    shutil.copytree(prepared, tmp_path / "data")

    def run_(*words: str) -> Result:
        return CliRunner().invoke(app, [*words, "--data", str(tmp_path / "data"), "--language", "en"])

    return run_


def opened(run: Run, *more: str) -> dict[str, Any]:
    ran = run(*OPEN, *more, "--json")
    assert ran.exit_code == 0, ran.stderr
    answer: dict[str, Any] = json.loads(ran.stdout)
    return answer


def test_opening_says_the_code_who_is_asked_and_by_when(run: Run) -> None:
    case = opened(run)
    (handoff,) = case["handoffs"]
    assert case["code"].startswith("C-")
    assert handoff["state"] == "requested"
    assert handoff["service"]
    assert handoff["accept_by"]


def test_for_people_the_code_comes_first_and_the_service_has_its_name(run: Run) -> None:
    lines = run(*OPEN).stdout.splitlines()
    assert lines[0].startswith("C-")
    assert lines[1].split()[0] == "REFERENCE"
    assert len(lines) == 3


def test_a_fact_that_changes_is_written_down_and_told_in_the_trail(run: Run) -> None:
    code = opened(run)["code"]
    changed = run("case", "fact", code, "risk=imminent", "--reason", "something_happened")
    assert changed.stdout.startswith(f"{code}: risk=imminent")
    told = "Level of risk: imminent (before: high); something happened, on the word of the operator."
    assert told in run("case", "trail", code).stdout
    assert run("case", "fact", code, "risk=low", "--reason", "she_said").exit_code == 5
    lowered = run("case", "fact", code, "risk=low", "--reason", "new_assessment", "--by", "risk_assessment", "--json")
    assert json.loads(lowered.stdout)["code"] == code


def test_what_waits_for_her_consent_is_said_and_begins_when_she_gives_it(run: Run) -> None:
    ran = run("case", "open", "--territory", "valle_chiara", "--fact", "risk=high")
    assert "waits until she was asked" in ran.stderr
    code = ran.stdout.strip()
    given = run("case", "consent", code, "intake", "given", "--json")
    assert [handoff["state"] for handoff in json.loads(given.stdout)["handoffs"]] == ["requested"]


def test_the_list_shows_what_is_open(run: Run) -> None:
    assert run("case", "list").stderr.strip() == "No case is open."
    case = opened(run)
    (row,) = json.loads(run("case", "list", "--json").stdout)
    assert (row["code"], row["open_handoffs"]) == (case["code"], 1)
    assert case["code"] in run("case", "list").stdout


def test_a_case_is_shown_with_its_pathways_and_handoffs(run: Run) -> None:
    case = opened(run)
    shown = run("case", "show", case["code"])
    assert case["handoffs"][0]["ref"] in shown.stdout
    assert "requested" in shown.stdout
    view = json.loads(run("case", "show", case["code"], "--json").stdout)
    assert [row["pathway"] for row in view["runs"]] == ["intake"]
    assert "person" not in view


@pytest.mark.slow
def test_a_handoff_goes_from_hand_to_hand_to_its_result(run: Run) -> None:
    case = opened(run)
    ref = case["handoffs"][0]["ref"]
    accepted = json.loads(run("handoff", "accept", ref, "--json").stdout)
    assert (accepted["state"], accepted["late"]) == ("accepted", False)
    refused = run("handoff", "complete", ref, "--result", "flown_to_the_moon")
    assert refused.exit_code == 4
    known = refused.stderr.rpartition("one of: ")[2].strip(" .\n").split(", ")
    completed = run("handoff", "complete", ref, "--result", known[0], *_evidence(case, ref, known[0]))
    assert completed.exit_code == 0, completed.stderr
    assert f"{ref}: completed" in completed.stdout


def _evidence(case: dict[str, Any], ref: str, result: str) -> list[str]:
    from procedures.loading import shipped_library

    step = next(handoff["step"] for handoff in case["handoffs"] if handoff["ref"] == ref)
    asked = shipped_library().current["intake"].steps[step].results[result].evidence  # type: ignore[union-attr]
    examples = {
        "datetime": "2026-11-24T20:15",
        "date": "2026-11-24",
        "integer": "3",
        "boolean": "yes",
        "choice": "high",
    }
    return [word for name, kind in asked.items() for word in ("--evidence", f"{name}={examples.get(kind, 'P-12')}")]


@pytest.mark.slow
def test_a_declined_handoff_goes_to_the_next_service(run: Run) -> None:
    ref = opened(run)["handoffs"][0]["ref"]
    declined = json.loads(run("handoff", "decline", ref, "--reason", "full", "--json").stdout)
    assert declined["state"] == "declined"
    assert declined["asked_next"][0]["ref"] != ref


def test_an_answer_that_comes_too_late_is_recorded_and_says_so(run: Run) -> None:
    ref = opened(run)["handoffs"][0]["ref"]
    run("handoff", "decline", ref, "--reason", "full")
    late = run("handoff", "accept", ref)
    assert late.exit_code == 0
    assert "too late" in late.stderr


def test_taking_a_handoff_twice_says_who_has_it_and_that_nothing_changed(run: Run) -> None:
    ref = opened(run)["handoffs"][0]["ref"]
    run("handoff", "accept", ref)
    again = run("handoff", "accept", ref)
    assert (again.exit_code, again.stdout.splitlines()[0]) == (0, f"{ref}: taken")
    assert again.stderr.startswith("It was taken already (by ")
    assert "too late" not in again.stderr


def test_codes_and_references_may_be_typed_in_small_letters(run: Run) -> None:
    case = opened(run)
    ref = case["handoffs"][0]["ref"]
    assert ref in run("case", "show", f" {case['code'].lower()} ").stdout
    assert run("handoff", "accept", ref.lower()).stdout.startswith(f"{ref}: taken")
    assert f'"case": "{case["code"]}"' in run("audit", "export", case["code"].lower()).stdout
    assert run("case", "cancel", case["code"].lower(), "--reason", "her_wish").exit_code == 0


def test_whoever_opens_a_case_without_carriers_is_warned_and_the_case_is_open(run: Run) -> None:
    ran = run(*OPEN)
    assert ran.exit_code == 0
    assert ran.stderr.splitlines() == [
        "No carrier is set for: email, sms. Nobody can be alerted over it: set [carriers.email] url in staffetta.toml."
    ]


def test_only_the_kinds_without_a_carrier_are_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAFFETTA__CARRIERS__EMAIL__URL", "staffetta-mail://127.0.0.1/?from=a@example.org&tls=none")
    assert "No carrier is set for: sms." in run(*OPEN).stderr
    monkeypatch.setenv("STAFFETTA__CARRIERS__SMS__URL", "staffetta-sms://127.0.0.1/?from=Rete&tls=none")
    assert run(*OPEN).stderr == ""


def test_a_carrier_takes_a_message_in_other_words_than_a_service_takes_a_case(run: Run, tmp_path: Path) -> None:
    case = opened(run)
    settle_first(tmp_path / "data", SettledResult.ACCEPTED)
    assert "The alert by email: taken by the carrier." in run("case", "trail", case["code"]).stdout


def test_an_alert_that_did_not_leave_says_why_and_when_to_the_second(run: Run, tmp_path: Path) -> None:
    case = opened(run)
    while settle_first(tmp_path / "data", SettledResult.PERMANENT, code="no-carrier"):
        pass
    trail = run("case", "trail", case["code"]).stdout
    (line, *_more) = [line for line in trail.splitlines() if "did not leave (no carrier for this channel)" in line]
    assert re.search(r" \d\d:\d\d:\d\d ", line)


def settle_first(data: Path, result: SettledResult, code: str | None = None) -> bool:
    """The carrier's word on whatever is queued; whether there was anything."""
    house = open_house(data, with_vault=False)
    try:
        now = house.clock.now()
        claimed = outbox.claim(house.database, worker="dispatcher", now=now, lease_seconds=30)
        house.handling.settle([SettledDelivery(one.delivery_id, result, now, code=code) for one in claimed])
        return bool(claimed)
    finally:
        house.close()


def test_the_trail_says_who_did_what_and_that_it_was_on_behalf(run: Run) -> None:
    case = opened(run)
    run("handoff", "accept", case["handoffs"][0]["ref"])
    events = json.loads(run("case", "trail", case["code"], "--json").stdout)
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    accepted = next(event for event in events if event["kind"] == "handoff_accepted")
    assert (accepted["road"], accepted["event"]["on_behalf"]) == ("cli", True)
    assert "The case was opened in valle_chiara." in run("case", "trail", case["code"]).stdout


def test_cancelling_stops_every_handoff(run: Run) -> None:
    case = opened(run)
    cancelled = run("case", "cancel", case["code"], "--reason", "her_wish")
    assert cancelled.stdout.split() == [case["handoffs"][0]["ref"]]
    assert json.loads(run("handoff", "list", "--json").stdout) == []
    assert run("case", "cancel", case["code"], "--reason", "her_wish").exit_code == 5


def test_asked_for_all_the_list_shows_those_that_are_over_too(run: Run) -> None:
    assert run("case", "list", "--all").stderr.strip() == "There is no case yet."
    case = opened(run)
    run("case", "cancel", case["code"], "--reason", "her_wish")
    (line,) = [line for line in run("case", "list", "--all").stdout.splitlines() if case["code"] in line]
    assert "cancelled" in line
    assert [row["code"] for row in json.loads(run("case", "list", "--all", "--json").stdout)] == [case["code"]]


def test_who_would_be_called_is_who_is_called(run: Run) -> None:
    rows = json.loads(run("who-now", *OPEN[2:], "--json").stdout)
    now = [(row["step"], row["service"]) for row in rows if row["when"] == "now"]
    assert json.loads(run("case", "list", "--json").stdout) == []
    assert now == [(handoff["step"], handoff["service"]) for handoff in opened(run)["handoffs"]]


@pytest.mark.slow
def test_steps_that_do_not_come_are_counted_in_one_line_unless_all_are_asked_for(run: Run) -> None:
    rows = json.loads(run("who-now", *OPEN[2:], "--json").stdout)
    left_out = sum(row["when"] == "left_out" for row in rows)
    folded, unfolded = run("who-now", *OPEN[2:]).stdout, run("who-now", *OPEN[2:], "--all").stdout
    assert left_out > 0
    assert folded.splitlines()[-1].startswith(f"Steps that do not come with these facts: {left_out}.")
    assert "not with these facts" not in folded
    assert unfolded.count("not with these facts") == left_out
    assert len(unfolded.splitlines()) == len(rows) + 1


def test_whom_she_excludes_is_not_asked(run: Run) -> None:
    service = opened(run)["handoffs"][0]["service"]
    assert opened(run, "--exclude", service)["handoffs"][0]["service"] != service


def test_the_trail_is_verified_and_handed_out_without_what_is_secret(run: Run) -> None:
    case = opened(run)
    found = run("audit", "verify", "--json")
    assert found.exit_code == 0
    assert json.loads(found.stdout)["sound"] is True
    exported = run("audit", "export", case["code"])
    lines = [json.loads(line) for line in exported.stdout.splitlines()]
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    assert "facts" not in lines[0]
    assert "high" not in exported.stdout


def test_without_a_code_the_trail_of_every_case_is_handed_out(run: Run) -> None:
    over, still = opened(run), opened(run)
    run("case", "cancel", over["code"], "--reason", "her_wish")
    lines = [json.loads(line) for line in run("audit", "export").stdout.splitlines()]
    assert {line["case"] for line in lines} == {over["code"], still["code"]}


def test_an_unknown_code_hands_nothing_out(run: Run) -> None:
    refused = run("audit", "export", opened(run)["code"], "C-0000-0000")
    assert (refused.exit_code, refused.stdout) == (4, "")


@pytest.mark.slow
def test_the_networks_own_work_is_started_and_listed_apart(run: Run) -> None:
    started = run("network", "start", "tavolo_meeting", "--territory", "valle_chiara", "--json")
    assert started.exit_code == 0, started.stderr
    code = json.loads(started.stdout)["code"]

    assert code.startswith("N-")
    assert json.loads(run("case", "list", "--all", "--json").stdout) == []
    (work,) = json.loads(run("network", "work", "--json").stdout)
    assert (work["code"], work["pathway"]) == (code, "tavolo_meeting")
    assert "It was started in valle_chiara." in run("case", "trail", code).stdout

    assert run("case", "cancel", code, "--reason", "called_off").exit_code == 0
    assert "It was called off: called off." in run("case", "trail", code).stdout
    assert json.loads(run("network", "work", "--json").stdout) == []
    assert code in run("network", "work", "--all").stdout


def test_a_case_is_not_opened_with_a_pathway_of_the_network(run: Run) -> None:
    refused = run("case", "open", "--pathway", "tavolo_meeting", "--territory", "valle_chiara")
    assert "staffetta network start tavolo_meeting" in refused.stderr
    assert "Open a case" in run("network", "start", "intake", "--territory", "valle_chiara").stderr

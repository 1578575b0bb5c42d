"""`staffetta network gaps`, `override`, `swap`, `undo`, `turns`, as somebody types them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from models.network import sample_network

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("house")
    text = sample_network().replace('since: "2026-01-01T00:00+01:00"', 'since: "2025-01-01T00:00+01:00"', 1)
    text = text.replace('until: "2027-01-01T00:00+01:00"}', 'until: "2098-01-01T00:00+01:00"}', 1)
    text = text.replace('since: "2027-01-01T00:00+01:00"', 'since: "2098-01-01T00:00+01:00"', 1)
    text = text.replace('until: "2027-07-01T00:00+02:00"', 'until: "2098-01-20T00:00+01:00"', 1)
    (folder / "network.yaml").write_text(text, encoding="utf-8")
    assert run(folder / "data", "import", str(folder / "network.yaml")).exit_code == 0
    return folder / "data"


def run(data: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["network", *words, "--data", str(data), "--language", "en"])


def test_a_turn_is_changed_told_and_undone(data: Path) -> None:
    assert run(data, "gaps").exit_code == 0
    when = ("--since", "2097-12-01T20:00", "--until", "2097-12-02T08:00", "--why", "leave")
    refused = run(data, "override", "luna_ascolto", "nobody", *when)
    assert (refused.exit_code, "01/12/2097 20:00" in refused.stderr) == (5, True)
    made = run(data, "override", "luna_ascolto", "nora", *when, "--json")
    assert json.loads(made.stdout) == {"number": 2, "undone": False}
    (told,) = json.loads(run(data, "turns", "--json").stdout)
    assert (told["service"], told["actor"], told["why"], told["undone"]) == ("luna_ascolto", "shell", "leave", False)
    assert told["turns"][0]["since"].startswith("2097-12-01T19:00:00")
    assert "nora" in run(data, "turns").stdout
    assert "is undone" in run(data, "undo", "2", "--why", "back").stderr
    assert json.loads(run(data, "turns", "--json").stdout)[0]["undone"] is True
    unknown = run(data, "swap", "luna_ascolto", "--first", "2097-12-01T20:00", "--second", "2098-01-01", "--why", "x")
    assert (unknown.exit_code, "not in the rota" in unknown.stderr) == (5, True)


def test_gaps_end_with_three_and_say_their_hours(data: Path) -> None:
    text = sample_network().replace('until: "2027-01-01T00:00+01:00"}', 'until: "2026-01-02T00:00+01:00"}', 1)
    text = text.replace(
        'bianca, since: "2027-01-01T00:00+01:00", until: "2027-07-01T00:00+02:00"',
        'bianca, since: "2026-01-02T00:00+01:00", until: "2026-01-03T00:00+01:00"',
        1,
    )
    place = data.parent / "gap.yaml"
    place.write_text(text, encoding="utf-8")
    assert run(data, "import", str(place)).exit_code == 0
    found = run(data, "gaps", "--days", "2", "--json")
    assert found.exit_code == 3
    (gap,) = json.loads(found.stdout)
    assert (gap["service"], gap["kind"]) == ("luna_ascolto", "nobody")
    assert "nobody is on duty" in run(data, "gaps", "--days", "2").stdout

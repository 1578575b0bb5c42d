"""`staffetta case erase`, as two people type it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from models.views import ended_cases
from procedures.commands import CancelCase
from tests.houses import Told

pytestmark = pytest.mark.slow


@pytest.fixture
def told(tmp_path: Path) -> Told:
    told = Told(tmp_path / "data")
    told.opened()
    told.say(CancelCase, reason="moved_away")
    return told


def run(data: Path, *words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--data", str(data), "--language", "en"])


@pytest.mark.slow
def test_one_proposes_another_confirms_and_the_certificate_is_printed(told: Told) -> None:
    data = told.house.settings.data
    code = ended_cases(told.house.database, 1)[0].code
    told.close()
    for name in ("olga", "rita"):
        run(data, "user", "add", name)
    assert run(data, "case", "erase", code, "--reason", "her_request", "--by", "olga").exit_code == 0
    assert code in run(data, "audit", "erasures").stderr
    alone = run(data, "case", "erase", code, "--confirm", "--by", "olga")
    assert (alone.exit_code, "another person" in alone.stderr) == (5, True)
    done = run(data, "case", "erase", code, "--confirm", "--by", "rita")
    assert (done.exit_code, code in done.stdout, "olga" in done.stdout) == (0, True, False)
    shown = run(data, "case", "show", code)
    assert (shown.exit_code, "was erased on" in shown.stderr) == (5, True)
    assert "erased" in run(data, "case", "list", "--all").stdout
    (certificate,) = json.loads(run(data, "audit", "erasures", code, "--json").stdout)
    assert (certificate["case"], certificate["reason"]) == (code, "her_request")
    assert run(data, "audit", "verify").exit_code == 0
    exported = run(data, "audit", "export")
    assert (exported.exit_code, code in exported.stdout) == (0, False)

"""What somebody reads who rehearses scenarios: the program's own lines, and where those of Prefect are if it breaks."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from cli.scenario_rehearsals import _kept_where_it_breaks
from flows.rehearsing_history import LOG, _logging_into
from procedures.loading import SHIPPED
from tests.unit.scenariohouse import STORY

pytestmark = pytest.mark.slow

OWN = ("Prefect is starting", "Messages that left in the rehearsals: ", "Scenarios passed: 1.")


@pytest.mark.xdist_group("prefect")
def test_only_the_programs_own_lines_are_seen(tmp_path: Path) -> None:
    (tmp_path / "shelter.yaml").write_bytes((SHIPPED / "shelter.yaml").read_bytes())
    file = tmp_path / "shelter.scenario.yaml"
    file.write_text(STORY, encoding="utf-8")
    command = [sys.executable, "-m", "cli.main", "procedures", "test", "--live", str(file), "--language", "en"]
    said = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    assert said.stdout == ""
    assert [line for line in said.stderr.splitlines() if not line.startswith(OWN)] == []


def test_what_its_workers_say_goes_to_the_same_file(tmp_path: Path) -> None:
    settings = _logging_into(tmp_path)["PREFECT_LOGGING_SETTINGS_PATH"]
    says = (
        "import json, logging, logging.config, pathlib, sys\n"
        "logging.config.dictConfig(json.loads(pathlib.Path(sys.argv[1]).read_text()))\n"
        "logging.getLogger('EventsWorker').warning('still at it')\n"
    )
    said = subprocess.run([sys.executable, "-c", says, settings], capture_output=True, text=True, check=True)
    assert said.stderr == ""
    assert "still at it" in (tmp_path / LOG).read_text(encoding="utf-8")


def test_what_prefect_said_is_kept_where_a_rehearsal_breaks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "prefect.log"
    log.write_text("Flow run 'x' - it broke\n", encoding="utf-8")
    with pytest.raises(ValueError, match="broken"), _kept_where_it_breaks(log):
        raise ValueError("broken")
    named = re.search(r": (/\S+)$", capsys.readouterr().err.strip())
    assert named
    kept = Path(named[1])
    assert kept.read_text(encoding="utf-8") == "Flow run 'x' - it broke\n"
    kept.unlink()


@pytest.mark.xdist_group("prefect")
def test_a_house_of_a_rehearsal_knows_the_facts_beside_the_procedures(tmp_path: Path) -> None:
    elsewhere = Path(__file__).parents[1] / "procedures_elsewhere"
    for name in ("facts.yaml", "lap.yaml", "lap.scenario.yaml"):
        (tmp_path / name).write_bytes((elsewhere / name).read_bytes())
    file = str(tmp_path / "lap.scenario.yaml")
    command = [sys.executable, "-m", "cli.main", "procedures", "test", "--live", file, "--language", "en"]
    said = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert said.returncode == 0, said.stdout + said.stderr

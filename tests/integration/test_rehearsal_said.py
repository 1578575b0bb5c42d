"""What somebody reads who rehearses scenarios: the program's own lines, and where those of Prefect are if it breaks."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from cli.scenario_rehearsals import _kept_where_it_breaks
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

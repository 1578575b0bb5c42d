"""The way of a procedure into force, as the page about the language shows it: each command says what stands there."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from tests.unit.pieces import ROOT, pieces

PAGE = ROOT / "docs" / "language.md"
WAY = PAGE.read_text(encoding="utf-8").partition("\n## 12.")[2]


@pytest.mark.slow
def test_each_command_of_the_way_says_what_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = next(pieces(PAGE)).text
    story = re.search(r"^```text\n(.*?)^```$", WAY, re.MULTILINE | re.DOTALL)
    session = re.search(r"^```console\n\$ (.*?)^```$", WAY, re.MULTILINE | re.DOTALL)
    assert story
    assert session
    (tmp_path / "data" / "procedures").mkdir(parents=True)
    (tmp_path / "escort_home.yaml").write_text(first, encoding="utf-8")
    (tmp_path / "next").mkdir()
    (tmp_path / "next" / "escort_home.yaml").write_text(first.replace("edition: 1", "edition: 2"), encoding="utf-8")
    (tmp_path / "escort_home.scenario.yaml").write_text(story[1], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for told in session[1].split("\n$ "):
        command, *lines = told.strip().splitlines()
        ran = CliRunner().invoke(app, [*command.split()[1:], "--language", "en"])
        said = [line.strip() for line in ran.output.splitlines()]
        assert [line for line in lines if line not in said] == [], ran.output
        assert ran.exit_code == (3 if "coverage" in command else 0), ran.output

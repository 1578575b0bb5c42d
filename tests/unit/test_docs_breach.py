"""The pages that are printed for a bad day name commands that are there, and say the same in both languages."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from cli.main import app

DOCS = Path(__file__).parents[2] / "docs"
COMMANDS = {
    f"{name} {below}".strip()
    for name, command in get_command(app).commands.items()  # type: ignore[attr-defined]  # Click's group has them
    for below in (getattr(command, "commands", None) or [""])
}


def named(page: str) -> set[str]:
    """The commands that a page tells its reader to type."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return {
        " ".join(words.split()) for words in re.findall(r"(?:^|`)staffetta ((?:[a-z-]+ ?){1,2})", text, re.MULTILINE)
    }


@pytest.mark.parametrize("page", ["breach.md", "breach.it.md", "dpia.md", "dpia.it.md"])
def test_every_command_is_there(page: str) -> None:
    found = named(page)
    assert found
    assert [one for one in found if one not in COMMANDS] == []


@pytest.mark.parametrize("page", ["breach", "dpia"])
def test_both_languages_have_the_same_rows(page: str) -> None:
    counts = [
        [
            line.count("|")
            for line in (DOCS / f"{page}{language}.md").read_text(encoding="utf-8").splitlines()
            if "|" in line
        ]
        for language in ("", ".it")
    ]
    assert counts[0] == counts[1]

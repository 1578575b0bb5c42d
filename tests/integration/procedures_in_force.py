"""Houses whose procedures are those of a story, in place of those that are shipped."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from models.library import Procedures
from procedures.loading import SHIPPED


def shipped_with(name: str, text: str) -> Mapping[str, str]:
    """The texts that are shipped, by name, but for this one."""
    return {file.stem: file.read_text(encoding="utf-8") for file in SHIPPED.glob("*.yaml")} | {name: text}


def shipped(name: str) -> str:
    """One text that is shipped."""
    return (SHIPPED / f"{name}.yaml").read_text(encoding="utf-8")


def put_in_force(monkeypatch: pytest.MonkeyPatch, place: Path, texts: Mapping[str, str]) -> None:
    """Every house that is opened from now on goes by these texts alone; they are written below `place`."""
    folder = place / "pathways"
    folder.mkdir()
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(
        "models.composition.Procedures", lambda database, now, _shipped: Procedures(database, now, folder)
    )

"""The page of a pathway as PDF/A, to be signed and kept; and what is said where the extra for it is missing."""

import builtins
import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from typer.testing import CliRunner, Result

from cli.main import app
from tests.archive import faults


def show(*words: str) -> Result:
    return CliRunner().invoke(app, ["procedures", "show", *words, "--language", "en"])


@pytest.mark.slow
def test_a_pathway_is_kept_as_pdf_for_the_archive(tmp_path: Path) -> None:
    try:
        import weasyprint  # type: ignore[import-untyped]  # noqa: F401 - it ships no types; without Pango it fails here
    except OSError:
        pytest.skip("Pango is not installed: apt-get install libpango-1.0-0 libpangoft2-1.0-0")
    file = tmp_path / "shelter.pdf"

    shown = show("shelter", "--pdf", str(file))

    assert (shown.exit_code, shown.stdout) == (0, ""), shown.output
    assert str(file) in shown.stderr
    made = file.read_bytes()
    assert faults(made, PdfReader(io.BytesIO(made))) == []
    assert b"/URI" not in made


def test_without_the_extra_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)

    shown = show("shelter", "--pdf", str(tmp_path / "shelter.pdf"))

    assert shown.exit_code == 1
    assert "pip install 'staffetta[pdf]'" in shown.stderr
    assert list(tmp_path.iterdir()) == []


def test_without_the_library_of_the_system_it_says_which(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = builtins.__import__

    def without_pango(
        name: str, _globals: Any = None, _locals: Any = None, names: Sequence[str] = (), at: int = 0
    ) -> Any:
        if name == "weasyprint":
            raise OSError(2)
        return found(name, _globals, _locals, names, at)

    monkeypatch.setattr(builtins, "__import__", without_pango)

    shown = show("shelter", "--pdf", str(tmp_path / "shelter.pdf"))

    assert shown.exit_code == 1
    assert "libpango" in shown.stderr


@pytest.mark.slow
def test_a_file_that_cannot_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.pdf.made", lambda _html: b"%PDF")

    shown = show("shelter", "--pdf", str(tmp_path))

    assert shown.exit_code == 1
    assert "cannot be written" in shown.stderr

"""Every code of the checker has a page: a wrong example that has this fault alone, and a right one that has none."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.explaining.pages import Page, pages
from cli.explaining.trying import faults_of, framed
from cli.explaining.wording import as_markdown, as_text
from models import network_faults
from notifiers.language import translator
from procedures.faults import FaultKind
from procedures.loading import check_paths
from procedures.scenario.files import load
from tests.unit.marked import codes
from tests.unit.pieces import ROOT
from tests.unit.scenariohouse import network
from tests.unit.test_fault_codes import kinds
from tests.unit.test_nasty_files import EVERY_FACT, HEAD, ONE, STEP
from tests.unit.test_scenario_moving import EARLIER, MOVED, house

NETWORK_CODES = {kind.code for kind in vars(network_faults).values() if isinstance(kind, FaultKind)}
SHOWN = [page for page in pages().values() if page.wrong]
TELL = "{tell: police, title: {it: A, en: A}}"


def test_every_code_has_its_page_and_every_page_its_code() -> None:
    assert set(pages()) == set(kinds()) | NETWORK_CODES


@pytest.mark.parametrize("page", SHOWN, ids=[page.code for page in SHOWN])
def test_the_wrong_example_has_this_fault_and_no_other(page: Page) -> None:
    assert {fault.code for fault in faults_of(page.wrong or "")} == {page.code}


@pytest.mark.parametrize("page", pages().values(), ids=pages())
def test_the_right_example_has_no_fault(page: Page) -> None:
    assert [str(fault) for fault in faults_of(page.right)] == []
    assert page.right != page.wrong


def text(written: str) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(written.encode("utf-8", "surrogatepass"))


MADE: dict[str, Callable[[Path], object]] = {
    "bad-character": text(ONE.replace("it: A", "it: A\0")),
    "not-utf-8": lambda path: path.write_bytes(ONE.replace("it: A", "it: Attività").encode("latin-1")),
    "unreadable": Path.exists,
    "no-pathways": lambda path: path.mkdir(),
    "no-scenarios": lambda path: path.mkdir(),
    "scenario-not-earlier": lambda path: two_texts(path, path.parent, today=EARLIER),
    "too-large": text("#" * (256 * 1024 + 1)),
    "too-many-nodes": text("[" + "a," * 10_000 + "]"),
    "too-many-faults": text("\n".join(f"word_{n}: 1" for n in range(200))),
    "too-many-steps": text(HEAD + "".join(f"  s{n}: {TELL}\n" for n in range(201))),
    "not-explored": text(HEAD + "".join(STEP % (n, f", when: {{any: [{EVERY_FACT}]}}") for n in range(12))),
}


def two_texts(path: Path, place: Path, *, today: str) -> None:
    """A story that says that its case begins by the very text of today."""
    house(place, MOVED, today=today)
    (place / "shelter.scenario.yaml").rename(path.with_name("made.scenario.yaml"))
    (place / "shelter.yaml").rename(path)


@pytest.mark.parametrize("code", [page.code for page in pages().values() if page.made])
@pytest.mark.slow
def test_what_a_page_only_tells_of_has_that_fault(code: str, tmp_path: Path) -> None:
    path = tmp_path / "made.yaml"
    MADE[code](path)
    found = codes(load([path], lambda _name, _folder: network())[1] if "scenario" in code else check_paths([path]))
    assert code in found
    assert set(found) <= {code, "unknown-word"}


def test_a_page_is_told_in_italian_with_what_the_checker_says() -> None:
    say, of_procedures = (translator("it", room).gettext for room in ("cli", "procedures"))
    told = "\n".join(as_text(pages()["unknown-step"], "it", say, of_procedures))
    assert "Sbagliato:" in told
    assert "Nessun passo si chiama find_plaze" in told


def test_a_piece_of_steps_stands_in_a_whole_file() -> None:
    assert framed("a: 1\n").endswith("steps:\n  a: 1\n")


def test_the_page_of_the_docs_is_up_to_date() -> None:
    assert (ROOT / "docs" / "faults.md").read_text(encoding="utf-8") == "\n".join(as_markdown()).rstrip() + "\n"


@pytest.mark.slow
def test_the_command_explains_a_code_and_asks_for_a_path_otherwise() -> None:
    def ran(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "cli.main", "procedures", "check", *words, "--language", "en"]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)

    assert "No step is called find_plaze" in ran("--explain", "unknown-step").stdout
    assert ran("--explain", "unknown-stop").returncode == 4
    assert ran().returncode == 2

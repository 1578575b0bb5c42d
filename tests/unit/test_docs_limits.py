"""The page of limits says what the code holds, and where it is shown."""

import importlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "limits.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| ([^|]+) \| ([\d,]+)[^|]* \| [^|]+ \| `([\w.-]+)` \| (-|`[^`]+`) \|$", re.MULTILINE)
ROWS = ROW.findall(PAGE)


def constant(name: str) -> Any:
    """What stands under this name: a module, then names and keys in it."""
    pieces = name.split(".")
    for number in range(len(pieces) - 1, 0, -1):
        try:
            found: Any = importlib.import_module(".".join(pieces[:number]))
        except ModuleNotFoundError:
            continue
        for piece in pieces[number:]:
            if isinstance(found, type):
                found = found()
            found = found[piece] if isinstance(found, Mapping) else getattr(found, piece)
        return found
    raise AssertionError(name)


@pytest.mark.parametrize(("what", "limit", "name", "shown"), ROWS, ids=[row[2] for row in ROWS])
def test_each_limit_is_that_of_the_code_and_a_test_holds_it(what: str, limit: str, name: str, shown: str) -> None:
    found = constant(name)
    number = float(str(found).removesuffix("s"))
    assert number == float(limit.replace(",", "")), what
    assert shown == "-" or (ROOT / shown.strip("`")).exists(), shown


def test_every_line_of_the_tables_is_read() -> None:
    lines = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| what ")]
    assert len(ROWS) == len(lines) > 35

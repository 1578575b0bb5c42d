"""What docs/api.md tells programs to do works as it is written there, against a real server."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.apihouse import api_house, served

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
BLOCK = re.compile(r"^```(sh|json)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
BETWEEN = "=== next ==="


def examples() -> Iterator[tuple[str, str]]:
    """Each example with the answer that is shown right after it; nothing where none is."""
    blocks = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    for number, (kind, text) in enumerate(blocks):
        if kind == "sh":
            following = blocks[number + 1] if number + 1 < len(blocks) else ("", "")
            yield text, following[1] if following[0] == "json" else ""


def shape(value: Any) -> Any:
    """What a program relies on: the names and kinds of things, not their values; of a list its first."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


@pytest.mark.slow
def test_every_example_does_what_stands_under_it(tmp_path: Path) -> None:
    told = list(examples())
    script = f"\necho; echo '{BETWEEN}'\n".join(["set -euo pipefail", *(text for text, _ in told)])
    with api_house(tmp_path / "data") as (house, program), served(house) as address:
        ran = subprocess.run(
            ["bash", "-c", script],
            cwd=tmp_path,
            env=os.environ | {"DESK": address, "KEY": program.secret},
            capture_output=True,
            text=True,
            check=False,
        )

    assert ran.returncode == 0, ran.stderr
    answers = [part.strip() for part in ran.stdout.split(BETWEEN)[1:]]
    assert len(answers) == len(told) > 8
    for (text, shown), answer in zip(told, answers, strict=True):
        if shown:
            assert shape(json.loads(answer)) == shape(json.loads(shown)), text
        elif answer.startswith("{"):
            assert "urn:staffetta:problem" not in answer, answer
    assert "304" in ran.stderr
    assert answers[-1] == "ok"


def test_the_page_tells_every_operation_of_a_key_and_every_address() -> None:
    from models.programs import Operation
    from web.api.table import OPERATIONS

    page = PAGE.read_text(encoding="utf-8")
    for operation in Operation:
        first, _, last = operation.value.partition(".")
        assert operation.value in page or f"`.{last}`" in page, operation
        assert first in page
    for line in OPERATIONS:
        assert line.path.split("/")[1] in page

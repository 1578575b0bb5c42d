"""The named moments are where the code comes by, and cost nothing there."""

import re
from pathlib import Path

from models import points

ROOT = Path(__file__).parents[2]


def test_every_named_point_is_in_the_code_and_no_other() -> None:
    sources = [*(ROOT / "models").rglob("*.py"), *(ROOT / "flows").rglob("*.py")]
    said = {name for source in sources for name in re.findall(r'reach\("([a-z-]+)"\)', source.read_text("utf-8"))}
    assert said == set(points.POINTS)


def test_a_listener_hears_the_point() -> None:
    heard: list[str] = []
    points.listen(heard.append)
    try:
        points.reach("keys-kept")
    finally:
        points._listeners.clear()
    assert heard == ["keys-kept"]

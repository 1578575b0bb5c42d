"""The walk can be walked again, and what was won by it is not lost: keys, and the words on the screen."""

import pytest

from tests.browser.conftest import CHROMIUM
from tests.usability.__main__ import walk
from tests.usability.tasks import TASKS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
MOST = {"open": 40, "who": 15, "decline": 0, "fact": 0, "trail": 0}
"""Keys that each of these may take."""


def test_a_case_is_opened_within_forty_keys_and_everybody_finds_the_way() -> None:
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed: apt-get install chromium")
    keys = {name: hand.keys for name, hand in walk(list(MOST))}
    assert {name: taken for name, taken in keys.items() if taken > MOST[name]} == {}


def test_the_eight_tasks_are_the_eight_that_were_written_down() -> None:
    assert len(TASKS) == 8

"""The runner of `make trust` at its smallest: kills at named points, a night in which clocks change, planted words.

What is said in seconds is left to `make trust`, which has the machine for itself.
"""

import json
from pathlib import Path

import pytest

from tests.trust import clock_faults, kills, leaks, oracle, outside
from tests.trust.report import RowResult, line, write

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180), pytest.mark.xdist_group("stories")]
OF_A_QUIET_MACHINE = (
    "I9",
    "resumed",
    "every case ended",
    "the kills were made",
    "seeds within",
    "looked through in time",
    "law 2",
)


def broken(results: list[RowResult]) -> list[str]:
    """What does not hold, but for what a busy machine may break."""
    return [line(one) for one in results if one.broken and not one.invariant.startswith(OF_A_QUIET_MACHINE)]


# A desk that is killed in the middle of an answer leaves its caller's line open.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_few_kills_lose_nothing_and_double_nothing() -> None:
    found = kills.run(7, 45, size="tiny")
    assert not broken(found)
    assert sum(one.tried for one in found) > 100


def test_nothing_planted_is_found_anywhere() -> None:
    found = leaks.run(7, 100, size="tiny")
    assert not broken(found)
    assert sum(one.tried for one in found) > 50


def test_deadlines_are_elapsed_time_on_both_nights() -> None:
    found = clock_faults.run(7, 60, size="tiny")
    assert not broken(found)
    assert any("autumn night" in one.invariant and one.tried for one in found)


def test_another_machine_tells_that_nobody_sends_while_the_desk_still_answers() -> None:
    found = outside.run(7, 60, size="tiny")
    assert not broken(found)
    assert [one.tried for one in found] == [1, 1, 1, 1]


def test_the_report_is_what_was_found(tmp_path: Path) -> None:
    write([RowResult("T3", "tiny", 7, "I5 the chain verifies", 9, 0)], tmp_path / "report.json")
    (told,) = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert told.pop("at").endswith("+00:00")
    assert "cores" in told.pop("machine")
    assert told == {
        "row": "T3",
        "size": "tiny",
        "seed": 7,
        "invariant": "I5 the chain verifies",
        "tried": 9,
        "broken": 0,
        "detail": "",
    }


def test_a_planted_bug_is_found() -> None:
    found = clock_faults.run(7, 60, size="tiny", planted="sleep-not-counted")
    assert any("asleep" in one.invariant and one.broken for one in found)


def test_neither_words_nor_time_tell_whether_a_case_exists() -> None:
    found = oracle.run(7, 60, size="tiny")
    assert not broken(found)
    assert all(one.tried >= oracle.FEWEST for one in found)

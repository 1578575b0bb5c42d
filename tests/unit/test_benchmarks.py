"""The page of figures says what was measured, and figures are what contract.md calls them."""

import json
from pathlib import Path

import pytest

from benchmarks import where_time_goes
from benchmarks.backends import SQLITE
from benchmarks.figures import Figure, percentile, row, times
from benchmarks.page import SECTIONS, render

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "benchmarks" / "results"
KEYS = {"name", "backend", "peer", "n", "unit", "p50", "p95", "p99", "max", "machine", "versions", "at"}


def test_the_page_of_figures_is_true() -> None:
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert page == render(RESULTS), "run `make bench`"
    assert "floor" in page


def test_every_results_file_is_on_the_page_and_has_the_form_of_the_contract() -> None:
    files = sorted(RESULTS.glob("*.json"))
    assert files
    for file in files:
        assert file.stem in SECTIONS
        assert all(set(line) == KEYS for line in json.loads(file.read_text(encoding="utf-8")))


def test_every_part_has_its_section() -> None:
    from benchmarks.__main__ import PARTS

    assert {name.replace("-", "_") for name in PARTS} == set(SECTIONS)


def test_percentiles_are_those_of_the_values() -> None:
    values = [float(one) for one in range(1, 102)]
    assert [percentile(values, percent) for percent in (50, 95, 99)] == [51.0, 96.0, 100.0]
    assert percentile([7.0], 95) == 7.0


def test_times_the_floor_compares_percentile_with_percentile() -> None:
    ours = Figure("ours", "sqlite", "staffetta", [20.0, 30.0, 40.0])
    floor = Figure("floor", "sqlite", "floor", [10.0, 10.0, 10.0])
    told = times("ours, times the floor", ours, floor)
    assert told["p50"] == pytest.approx(3.0)
    assert told["max"] == pytest.approx(4.0)
    assert set(told) == KEYS == set(row(ours))


@pytest.mark.slow
def test_every_phase_of_an_alert_is_measured_in_its_order() -> None:
    (moments,) = where_time_goes.measure(SQLITE, rounds=1, warm_up=1)

    for start, end, what in where_time_goes.PHASES:
        assert moments[start] <= moments[end], what

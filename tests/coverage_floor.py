"""A pytest plugin for `make test`: the rules are covered to the floor, or the run fails.

It speaks before pytest's own summary, so that the summary stays the last line that a person, or a machine, reads.
"""

import io
from collections.abc import Generator

import coverage
import pytest

FLOOR = 95.0
"""Percent of lines and branches of `procedures/`, which holds every decision and is pure."""


class CoverageFloor:
    """Measures `procedures/` once all tests have run and their data is combined."""

    def __init__(self) -> None:
        self.said = ""

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        outcome = yield
        measured = coverage.Coverage()
        measured.load()
        percent = measured.report(include=["procedures/*"], file=io.StringIO())
        self.said = f"procedures/ is covered to {percent:.1f} %, the floor is {FLOOR:.0f} %"
        if percent < FLOOR:
            self.said += ": FAILED"
            session.testsfailed += 1
        return outcome

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.write_line(self.said)


def pytest_configure(config: pytest.Config) -> None:
    """Only the process that gathers the results measures; the workers of xdist do not."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(CoverageFloor(), "coverage-floor")

"""`python -m tests.usability [--only NAME …]`: walk through the eight tasks and print what each costs."""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser

from tests.pictures.shots import DESK, PHONE, On
from tests.pictures.stage import Stage
from tests.pictures.taking import chromium, set_up
from tests.usability.hand import Hand
from tests.usability.tasks import TASKS, Task

LOST = Path(__file__).parents[2] / "build" / "usability-lost.png"
"""What the screen showed where a hand found no way on."""
PATIENCE = 5_000
"""Milliseconds until a hand no longer looks for what the screen does not say."""


def walk(names: list[str]) -> Iterator[tuple[str, Hand]]:
    """Do each of these tasks, one after another in one house. Raises where one cannot be done."""
    with (
        chromium() as browser,
        tempfile.TemporaryDirectory(prefix="staffetta-walk-") as folder,
        set_up(On.AT_WORK, Path(folder)) as made,
    ):
        for name in names:
            yield name, done(browser, made, TASKS[name])


def done(browser: Browser, made: Stage, task: Task) -> Hand:
    """What one task costs."""
    wide = PHONE if task.phone else DESK
    with browser.new_context(
        locale="it-IT", timezone_id="Europe/Rome", viewport={"width": wide, "height": 800}
    ) as context:
        context.set_default_timeout(PATIENCE)
        if task.who:
            cookie = made.desk.app.state.desk.origins.session_cookie
            context.add_cookies([{"name": cookie, "value": made.tokens[task.who], "url": made.base}])
        page = context.new_page()
        page.goto(f"{made.base}{task.start.format(**made.places, code=made.cases['work'])}")
        hand = Hand(page)
        try:
            task.do(hand, made)
        except BaseException:
            LOST.parent.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=LOST, full_page=True)
            raise
    return hand


def main() -> int:
    """Print a table; a task that cannot be done stops the walk."""
    parser = argparse.ArgumentParser(prog="python -m tests.usability", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", nargs="+", default=list(TASKS), choices=list(TASKS), metavar="NAME")
    sys.stdout.write("| Task | Clicks | Keys | Pages | Seconds |\n|---|---|---|---|---|\n")
    for name, hand in walk(parser.parse_args().only):
        row = f"{TASKS[name].says} | {hand.clicks} | {hand.keys} | {hand.pages} | {hand.seconds:.0f}"
        sys.stdout.write(f"| {row} |\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())

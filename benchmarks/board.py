"""The operator's board beside five thousand open cases: pages, first paint, weight, and how soon a change is seen."""

import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.backends import Backend
from benchmarks.boards import following
from benchmarks.callers import Browser
from benchmarks.figures import OURS, Figure, Row, row
from benchmarks.houses import Standing, accepting, opening, requested, standing
from models.composition import House
from models.recorded import Handled

CASES, HANDS = 5_000, 8
LOOKS, PAINTS, CHANGES, BOARDS = 50, 10, 10, 200
SPREAD = 3.0
"""Seconds between two changes: what one costs is over before the next."""
SEEN_WITHIN = 10.0
CHROMIUM = Path("/usr/bin/chromium")
RISKS = ("low", "medium", "high", "imminent")
LOOKED_AT: Mapping[str, str] = {
    "the board": "/?all=yes",
    "narrowed to what waits for an answer, of one service": "/?waits=answer&service=luna_ascolto",
    "narrowed to imminent risk": "/?risk=imminent",
    "a search for a part of a code": "/?q=C-7K",
    "a search for a step": "/?q=ascolto",
}
KB = 1000


def run(chosen: Sequence[Backend]) -> Iterator[Row]:
    """Every figure, on each database."""
    for backend in chosen:
        yield from measure(backend)


def measure(backend: Backend) -> Iterator[Row]:
    """One house."""
    url = "staffetta-mail://127.0.0.1:9?tls=none&from=staffetta@example.org"
    with standing(backend, url) as place, place.opened() as house:
        handled = many_cases(house)
        with place.at_work("desk"), closing(Browser(place)) as browser:
            browser.connect()
            for what, path in LOOKED_AT.items():
                first, *later = [browser.look(path) for _ in range(LOOKS + 1)]
                yield told(backend, f"{what}, {CASES} cases open", later)
                if "risk" in path:
                    yield told(backend, f"{what}, {CASES} cases open: the first time", [first])
            yield from in_browsers(backend, place, house, handled)


def told(backend: Backend, name: str, values: Sequence[float], unit: str = "ms") -> Row:
    """One figure of ours."""
    return row(Figure(name, backend.name, OURS, values, unit))


def many_cases(house: House) -> Sequence[Handled]:
    """So many open cases, each of which waits for an answer; each fourth in imminent danger."""
    commands = [opening(house, risk=RISKS[number % len(RISKS)]) for number in range(CASES)]
    with ThreadPoolExecutor(HANDS) as hands:
        return list(hands.map(house.handling.handle, commands))


def in_browsers(backend: Backend, place: Standing, house: House, handled: Sequence[Handled]) -> Iterator[Row]:
    """What is seen in Chromium, alone and beside two hundred boards that follow."""
    if not CHROMIUM.exists():
        sys.stderr.write("Chromium is not installed: what a browser shows is left out\n")
        return
    with chromium(place) as page:
        painted, weights = zip(*(painting(page) for _ in range(PAINTS)), strict=True)
        yield told(backend, f"first paint of the board, {CASES} cases open, nothing kept", painted)
        yield told(backend, "what the browser fetches for it", weights, "kB")
        page.goto("/?waits=result")
        page.wait_for_timeout(1000)
        waiting = iter(handled)
        yield told(backend, "a change elsewhere, seen on the board", changes(page, house, waiting))
        begun: list[float] = []
        seen: list[float] = []
        heard = following(
            place.ports.desk, place.cookie, BOARDS, lambda: seen.extend(changes(page, house, waiting, begun))
        )
        yield told(backend, f"the same, {BOARDS} other boards following", seen)
        last = [max(one[number] for one in heard) - at for number, at in enumerate(begun)]
        yield told(backend, f"until the last of the {BOARDS} others has it", [one * 1000 for one in last])


@contextmanager
def chromium(place: Standing) -> Iterator[Page]:
    """A browser in which the operator is signed in."""
    name, _, value = place.cookie.partition("=")
    base = f"http://127.0.0.1:{place.ports.desk}"
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--disable-gpu", *as_root])
        with browser.new_context(base_url=base, viewport={"width": 1280, "height": 900}) as context:
            context.add_cookies([{"name": name, "value": value, "url": base}])
            yield context.new_page()
        browser.close()


def painting(page: Page) -> tuple[float, float]:
    """Milliseconds to the first paint of the board with nothing kept, and how much was fetched for it, in kB."""
    tools = page.context.new_cdp_session(page)
    tools.send("Network.clearBrowserCache")
    page.goto("about:blank")
    page.goto("/?all=yes", wait_until="load")
    page.evaluate("document.fonts.ready.then(() => true)")
    while not page.evaluate("performance.getEntriesByName('first-contentful-paint').length"):
        page.wait_for_timeout(20)  # it is written down a moment after; the desk's policy lets no test wait in the page
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    fetched = page.evaluate(
        "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
        ".filter(one => !one.name.includes('/board')).reduce((sum, one) => sum + one.transferSize, 0)"
    )
    tools.detach()
    return float(paint), float(fetched) / KB


def changes(page: Page, house: House, waiting: Iterator[Handled], begun: list[float] | None = None) -> list[float]:
    """Somebody accepts; milliseconds until the case stands on the board that is narrowed to what was taken on.

    `begun` takes when each began.
    """
    took = []
    for _ in range(CHANGES):
        handled = next(waiting)
        started = time.monotonic()
        house.handling.handle(accepting(house, handled.state.case_id, requested(handled)))
        page.wait_for_selector(f"#case-{handled.state.code}", state="attached", timeout=SEEN_WITHIN * 1000)
        took.append((time.monotonic() - started) * 1000)
        if begun is not None:
            begun.append(started)
        time.sleep(SPREAD)  # what this one costs is over before the next
    return took

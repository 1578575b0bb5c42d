"""A real browser before a real desk. Where Chromium is missing, these stories are skipped, and say so."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from pyotp.totp import TOTP

from models.accounts import FIRST_OPERATOR
from tests.integration.webhouse import SETTINGS, WebHouse, web_house

CHROMIUM = Path("/usr/bin/chromium")
QUIET = (
    # Without these, Chromium asks the outside for updates and experiments at every start.
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for one file of stories.

    Playwright's own fixture lives for the whole session and leaves its event loop running in this thread: every
    asynchronous test that comes after it on the same worker would fail.
    """
    if not CHROMIUM.exists():  # `make test` passes without it, and says plainly what it left out
        pytest.skip("Chromium is not installed: apt-get install chromium")
    as_root = ("--no-sandbox",) if os.geteuid() == 0 else ()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, *as_root])
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """One reader's browser, without cookies of anybody else."""
    with chromium.new_context(locale="it-IT", viewport={"width": 1280, "height": 900}) as context:
        yield context


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """One empty tab."""
    return context.new_page()


@dataclass
class Served:
    """A desk that listens, and what browsers asked of it and complained about."""

    desk: WebHouse
    base: str
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    recovery: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Note every request of this page, and every error on its console."""

        def complained(said: ConsoleMessage) -> None:
            if said.type == "error":
                self.complaints.append(said.text)

        page.on("request", lambda request: self.asked.append(request.url))
        page.on("console", complained)
        page.on("pageerror", lambda error: self.complaints.append(error.message))

    def sign_in(self, page: Page) -> None:
        """Sign in as the first operator."""
        self.give_password(page)
        self.show_code(page)

    def give_password(self, page: Page) -> None:
        """Name and password: the page that asks for the second factor."""
        page.goto(f"{self.base}/sign-in")
        page.fill("#name", FIRST_OPERATOR)
        page.fill("#password", self.desk.password)
        page.click("main button")
        page.wait_for_url(f"{self.base}/sign-in/code")

    def code_of(self, page: Page) -> str:
        """What an app shows now that reads the drawing of this page."""
        return TOTP(page.locator("#secret").text_content() or "").now()

    def show_code(self, page: Page) -> None:
        """The first time sets the factor; later ones use a recovery code, for the app's is good once in 30 s."""
        key = page.locator("#secret")
        if key.count():
            page.fill("#code", self.code_of(page))
            page.click("#by-code button")
            page.wait_for_selector(".codes")
            self.recovery.extend(page.locator(".codes code").all_text_contents())
            page.click("main a.btn")
        else:
            page.fill("#code", self.recovery.pop())
            page.click("#by-code button")
        page.wait_for_url(lambda url: "/sign-in" not in url)  # the board, or where she was


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path) as served:
        yield served


@contextmanager
def serving(folder: Path, host: str = "127.0.0.1", more: str = "") -> Iterator[Served]:
    """A desk that listens until the story is over, at an address with that host; `more` stands in its settings."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()  # whoever comes before the server's thread has begun waits instead of being turned away
        port = listening.getsockname()[1]
        with web_house(folder / "data", settings=SETTINGS.replace("127.0.0.1:8480", f"{host}:{port}") + more) as desk:
            server = uvicorn.Server(uvicorn.Config(desk.app, log_level="error", access_log=False, lifespan="off"))
            desk.app.state.news.over = lambda: server.should_exit
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
            thread.start()
            yield Served(desk, f"http://{host}:{port}")
            server.should_exit = True
            thread.join(10)


def faults_of(page: Page) -> list[str]:
    """What axe (WCAG 2.2 AA and its good practice) finds wrong on the page."""
    found = Axe().run(page).response["violations"]
    return [f"{fault['id']}: {node['html'][:120]}" for fault in found for node in fault["nodes"]]

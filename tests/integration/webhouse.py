"""A real house with its desk, and the few things that stories do at it: sign in, open a case, find a message's link."""

import io
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import httpx2
import pytest
from starlette.testclient import TestClient

from models import outbox
from models.accounts import FIRST_OPERATOR
from models.clock import SetClock
from models.composition import House, open_house
from models.links import link_code, link_token
from models.outbox import SettledDelivery, SettledResult
from models.views import AlertView, CaseView, HandoffRow, case_view
from procedures.commands import OpenCase, PassDeadline, Person, Road
from procedures.events import AlertPurpose, HandoffRequested, LinkUse
from tests.prepared import with_operator
from tests.signing import Telephones
from web.app import create_app
from web.log import desk_log

BASE = "http://127.0.0.1:8480"
CANARY = "Zinnia Quetzal"
SETTINGS = f"""[desk]
base_url = "{BASE}"
[carriers.email]
url = "staffetta-mail://127.0.0.1:2525?tls=none&from=staffetta@example.org"
[carriers.sms]
url = "staffetta-sms://127.0.0.1:2526/send?from=Staffetta"
"""
TEATIME = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Letter:
    """The link and the code that one message carries."""

    token: str
    code: str

    @property
    def path(self) -> str:
        """Where its link leads."""
        return f"/h/{self.token}"


@dataclass
class WebHouse:
    """The house, its clock, its log, and browsers."""

    house: House
    clock: SetClock
    password: str
    log: io.StringIO = field(default_factory=io.StringIO)
    """What the desk logged."""
    telephones: Telephones = field(default_factory=Telephones)

    def __post_init__(self) -> None:
        self.app = create_app(self.house, log=desk_log(self.log))
        self.app.state.news.over = lambda: True  # whoever asks in this process waits for the end of an answer

    def browser(self) -> TestClient:
        """Somebody's browser, on a page of ours."""
        return TestClient(self.app, base_url=BASE, headers={"sec-fetch-site": "same-origin"})

    def operator(self) -> TestClient:
        """A browser that is signed in."""
        return self.signed_in(FIRST_OPERATOR, self.password)

    def signed_in(self, name: str, password: str) -> TestClient:
        """A browser in which that account is signed in."""
        browser = self.browser()
        answer = self.telephones.sign_in(browser, name, password)
        assert answer.url.path in {"/", "/people", "/audit", "/inbox", "/procedures"}, answer.text
        return browser

    def open_case(
        self,
        pathway: str = "shelter",
        *,
        drill: bool = False,
        facts: dict[str, str] | None = None,
        consents: frozenset[str] | None = None,
    ) -> str:
        """The code of a case that somebody opened elsewhere."""
        handled = self.house.handling.handle(
            OpenCase(
                id=self.house.ids.new_id(),
                case_id=self.house.ids.new_id(),
                actor="operator:1",
                road=Road.CLI,
                code=self.house.ids.case_code(),
                seed=self.house.ids.seed(),
                pathway=pathway,
                territory="valle_chiara",
                desk=next(iter(self.house.procedures.directory().desks), None),
                drill=drill,
                facts=facts or {},
                consents=frozenset({pathway}) if consents is None else consents,
                person=Person(name=CANARY, safe_contact="+39 06 5550 999"),
            )
        )
        return handled.state.code

    def view(self, code: str) -> CaseView:
        """Everything of the case."""
        return case_view(self.house.database, self.house.keyring, code)

    def first(self, code: str) -> HandoffRow:
        """The handoff that was requested first, as it stands now."""
        view = self.view(code)
        events = (entry.recorded.event for entry in view.timeline)
        ref = next(event.ref for event in events if isinstance(event, HandoffRequested))
        return next(row for row in view.handoffs if row.ref == ref)

    def alerts(self, code: str, purpose: AlertPurpose) -> list[AlertView]:
        """The alerts of that kind, oldest first."""
        return [alert for alert in self.view(code).alerts if alert.purpose is purpose]

    def letter(self, code: str, purpose: AlertPurpose = AlertPurpose.REQUEST, which: int = -1) -> Letter:
        """What a message of that kind carries; the latest unless said otherwise."""
        with_link = [alert for alert in self.alerts(code, purpose) if alert.link_use is not LinkUse.NONE]
        return self.letter_of(with_link[which].deliveries[0].delivery_id)

    def letter_about(self, code: str, step: str, purpose: AlertPurpose = AlertPurpose.REQUEST) -> Letter:
        """The latest message of that kind about that step."""
        view = self.view(code)
        refs = {row.ref for row in view.handoffs if row.step == step}
        alert = [alert for alert in view.alerts if alert.purpose is purpose and alert.about in refs][-1]
        return self.letter_of(alert.deliveries[0].delivery_id)

    def letter_of(self, delivery_id: str) -> Letter:
        """What that delivery carries."""
        key = self.house.keyring.token_key
        return Letter(link_token(key, delivery_id), link_code(key, delivery_id))

    def pass_by(self, code: str, **elapsed: float) -> None:
        """Time goes by, and what is due is done."""
        self.clock.pass_by(**elapsed)
        self.house.handling.handle(
            PassDeadline(
                id=self.house.ids.new_id(), case_id=self.view(code).row.case_id, actor="clock", road=Road.CLOCK
            )
        )

    def send_everything(self, after: float) -> None:
        """Every message that waits is taken by its carrier, `after` seconds later."""
        now = self.clock.pass_by(seconds=after)
        taken = outbox.claim(self.house.database, worker="story", now=now, lease_seconds=30, limit=50)
        accepted = [SettledDelivery(delivery.delivery_id, SettledResult.ACCEPTED, now) for delivery in taken]
        self.house.handling.settle(accepted)

    def wait_for_coordinator(self, code: str) -> None:
        """Nobody answers until the coordinator is called."""
        for _ in range(20):
            self.pass_by(code, minutes=5)
            if self.alerts(code, AlertPurpose.COORDINATOR):
                return
        pytest.fail("the coordinator was never called")

    @contextmanager
    def another_writer(self) -> Iterator[None]:
        """Somebody else holds the database."""
        with closing(sqlite3.connect(self.house.settings.data / "staffetta.sqlite", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")

    def events(self, code: str) -> list[str]:
        """The kinds of everything that happened to the case."""
        return [entry.kind for entry in self.view(code).timeline]


@contextmanager
def web_house(folder: Path, clock: SetClock | None = None, settings: str = SETTINGS) -> Iterator[WebHouse]:
    """A new house with the invented network, closed afterwards."""
    clock = clock or SetClock(TEATIME)
    password = with_operator(folder, settings, clock.now())
    house = open_house(folder, with_vault=True, clock=clock)
    try:
        yield WebHouse(house, clock, password)
    finally:
        house.close()


def hidden(page: httpx2.Response, name: str = "command") -> str:
    """The value of a hidden field, as a browser would send it back."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found is not None, page.text
    return unescape(found.group(1))


def text_of(page: httpx2.Response) -> str:
    """What a reader reads."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())

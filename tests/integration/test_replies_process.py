"""The process that reads the box, as `staffetta serve` starts it: killed while it works, and begun again."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import pytest

from cli.demo.mailserver import MailServer
from flows.delivering import carrier_urls, deliver
from flows.journal import open_journal
from flows.replies import BoxWatch
from models import outbox
from models.composition import House
from models.store import load
from models.trail import case_events
from models.views import case_view
from notifiers.carriers import Carriers
from notifiers.incoming.reading import MailReader
from notifiers.language import translator
from procedures.case import HandoffState
from procedures.events import HandoffRequested
from tests.dovecot import Dovecot, dovecot
from tests.integration.bounces import report_on
from tests.integration.relay import first, furnish, open_shelter, settings_text, wait_for
from tests.integration.replyhouse import ReplyStory, reply_story, reply_to
from tests.integration.webhouse import SETTINGS, text_of, web_house
from web.naming import Names
from web.timeline import teller_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot() as found:
        yield found


@pytest.fixture(scope="module")
def mail() -> Iterator[MailServer]:
    with MailServer.start() as found:
        yield found


@contextmanager
def at_work(data: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "flows.replies", "--data", str(data)]
    with subprocess.Popen(
        command, cwd=Path(__file__).parents[2], stderr=subprocess.PIPE, env=dict(os.environ)
    ) as process:
        try:
            yield process
        finally:
            process.kill()


async def send_everything(house: House) -> None:
    claimed = outbox.claim(
        house.database, worker="dispatcher", now=house.clock.now(), lease_seconds=60, limit=20, besides=()
    )
    async with Carriers(carrier_urls(house)) as carriers:
        house.handling.settle([await deliver(house, carriers, one) for one in claimed])


def test_killed_at_any_moment_it_takes_the_answer_once_and_says_so(
    tmp_path: Path, mail: MailServer, server: Dovecot
) -> None:
    data = tmp_path / "data"
    house = furnish(data, settings_text(mail.url) + server.settings())
    opened = open_shelter(house)
    asyncio.run(send_everything(house))
    alert = mail.received()[-1]
    server.put(reply_to(alert, "1").as_bytes())
    for patience in (0.6, 0.9, 1.2, 1.5):
        with at_work(data) as process:
            try:
                process.wait(patience)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
    with at_work(data) as process:
        echo = mail.wait_for(lambda one: "riferimento" in one.subject and "risposta" in one.subject, 30)
        wait_for(lambda: not server.mails())
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert echo.recipient == alert.recipient
    with house.database.read() as connection:
        state = load(connection, house.keyring, opened.state.case_id).state
    assert state.handoffs[first(opened, HandoffRequested).ref].state is HandoffState.ACCEPTED
    kinds = [one.event.kind for one in case_events(house.database, house.keyring, opened.state.case_id)]
    assert kinds.count("handoff_accepted") == 1
    assert "answer_came_late" not in kinds
    house.close()


def test_on_the_other_database_an_answer_and_a_bounce_do_the_same(
    tmp_path: Path, mail: MailServer, server: Dovecot, database_settings: str
) -> None:
    server.empty()
    with reply_story(tmp_path / "data", mail, server, database_settings) as story:
        alert = story.asked()
        story.arrives(report_on(alert, "delivered"), reply_to(alert, "1"))
        assert story.now.state is HandoffState.ACCEPTED
        assert len(story.echoes()) == 1


def test_the_timeline_says_what_was_heard_of_a_message_and_that_delivered_is_not_read(
    tmp_path: Path, mail: MailServer, server: Dovecot
) -> None:
    server.empty()
    with reply_story(tmp_path / "data", mail, server) as story:
        alert = story.asked()
        story.arrives(report_on(alert, "delayed"), report_on(alert, "delivered"), report_on(alert, "failed"))
        story.arrives(reply_to(alert, "1"))
        said = " ".join(told_by(story, "it"))
        assert "è ancora in viaggio" in said
        assert "il che non dice che sia stato letto" in said
        assert said.count("La risposta è arrivata per mail.") == 1
        assert "è tornato indietro senza essere consegnato" in said


def told_by(story: ReplyStory, language: str) -> list[str]:
    """The timeline of the case's page."""
    house = story.told.house
    view = case_view(house.database, house.keyring, story.state.code)
    names = Names(house.procedures.directory(), house.procedures.library(), language, translator(language, "web"))
    return [line.said for line in teller_of(view, names).newest_first()]


def test_the_page_of_the_house_says_whether_answers_by_mail_are_read(tmp_path: Path, server: Dovecot) -> None:
    server.empty()
    with web_house(tmp_path / "without") as house:
        assert "Risposte per mail" not in text_of(house.operator().get("/status"))
    with web_house(tmp_path / "data", settings=SETTINGS + server.settings()) as house:
        page = text_of(house.operator().get("/status"))
        assert "Risposte per mail da guardare nessuno le legge: attendono nella casella" in page
        with MailReader() as reader:
            watch = BoxWatch(house.house, reader, open_journal("replies", StringIO()))
            thread = threading.Thread(target=watch.run, daemon=True)
            thread.start()
            wait_for(lambda: "vengono lette" in text_of(house.operator().get("/status")))
            watch.stop()
            thread.join(10)

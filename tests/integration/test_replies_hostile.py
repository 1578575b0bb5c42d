"""A thousand mails that nobody of the service wrote change nothing; a dead box delays nothing; no text leaks."""

import logging
import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.answering_box import box_fault, box_lines
from cli.demo.mailserver import MailServer
from cli.demo.received import ReceivedMail
from cli.speech import speaking
from flows.reply_reading import ReplyReading
from flows.serving import Ports, programs
from models.settings import load_settings
from models.store_errors import StoreBusy
from notifiers.incoming.box import AnsweringBox, BoxAccount, BoxUnusable
from procedures.case import HandoffState
from tests.contract.carrier_worlds import make_certificate
from tests.dovecot import PASSWORD, USER, Dovecot, dovecot, free_port
from tests.houses import CANARY, everything_written
from tests.integration.bounces import report_on
from tests.integration.replyhouse import ReplyStory, reply_story, reply_to

pytestmark = pytest.mark.slow
SECRET = "Corallina Ondina"
"""Stands in mails that come in, and must stand nowhere else."""


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot() as found:
        yield found


@pytest.fixture(scope="module")
def mail() -> Iterator[MailServer]:
    with MailServer.start() as found:
        yield found


@pytest.fixture
def story(tmp_path: Path, mail: MailServer, server: Dovecot) -> Iterator[ReplyStory]:
    server.empty()
    with reply_story(tmp_path / "data", mail, server) as made:
        yield made


def hostile(alert: ReceivedMail, number: int, drawn: random.Random) -> bytes:
    """One mail that proves nothing: each has all but one of what an answer needs, or is no answer."""
    kind, text = number % 10, drawn.choice(["1", "2", "Accetto", "non possiamo", "We take it"])
    reply = reply_to(alert, text, quoted=kind != 1)
    reply.replace_header("Message-ID", f"<hostile-{number}@mail.example.org>")
    token = "".join(drawn.choices("abcdefghijklmnopqrstuvwxyz234567", k=26))
    if kind == 0:
        reply.replace_header("From", f"ladro{number}@example.org")
    elif kind == 1:
        reply.replace_header("To", f"answers+{token}@example.org")
    elif kind in {2, 3, 4, 5}:
        reply[drawn.choice(["Auto-Submitted", "X-Autoreply", "X-Autorespond", "X-Loop"])] = "auto-generated"
    elif kind == 6:
        return report_on(alert, "failed", message_id=f"<{token}.1@staffetta.invalid>", number=number)
    elif kind == 7:
        return drawn.randbytes(400)
    elif kind == 8:
        reply = reply_to(alert, f"Sono in ferie fino al {number % 28}", quoted=True)
        reply["Auto-Submitted"] = "auto-replied"
    else:
        return b"From: altra@example.org\r\n" + reply.as_bytes()
    return reply.as_bytes()


def test_a_thousand_hostile_mails_change_nothing(story: ReplyStory) -> None:
    alert = story.asked()
    before = story.state
    drawn = random.Random(7)  # noqa: S311 - the same thousand each time
    reading = ReplyReading(story.told.house, story.reader)
    for number in range(990):
        reading.take_in(hostile(alert, number, drawn))
    story.arrives(*(hostile(alert, number, drawn) for number in range(990, 1000)))
    assert story.state == before
    assert story.echoes() == []
    story.arrives(reply_to(alert, "1"))
    assert story.now.state is HandoffState.ACCEPTED


def test_nothing_of_a_mail_is_kept_logged_or_said(story: ReplyStory, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    alert = story.asked()
    for text in (f"1\n{SECRET}", f"{SECRET}?", f"2\n\n{SECRET} ma"):
        reply = reply_to(alert, text)
        reply.replace_header("Subject", f"Re: {SECRET}")
        reply["X-Note"] = SECRET
        story.arrives(reply)
    bounce = report_on(alert, "failed").replace(b"somebody's own words", SECRET.encode())
    story.arrives(bounce, b"\xff\xfe" + SECRET.encode())
    echoes = "".join(echo.raw.decode() for echo in story.echoes())
    written = everything_written(story.told)
    for name in SECRET.split():
        assert name not in story.log.getvalue()
        assert name not in caplog.text
        assert name not in echoes
        assert name.encode() not in written
    assert CANARY not in echoes
    assert alert.recipient not in story.log.getvalue()


def test_a_store_that_is_busy_leaves_the_mail_where_it_is(story: ReplyStory, monkeypatch: pytest.MonkeyPatch) -> None:
    alert = story.asked()

    def busy(*_args: object) -> None:
        raise StoreBusy

    with monkeypatch.context() as away:
        away.setattr(type(story.told.house.handling), "handle", busy)
        with pytest.raises(StoreBusy):
            story.arrives(reply_to(alert, "1"))
    assert len(story.box.mails()) == 1
    story.look()
    assert story.now.state is HandoffState.ACCEPTED


def test_a_mail_that_breaks_its_reader_lets_the_others_through(
    story: ReplyStory, monkeypatch: pytest.MonkeyPatch
) -> None:
    alert = story.asked()
    sound = ReplyReading.take_in

    def breaks(self: ReplyReading, raw: bytes) -> object:
        if b"breaks it" in raw:
            raise ValueError(SECRET)
        return sound(self, raw)

    monkeypatch.setattr(ReplyReading, "take_in", breaks)
    story.arrives(b"From: a@example.org\r\n\r\nbreaks it\r\n", reply_to(alert, "1"))
    assert story.now.state is HandoffState.ACCEPTED
    story.look()
    story.look()
    assert (len(story.box.mails()), len(story.box.mails("Staffetta"))) == (0, 1)
    assert SECRET not in story.log.getvalue()


def test_a_watch_reads_what_arrives_within_a_second_or_two_and_stops_when_told(story: ReplyStory) -> None:
    alert = story.asked()
    thread = threading.Thread(target=story.watch.run, daemon=True)
    thread.start()
    story.box.put(reply_to(alert, "1").as_bytes())
    until = time.monotonic() + 20
    while story.now.state is not HandoffState.ACCEPTED and time.monotonic() < until:
        time.sleep(0.05)  # until it was read
    story.watch.stop()
    thread.join(10)
    assert not thread.is_alive()
    assert story.now.state is HandoffState.ACCEPTED


def test_a_box_that_cannot_be_read_says_where_and_why_and_no_secret(server: Dovecot) -> None:
    nobody = BoxAccount("127.0.0.1", free_port(), "x", SECRET, in_clear=True)
    wrong = BoxAccount("127.0.0.1", server.port, "answers@example.org", SECRET, in_clear=True)
    no_tls = BoxAccount("127.0.0.1", server.port, "answers@example.org", SECRET)
    for account in (nobody, wrong, no_tls):
        with pytest.raises(BoxUnusable) as failed, AnsweringBox.opened(account):
            pass
        assert SECRET not in str(failed.value)
        assert str(account.port) in str(failed.value)
        assert SECRET not in repr(account)


def test_a_dead_box_is_tried_again_and_its_alerts_go_out(tmp_path: Path, mail: MailServer) -> None:
    with dovecot() as box, reply_story(tmp_path / "data", mail, box) as story:
        box.stop()
        thread = threading.Thread(target=story.watch.run, daemon=True)
        thread.start()
        alert = story.asked()
        assert "Reply-To" in alert.headers
        until = time.monotonic() + 10
        while "box-unusable" not in story.log.getvalue() and time.monotonic() < until:
            time.sleep(0.05)  # until it was tried
        story.watch.stop()
        thread.join(15)
        assert "box-unusable" in story.log.getvalue()


def test_the_house_starts_a_process_for_the_box_only_where_there_is_one(tmp_path: Path, server: Dovecot) -> None:
    def started(text: str, only: str | None = None) -> list[str]:
        data = tmp_path / str(abs(hash((text, only))))
        data.mkdir()
        (data / "staffetta.toml").write_text(f"{text}[prefect]\nenabled = false\n", encoding="utf-8")
        found = programs(load_settings(data), Ports(0, 0), None, only)  # type: ignore[arg-type]  # a word of three
        return [program.name for program in found]

    assert started("") == ["desk", "dispatcher"]
    assert started(server.settings()) == ["desk", "dispatcher", "replies"]
    assert started("", "replies") == ["replies"]


def test_over_tls_a_box_that_proves_who_it_is_is_read_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = make_certificate(tmp_path)
    with dovecot((certificate.file, certificate.file)) as box:
        account = BoxAccount("127.0.0.1", box.tls_port, USER, PASSWORD)
        with pytest.raises(BoxUnusable), AnsweringBox.opened(account):
            pass
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
        box.put(b"From: a@example.org\r\n\r\n1\r\n")
        with AnsweringBox.opened(account) as opened:
            assert len(opened.waiting()) == 1


def test_an_answer_with_a_large_picture_below_is_read_by_its_top(story: ReplyStory) -> None:
    reply = reply_to(story.asked(), "1")
    reply.add_attachment(bytes(900_000), maintype="image", subtype="png", filename="logo.png")
    story.arrives(reply)
    assert story.now.state is HandoffState.ACCEPTED


@pytest.fixture
def in_english() -> Iterator[None]:
    with speaking("en"):
        yield


@pytest.mark.usefixtures("in_english")
def test_the_doctor_says_what_is_to_be_done_about_the_box(story: ReplyStory, server: Dovecot) -> None:
    alert = story.asked()
    away = reply_to(alert, "Sono in ferie")
    away["Auto-Submitted"] = "auto-replied"
    story.arrives(away, reply_to(alert, "Chi parla?"))
    assert box_fault(story.told.house) is None
    said = " ".join(box_lines(story.told.house))
    assert "1, in the folder Staffetta" in said
    assert "comes back to staffetta@example.org" in said
    assert "by themselves" in said
    (server.folder / "password").write_text("another", encoding="utf-8")
    try:
        fault = box_fault(story.told.house)
    finally:
        (server.folder / "password").write_text(PASSWORD, encoding="utf-8")
    assert fault is not None
    assert "neither the user nor the password" in fault

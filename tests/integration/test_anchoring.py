"""Roots are made by themselves, and told to two bodies outside: at their time, or at once where somebody asks."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest

from cli.demo.mailroom import Stage, Turn
from cli.demo.mailserver import MailServer
from flows.anchoring import Anchoring
from flows.delivering import carrier_urls
from flows.journal import open_journal
from models.anchors import NoAnchors, anchor_now, read_anchors, read_written
from models.roots import newest_root
from models.trail import verify
from notifiers.carriers import Carriers
from tests.houses import CANARY, START, Told

pytestmark = pytest.mark.slow

MAILBOXES = """
[anchors]
first_mailbox = "root@procura.example.org"
second_mailbox = "ancore@rete.example.org"
"""
AFTER = timedelta(seconds=61)


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with MailServer.start() as server:
        yield server


@pytest.fixture
def told(tmp_path: Path, mail: MailServer) -> Iterator[Told]:
    told = Told(tmp_path / "data", f'[carriers.email]\nurl = "{mail.url}"\n{MAILBOXES}')
    yield told
    told.close()


class Minutes:
    """A dispatcher's anchoring, whose time the story moves."""

    def __init__(self, told: Told) -> None:
        self.told = told
        self.carriers = Carriers(carrier_urls(told.house))
        self.log = StringIO()
        self.anchoring = Anchoring(told.house, self.carriers, open_journal("dispatcher", self.log))

    async def pass_by(self, time: timedelta = timedelta()) -> int:
        """So much time, and a look; the number of the newest root."""
        self.told.clock.at += time
        await self.anchoring.look()
        root = newest_root(self.told.house.database)
        return 0 if root is None else root.number


async def test_two_bodies_hear_of_the_first_root_and_then_each_quarter_of_an_hour(told: Told, mail: MailServer) -> None:
    minutes = Minutes(told)
    assert await minutes.pass_by() == 1
    assert {one.recipient for one in mail.received()} == {"root@procura.example.org", "ancore@rete.example.org"}
    told.opened()
    assert await minutes.pass_by(timedelta(seconds=30)) == 1
    assert await minutes.pass_by(timedelta(seconds=31)) == 2
    assert len(mail.received()) == 2
    await minutes.pass_by(timedelta(minutes=14))
    assert len(mail.received()) == 4
    await minutes.pass_by(timedelta(minutes=16))
    assert len(mail.received()) == 4, "nothing changed"
    await minutes.carriers.aclose()


async def test_what_somebody_asks_for_is_told_at_once(told: Told, mail: MailServer) -> None:
    minutes = Minutes(told)
    await minutes.pass_by()
    told.opened()
    anchor_now(told.house.database, told.clock.now() + timedelta(seconds=5), "export")
    assert await minutes.pass_by(timedelta(seconds=6)) == 2
    assert len(mail.received()) == 4
    await minutes.pass_by(timedelta(seconds=6))
    assert len(mail.received()) == 4
    await minutes.carriers.aclose()


async def test_a_mail_holds_the_root_and_nothing_else(told: Told, mail: MailServer) -> None:
    told.opened()
    minutes = Minutes(told)
    await minutes.pass_by()
    root = newest_root(told.house.database)
    assert root is not None
    for one in mail.received():
        assert one.body.split() == [
            "root",
            "1",
            "count",
            str(root.entries),
            "time",
            root.at.isoformat(timespec="microseconds"),
            "hash",
            root.hash,
            "signature",
            root.signature,
        ]
        assert CANARY not in one.body
        assert list(read_written(one.body)) == [root]
    await minutes.carriers.aclose()


async def test_a_saved_mail_shows_until_when_nothing_changed(told: Told, mail: MailServer, tmp_path: Path) -> None:
    minutes = Minutes(told)
    await minutes.pass_by()
    saved = tmp_path / "saved"
    saved.mkdir()
    for number, one in enumerate(mail.received()):
        (saved / f"{number}.eml").write_bytes(one.raw)
    anchors = read_anchors(saved)
    assert len(anchors) == 1
    found = verify(told.house.database, told.house.keyring, anchors)
    assert (found.faults, found.unchanged_until) == ((), START)
    await minutes.carriers.aclose()


async def test_a_mailbox_that_does_not_take_it_is_asked_again(told: Told, mail: MailServer) -> None:
    minutes = Minutes(told)
    mail.misbehave(*[Turn(Stage.RCPT, reply="451 4.7.1 later")] * 2)
    await minutes.pass_by()
    assert "anchor-not-taken" in minutes.log.getvalue()
    assert "procura" not in minutes.log.getvalue()
    await minutes.pass_by(timedelta(seconds=30))
    assert mail.received() == ()
    await minutes.pass_by(timedelta(seconds=31))
    assert len(mail.received()) == 2
    await minutes.carriers.aclose()


async def test_a_house_without_mailboxes_makes_roots_all_the_same(tmp_path: Path) -> None:
    told = Told(tmp_path / "data", "")
    minutes = Minutes(told)
    assert await minutes.pass_by() == 1
    await minutes.carriers.aclose()
    told.close()


async def test_another_key_is_written_down_and_makes_no_root(told: Told) -> None:
    minutes = Minutes(told)
    await minutes.pass_by()
    key = told.house.settings.key_folder / "root.key"
    key.chmod(0o600)
    key.write_text("11" * 32, encoding="ascii")
    key.chmod(0o400)
    told.opened()
    later = Minutes(told)
    assert await later.pass_by(AFTER) == 1
    assert "strange-root-key" in later.log.getvalue()
    await minutes.carriers.aclose()
    await later.carriers.aclose()


@pytest.mark.parametrize("text", ["", "root 1 count 2", "root x count y time z hash h signature s"])
def test_what_holds_no_anchor_says_so(tmp_path: Path, text: str) -> None:
    (tmp_path / "mail.eml").write_text(text)
    with pytest.raises(NoAnchors):
        read_anchors(tmp_path / "mail.eml")

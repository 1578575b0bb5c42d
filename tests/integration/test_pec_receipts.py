"""Receipts of certified mail are kept as evidence: read out of a real Dovecot, with the provider's own time."""

import asyncio
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update
from typer.testing import CliRunner

from cli.demo.mailserver import MailServer
from cli.main import app
from flows import certified
from flows.certified import MOST_TRIES, ReceiptWatch, account_of
from flows.delivering import carrier_urls, deliver
from flows.journal import open_journal
from flows.replies import read_replies
from models.evidence import evidence_of, keep_evidence
from models.evidence_tables import PecReceiptRecord
from models.heartbeat import RECEIPTS, Marks
from models.keyring_errors import SealBroken
from models.network import import_network
from models.reads import ReadKind, reads
from models.tables import DeliveryRecord
from models.trail import case_events, verify
from notifiers.carriers import Carriers
from notifiers.incoming.box import AnsweringBox
from notifiers.incoming.receipt_reading import ReceiptReader
from procedures.events import AlertSettled, ReceiptCame
from tests.contract.carrier_worlds import unused_port
from tests.dovecot import PASSWORD, USER, Dovecot, dovecot
from tests.houses import CANARY, Told
from tests.integration.relay import wait_for
from tests.integration.test_certified_copies import EVERYBODY
from tests.pec_receipts import Receipt

pytestmark = pytest.mark.slow
AT = datetime(2026, 11, 24, 20, 0, 7, tzinfo=UTC)


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot() as found:
        yield found


@pytest.fixture(scope="module")
def mail() -> Iterator[MailServer]:
    with MailServer.start() as found:
        yield found


class Story:
    """A house, the copy of its first alert, and the box in which the receipts arrive."""

    def __init__(self, folder: Path, mail: MailServer, box: Dovecot) -> None:
        pec = mail.url.replace("staffetta-mail", "staffetta-pec")
        settings = (
            f'[carriers.email]\nurl = "{mail.url}"\n[carriers.pec]\nurl = "{pec}"\n'
            f'[pec]\nhost = "127.0.0.1"\nport = {box.port}\nuser = "{USER}"\nin_clear = true\n'
            f'password_file = "{box.folder / "password"}"\n'
        )
        self.box, self.log = box, StringIO()
        self.told = Told(folder, settings)
        self.house = self.told.house
        import_network(self.house.database, EVERYBODY, "network.yaml", self.told.clock.now())
        self.code = self.told.opened().state.code
        self.claimed = {one.channel: one for one in self.told.claimed()}
        self.reader = ReceiptReader()
        self.watch = ReceiptWatch(self.house, self.reader, open_journal("replies", self.log))

    def send(self) -> Receipt:
        """Alert and copy go out; a receipt about the copy."""
        asyncio.run(self._send())
        copy = self.claimed["pec"]
        return Receipt(copy.message_id, to=copy.address)

    async def _send(self) -> None:
        async with Carriers(carrier_urls(self.house)) as carriers:
            words = [await deliver(self.house, carriers, one) for one in self.claimed.values()]
            self.house.handling.settle(words)

    def arrives(self, *receipts: Receipt) -> None:
        self.box.put(*(one.raw() for one in receipts))
        with AnsweringBox.opened(account_of(self.house)) as box:
            self.watch.look(box)

    def events(self) -> list[ReceiptCame]:
        found = case_events(self.house.database, self.house.keyring, self.told.case_id)
        return [one.event for one in found if isinstance(one.event, ReceiptCame)]

    def state(self, channel: str) -> str:
        query = select(DeliveryRecord.state).where(DeliveryRecord.channel == channel)
        with self.house.database.read() as connection:
            return str(connection.execute(query).scalars().first())


@pytest.fixture
def story(tmp_path: Path, mail: MailServer, server: Dovecot) -> Iterator[Story]:
    server.empty()
    made = Story(tmp_path / "data", mail, server)
    yield made
    made.reader.close()
    made.told.close()


def test_acceptance_and_delivery_are_kept_with_their_own_time(story: Story) -> None:
    delivered = story.send()
    accepted = replace(delivered, kind="accettazione", hour="21:00:02")
    story.arrives(accepted, delivered)

    assert [(one.receipt, one.channel, one.said_at) for one in story.events()] == [
        ("taken", "pec", AT.replace(second=2)),
        ("delivered", "pec", AT),
    ]
    kept = evidence_of(story.house, story.told.case_id)
    assert [one.original.replace(b"\r\n", b"\n") for one in kept] == [
        one.raw().replace(b"\r\n", b"\n") for one in (accepted, delivered)
    ]
    assert [hashlib.sha256(one.original).hexdigest() for one in kept] == [one.evidence for one in story.events()]
    assert story.box.mails() == []
    assert verify(story.house.database, story.house.keyring).sound


def test_the_same_receipt_twice_is_one(story: Story) -> None:
    receipt = story.send()
    story.arrives(receipt, receipt)
    story.arrives(receipt)

    assert len(story.events()) == len(evidence_of(story.house, story.told.case_id)) == 1


@pytest.mark.parametrize("kind", ["errore-consegna", "non-accettazione", "rilevazione-virus"])
def test_what_was_not_delivered_is_a_refusal_for_good(story: Story, kind: str) -> None:
    story.arrives(replace(story.send(), kind=kind, error="no-dest"))

    assert (story.state("pec"), story.state("email")) == ("permanent", "accepted")
    (event,) = story.events()
    assert (event.receipt, event.code, event.said_at) == ("returned", "pec no-dest", AT)
    found = case_events(story.house.database, story.house.keyring, story.told.case_id)
    assert [one.event.channel for one in found if isinstance(one.event, AlertSettled)] == ["email"]


def test_a_warning_of_twelve_hours_changes_nothing(story: Story) -> None:
    story.arrives(replace(story.send(), kind="preavviso-errore-consegna"))

    assert [one.receipt for one in story.events()] == ["delayed"]
    assert story.state("pec") == "accepted"


def test_what_is_no_receipt_of_ours_is_put_aside_for_a_person(story: Story) -> None:
    receipt = story.send()
    story.arrives(
        replace(receipt, about="<0192-other.0@staffetta.example.org>"),
        replace(receipt, to="somebody@pec.example.net"),
        replace(receipt, signed="mixed"),
        Receipt(story.claimed["email"].message_id),
    )

    assert story.events() == []
    assert evidence_of(story.house, story.told.case_id) == []
    assert (len(story.box.mails()), len(story.box.mails("Staffetta"))) == (0, 4)


def test_a_failure_that_comes_before_the_word_of_its_sender_waits(story: Story) -> None:
    copy = story.claimed["pec"]
    early = Receipt(copy.message_id, kind="errore-consegna", to=copy.address, error="no-dest")
    story.arrives(early)
    assert len(story.box.mails()) == 1
    story.send()
    story.arrives()
    assert (story.state("pec"), story.box.mails()) == ("permanent", [])


def test_what_was_kept_cannot_be_changed_or_read_without_the_key(story: Story) -> None:
    receipt = story.send()
    story.arrives(receipt)
    with story.house.database.write() as connection:
        (sealed,) = connection.execute(select(PecReceiptRecord.sealed)).scalars()
        assert b"daticert" not in sealed
        connection.execute(update(PecReceiptRecord).values(sealed=sealed[:-1] + bytes([sealed[-1] ^ 1])))

    with pytest.raises(SealBroken):
        evidence_of(story.house, story.told.case_id)
    assert [fault.code for fault in verify(story.house.database, story.house.keyring).faults] == ["evidence"]
    with story.house.database.write() as connection:
        connection.execute(delete(PecReceiptRecord))
    assert [fault.code for fault in verify(story.house.database, story.house.keyring).faults] == ["evidence"]


def test_one_receipt_in_the_place_of_another_is_found(story: Story) -> None:
    receipt = story.send()
    story.arrives(receipt)
    (event,) = story.events()
    other = replace(receipt, hour="03:00:00").raw()
    where = {"table": "pec_receipts", "case_id": story.told.case_id, "row": event.evidence, "field": "sealed"}
    with story.house.database.write() as connection:
        connection.execute(update(PecReceiptRecord).values(sealed=story.house.keyring.seal("route", other, **where)))

    (fault,) = verify(story.house.database, story.house.keyring).faults
    assert (fault.code, fault.message) == ("evidence", "its evidence is another one")


def test_neither_name_nor_address_nor_text_is_written_down(story: Story) -> None:
    receipt = story.send()
    story.arrives(receipt, replace(receipt, signed="mixed"), replace(receipt, daticert="<" * 900))

    assert "receipt-kept" in story.log.getvalue()
    for word in (CANARY, receipt.to, "daticert", PASSWORD):
        assert word not in story.log.getvalue()


def test_evidence_is_handed_out_as_it_came_and_that_is_noted(story: Story, tmp_path: Path) -> None:
    receipt = story.send()
    story.arrives(receipt)
    code, data, folder = story.code, story.house.settings.data, tmp_path / "evidence"
    said = CliRunner().invoke(app, ["case", "receipts", code, "--to", str(folder), "--data", str(data), "--json"])
    (line,) = json.loads(said.stdout)
    written = (folder / line["file"]).read_bytes()
    assert (line["kind"], line["sha256"]) == ("avvenuta-consegna", hashlib.sha256(written).hexdigest())
    assert written.replace(b"\r\n", b"\n") == receipt.raw().replace(b"\r\n", b"\n")
    assert ((folder / line["file"]).stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)
    assert [one.kind for one in reads(story.house.database)] == [ReadKind.EXPORT]
    again = CliRunner().invoke(app, ["case", "receipts", code, "--to", str(folder), "--data", str(data)])
    assert again.exit_code == 1


def test_the_loop_reads_what_came_and_marks_that_it_does(story: Story) -> None:
    receipt = story.send()
    story.box.put(receipt.raw())
    reading = threading.Thread(target=story.watch.run, daemon=True)
    reading.start()
    marks = Marks(story.house.settings.run_folder)
    until = time.monotonic() + 10
    while not (story.events() and marks.seconds_since(RECEIPTS) is not None) and time.monotonic() < until:
        time.sleep(0.02)
    story.watch.stop()
    reading.join(10)

    assert not reading.is_alive()
    assert [one.receipt for one in story.events()] == ["delivered"]
    assert marks.seconds_since(RECEIPTS) is not None


def test_a_box_that_is_away_is_written_down_and_stops_nothing(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    away = replace(account_of(story.house), port=unused_port())
    monkeypatch.setattr(certified, "account_of", lambda _house: away)
    reading = threading.Thread(target=story.watch.run, daemon=True)
    reading.start()
    until = time.monotonic() + 10
    while "receipts-stumbled" not in story.log.getvalue() and time.monotonic() < until:
        time.sleep(0.02)
    story.watch.stop()
    reading.join(10)

    assert "receipts-stumbled" in story.log.getvalue()
    assert not reading.is_alive()


async def test_the_process_of_the_answers_reads_the_receipts_where_no_answers_are_read(story: Story) -> None:
    async with Carriers(carrier_urls(story.house)) as carriers:
        words = [await deliver(story.house, carriers, one) for one in story.claimed.values()]
    story.house.handling.settle(words)
    copy = story.claimed["pec"]
    story.box.put(Receipt(copy.message_id, to=copy.address).raw())

    process = asyncio.create_task(read_replies(story.house.settings.data, None, open_journal("replies", story.log)))
    await asyncio.to_thread(wait_for, lambda: story.events() or None)
    process.cancel()
    with suppress(asyncio.CancelledError):
        await process
    assert [one.receipt for one in story.events()] == ["delivered"]


def test_one_receipt_that_breaks_its_reader_keeps_no_other_waiting(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = story.send()
    bad = replace(good, kind="accettazione")
    kept = keep_evidence

    def breaks(*about: object, **said: object) -> None:
        if said["kind"] == "accettazione":
            raise OverflowError
        kept(*about, **said)  # type: ignore[arg-type]  # as it is called

    monkeypatch.setattr(certified, "keep_evidence", breaks)
    story.arrives(bad, good)
    assert [one.receipt for one in story.events()] == ["delivered"]
    for _look in range(MOST_TRIES):
        story.arrives()
    assert story.box.mails() == []
    assert "receipt-stumbled" in story.log.getvalue()

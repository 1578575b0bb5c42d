"""The loop that reads the box of certified mail, in the process of the answering box: no alert ever waits for it.

A receipt is evidence: its bytes are kept before its event, its event before it goes from the box; killed anywhere in
between, the same receipt is read again and changes nothing twice.
"""

import threading

from flows.journal import Journal, error_code
from flows.process import Backoff
from models.composition import House
from models.evidence import keep_evidence
from models.heartbeat import RECEIPTS, Marks
from models.keyring_errors import CaseKeyMissing
from models.outbox import DeliveryState, SettledDelivery, SettledResult
from models.replies import Sent, sent_as
from models.settling import CAN_COME_BACK
from models.store_errors import StoreBusy, StoreFailed
from notifiers.incoming.box import AnsweringBox, BoxAccount
from notifiers.incoming.receipt_reading import PecReceipt, ReceiptKind, ReceiptReader
from procedures.commands import NoteReceipt, Receipt, Road
from procedures.directory import ContactKind, channel_of

MOST_TRIES = 3
"""So often one receipt may break its reader before a person has to look at it."""
NOTED = {
    ReceiptKind.TAKEN: Receipt.TAKEN,
    ReceiptKind.DELIVERED: Receipt.DELIVERED,
    ReceiptKind.LATE: Receipt.DELAYED,
}
RETURNED = frozenset({ReceiptKind.NOT_TAKEN, ReceiptKind.NOT_DELIVERED, ReceiptKind.VIRUS})


def account_of(house: House) -> BoxAccount:
    """Where the box is. Only where one is set. Raises as `Settings.pec_password`."""
    box = house.settings.pec
    return BoxAccount(
        host=box.host or "",
        port=box.at_port,
        user=box.user or "",
        password=house.settings.pec_password,
        in_clear=box.in_clear,
    )


class ReceiptWatch:
    """Takes in what lies in the box, for ever, in a thread."""

    def __init__(self, house: House, reader: ReceiptReader, journal: Journal) -> None:
        """Nothing is opened yet."""
        self._house, self._reader, self._journal = house, reader, journal
        self._stopping = threading.Event()
        self._marks = Marks(house.settings.run_folder)
        self._tries: dict[str, int] = {}
        """How often a mail broke its reader."""

    def stop(self) -> None:
        """Come to an end after the mail that is in hand."""
        self._stopping.set()

    def run(self) -> None:
        """Read until told to stop. Whatever goes wrong is written down, and tried again, later each time."""
        backoff = Backoff(1.0, 60.0)
        while not self._stopping.is_set():
            try:
                with AnsweringBox.opened(account_of(self._house)) as box:
                    self.look(box)
                self._marks.mark(RECEIPTS)
                backoff.reset()
                self._stopping.wait(self._house.settings.pec.look_every)
            except Exception as error:  # noqa: BLE001 - whatever it was, the next look comes
                delay = backoff.next()
                self._journal.error("receipts-stumbled", error=error_code(error), delay_s=delay)
                self._stopping.wait(delay)

    def look(self, box: AnsweringBox) -> None:
        """Take in what lies there now.

        Raises:
            BoxUnusable, StoreBusy, StoreFailed: what was not taken in stays where it is.
        """
        for uid in box.waiting():
            if self._stopping.is_set():
                return
            raw = box.fetch(uid)
            if raw is None:
                continue
            try:
                done = self.take_in(raw)
            except (StoreBusy, StoreFailed):
                raise  # the database's trouble, not a mail's
            except Exception as error:  # noqa: BLE001 - one mail must not keep the others waiting
                self._tries[uid] = self._tries.get(uid, 0) + 1
                self._journal.error("receipt-stumbled", error=error_code(error), attempt=self._tries[uid])
                done = None if self._tries[uid] < MOST_TRIES else False
            if done:
                box.remove(uid)
            elif done is False:
                box.put_aside(uid, self._house.settings.pec.other_folder)

    def take_in(self, raw: bytes) -> bool | None:
        """Keep what one mail says; False where it is no receipt of ours, None where it came too soon to be told.

        Raises:
            StoreBusy, StoreFailed: nothing is certain to be saved; the mail must stay where it is.
        """
        found = self._reader.receipt(raw)
        sent = None if found is None else sent_as(self._house.database, found.message_id)
        if found is None or sent is None or not _is_about(sent, found):
            return False
        if found.kind in RETURNED and sent.state == DeliveryState.SENDING:
            return None  # its sender has not said yet what became of it
        try:
            keep_evidence(self._house, sent, key=found.key, kind=found.kind, said_at=found.at or None, original=raw)
        except CaseKeyMissing:
            return True  # the case was erased: nothing of it is kept any more
        self._say(sent, found)
        self._journal.info("receipt-kept", state=found.kind, delivery_id=sent.delivery_id)
        return True

    def _say(self, sent: Sent, found: PecReceipt) -> None:
        house, at = self._house, found.at or None
        if found.kind in RETURNED and sent.state in CAN_COME_BACK:
            word = SettledDelivery(
                sent.delivery_id,
                SettledResult.PERMANENT,
                house.clock.now(),
                code=f"pec {found.error or found.kind}",
                returned=True,
                said_at=at,
                evidence=found.key,
            )
            house.handling.settle([word])
        elif found.kind in NOTED:
            house.handling.handle(
                NoteReceipt(
                    id=f"receipt:{found.key[:40]}",
                    case_id=sent.case_id,
                    actor="carrier",
                    road=Road.CARRIER,
                    alert_id=sent.alert_id,
                    channel=sent.channel,
                    receipt=NOTED[found.kind],
                    said_at=at,
                    evidence=found.key,
                )
            )


def _is_about(sent: Sent, found: PecReceipt) -> bool:
    """Whether it is a copy of ours, and, where it names to whom it was delivered, to whom it went."""
    kind = ContactKind.PEC.value
    return sent.channel == kind and (not found.to or channel_of(kind, found.to) == channel_of(kind, sent.address))

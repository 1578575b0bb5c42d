"""The process that reads the answering box. A process of its own: a dead mail server must be in no alert's way.

`python -m flows.replies --data FOLDER`, started by `staffetta serve` where `[replies]` names a box.
"""

import asyncio
import threading
from datetime import timedelta
from pathlib import Path

from flows.certified import ReceiptWatch
from flows.delivering import carriers_of
from flows.journal import Journal, error_code
from flows.process import Backoff, alone, ask_which_house, run_until_told
from flows.reply_echoes import ReplyEchoes
from flows.reply_reading import ReplyReading, TooSoon
from models.composition import House, open_house
from models.heartbeat import REPLIES, Marks
from models.replies import Kept, forget_old
from models.store_errors import StoreBusy, StoreFailed
from notifiers.incoming.box import AnsweringBox, BoxAccount
from notifiers.incoming.reading import MailKind, MailReader
from notifiers.incoming.receipt_reading import ReceiptReader

WORKER = "replies"
MOST_TRIES = 3
"""So often one mail may break its reader before a person has to look at it."""
UNDERSTOOD = frozenset({MailKind.ANSWER, MailKind.BOUNCE})
FORGET_EVERY = timedelta(days=1)


def account_of(house: House) -> BoxAccount:
    """Where the box is. Only where one is set. Raises as `Settings.replies_password`."""
    box = house.settings.replies
    return BoxAccount(
        host=box.host or "",
        port=box.at_port,
        user=box.user or box.address or "",
        password=house.settings.replies_password,
        in_clear=box.in_clear,
    )


class BoxWatch:
    """Takes in what lies in the box, for ever, in a thread."""

    def __init__(self, house: House, reader: MailReader, journal: Journal) -> None:
        """Nothing is opened yet."""
        self._house = house
        self._reading = ReplyReading(house, reader)
        self._journal = journal
        self._marks = Marks(house.settings.run_folder)
        self._stopping = threading.Event()
        self._tries: dict[str, int] = {}
        """How often a mail broke its reader, since this process began."""

    def stop(self) -> None:
        """Come to an end after the mail that is in hand."""
        self._stopping.set()

    def run(self) -> None:
        """Read until told to stop. Whatever goes wrong is written down, and tried again, later each time."""
        backoff = Backoff(1.0, 30.0)
        while not self._stopping.is_set():
            try:
                with AnsweringBox.opened(account_of(self._house)) as box:
                    while not self._stopping.is_set():
                        self.look(box)
                        self._marks.mark(REPLIES)
                        backoff.reset()
                        box.wait(self._house.settings.replies.look_every, self._stopping)
            except Exception as error:  # noqa: BLE001 - whatever it was, the next try comes
                delay = backoff.next()
                self._journal.error("replies-stumbled", error=error_code(error), delay_s=delay)
                self._stopping.wait(delay)

    def look(self, box: AnsweringBox) -> int:
        """Take in what lies there now; how many mails.

        Raises:
            BoxUnusable, StoreBusy, StoreFailed: what was not taken in stays where it is.
        """
        waiting = box.waiting()
        for uid in waiting:
            if self._stopping.is_set():
                break
            raw = box.fetch(uid)
            if raw is not None:
                self._take_in(box, uid, raw)
        return len(waiting)

    def _take_in(self, box: AnsweringBox, uid: str, raw: bytes) -> None:
        outside: tuple[type[Exception], ...] = (StoreBusy, StoreFailed, *self._house.database.errors)
        try:
            kept = self._reading.take_in(raw)
        except outside:
            raise
        except TooSoon:
            return
        except Exception as error:  # noqa: BLE001 - one mail must not keep the others waiting
            self._tries[uid] = self._tries.get(uid, 0) + 1
            self._journal.error("reply-stumbled", error=error_code(error), attempt=self._tries[uid])
            if self._tries[uid] >= MOST_TRIES:
                box.put_aside(uid, self._house.settings.replies.unclear_folder)
            return
        self._journal.info("mail-read", state=f"{kept.kind}-{kept.outcome}", delivery_id=kept.delivery_id)
        if _is_done_with(kept):
            box.remove(uid)
        else:
            box.put_aside(uid, self._house.settings.replies.unclear_folder)


def _is_done_with(kept: Kept) -> bool:
    """Whether nobody has to look at it any more: what a machine wrote, and what is tied to a message of ours."""
    return kept.kind == MailKind.AUTOMATIC or (kept.kind in UNDERSTOOD and kept.delivery_id is not None)


async def read_replies(data: Path, config: Path | None, journal: Journal) -> None:
    """Read the box until told to stop."""
    house = open_house(data, with_vault=False, config=config)
    carriers = carriers_of(house)
    try:
        async with alone(house.settings.run_folder, WORKER, journal):
            if not (house.settings.replies.is_read or house.settings.pec.is_read):
                journal.info("no-box")
                await asyncio.Event().wait()  # until told to stop: whoever starts this may have no box
            with MailReader() as reader, ReceiptReader() as receipts:
                watches: list[BoxWatch | ReceiptWatch] = []
                if house.settings.replies.is_read:
                    watches.append(BoxWatch(house, reader, journal))
                if house.settings.pec.is_read:
                    watches.append(ReceiptWatch(house, receipts, journal))
                threads = [threading.Thread(target=watch.run, name="reads a box", daemon=True) for watch in watches]
                try:
                    for thread in threads:
                        thread.start()
                    async with asyncio.TaskGroup() as together:
                        together.create_task(ReplyEchoes(house, carriers, journal).run())
                        together.create_task(_forget(house, journal))
                finally:
                    for watch in watches:
                        watch.stop()
                    for thread in threads:
                        await asyncio.to_thread(thread.join, 5.0)
    finally:
        await carriers.aclose()
        house.close()


async def _forget(house: House, journal: Journal) -> None:
    while True:
        try:
            await asyncio.to_thread(forget_old, house.database, house.clock.now())
        except Exception as error:  # noqa: BLE001 - tomorrow is another day
            journal.error("replies-stumbled", error=error_code(error))
        await asyncio.sleep(FORGET_EVERY.total_seconds())


if __name__ == "__main__":
    arguments = ask_which_house("replies")
    raise SystemExit(run_until_told("replies", lambda journal: read_replies(arguments.data, arguments.config, journal)))

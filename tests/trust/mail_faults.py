"""T5: a mail server that is dead, refuses, hangs at every stage, drips, or takes a mail and says nothing."""

import asyncio
import random
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

from cli.demo.gateway import SmsGateway
from cli.demo.mailroom import Stage, Turn
from cli.demo.mailserver import MailServer
from flows.delivering import carrier_urls
from flows.dispatcher import Dispatcher
from flows.journal import open_journal
from models.composition import House, open_house
from models.network import import_network, sample_network
from models.settings import FILE_NAME
from models.store_errors import StoreBusy
from notifiers.breaker import IN_A_ROW
from notifiers.carriers import Carriers
from notifiers.patience import Patience
from tests.trust import trial
from tests.trust.checks import Row, percentile, rows, trail_holds
from tests.trust.checks import nothing_lost_or_doubled as delivered
from tests.trust.plants import planting
from tests.trust.report import RowResult
from tests.trust.scene import opening, settings_text

ROW = "T5"
SPEED = 60.0
"""A repeat after 15 s comes after a quarter of one."""
SIZES = {"tiny": 3, "change": 20, "full": 200}
HUNG = 50
SOON = 1.0
LONG = 3.0
"""Longer than the patience of these trials."""
IMPATIENT = Patience(queueing=1.0, connecting=0.7, addressing=0.7, answering=0.7, probing=0.3, idle=20.0)
KINDS: dict[str, Turn] = {
    "421 at EHLO": Turn(Stage.EHLO, reply="421 4.3.2 closing"),
    "451 at RCPT": Turn(Stage.RCPT, reply="451 4.7.1 greylisted"),
    "550 at RCPT": Turn(Stage.RCPT, reply="550 5.1.1 unknown"),
    "552 after the text": Turn(Stage.TEXT, reply="552 5.2.2 full"),
    "hangs at EHLO": Turn(Stage.EHLO, delay=LONG),
    "hangs at MAIL": Turn(Stage.MAIL, delay=LONG),
    "hangs at RCPT": Turn(Stage.RCPT, delay=LONG),
    "hangs at DATA": Turn(Stage.DATA, delay=LONG),
    "hangs after the text": Turn(Stage.TEXT, delay=LONG),
    "takes it and drops": Turn(Stage.TEXT, keep=True, hang_up=True),
    "takes it and says so late": Turn(Stage.TEXT, keep=True, delay=LONG),
    "dead": Turn(Stage.EHLO, hang_up=True),
}


class Trial:
    """What the checks look at: a house and its mail server."""

    def __init__(self, house: House, mail: MailServer) -> None:
        """Both are made by the caller."""
        self.house = house
        self.mail = mail


@asynccontextmanager
async def dispatching(house: House) -> AsyncIterator[None]:
    """The product's dispatcher at work in this process, with little patience."""
    async with (
        Carriers(carrier_urls(house), patience=IMPATIENT, speed=house.clock.speed) as carriers,
        house.bells.listen("dispatcher") as bell,
    ):
        dispatcher = Dispatcher(house, carriers, open_journal("trust", StringIO()), nudge=lambda: None)
        task = asyncio.create_task(dispatcher.run(bell))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def run(seed: int, budget_s: float, size: str = "change", planted: str = "") -> list[RowResult]:
    """Every kind of trouble, one after another, on one house; then a healthy channel beside a hung one."""
    row, count = Row(ROW, size, seed), SIZES[size]
    end = time.monotonic() + budget_s
    random.seed(seed)
    with (
        tempfile.TemporaryDirectory(prefix="trust-") as folder,
        MailServer.start() as mail,
        MailServer.start() as dead,
        SmsGateway.start() as sms,
        trial.in_force(),
        planting(planted),
        patch("flows.dispatcher.LAST_SENDINGS_SECONDS", 1.0),
    ):
        return [
            *asyncio.run(resting(row, Path(folder) / "resting", dead, count)),
            *asyncio.run(all_kinds(row, Path(folder) / "kinds", mail, count, end)),
            *asyncio.run(beside_hung(row, Path(folder) / "hung", sms)),
        ]


def furnished(data: Path, text: str) -> House:
    """A house with the invented network."""
    data.mkdir(mode=0o700)
    (data / FILE_NAME).write_text(text, encoding="utf-8")
    house = open_house(data, with_vault=True)
    import_network(house.database, sample_network(), "network.yaml", house.clock.now())
    return house


async def resting(row: Row, data: Path, mail: MailServer, count: int) -> list[RowResult]:
    """A server that hangs up on everybody: its carrier rests between two tries, and once it is well all arrives."""
    house = furnished(data, settings_text(mail.url, 8480, 4280, SPEED))
    async with dispatching(house):
        mail.misbehave(*[KINDS["dead"]] * (2 * count))
        for _case in range(count):
            house.handling.handle(opening(house))
        await met(lambda: mail.turns_left < 2 * count - IN_A_ROW, 10)
        before = len(mail.received())
        mail._room.turns.clear()
        await quiet(house, mail)
    arrived = len({one.message_id for one in mail.received()}) - before
    house.close()
    fewer = [f"only {arrived}"] if arrived < count else []
    return [row.result("what waited behind a carrier that rested arrives", count, fewer, f"{arrived} arrived")]


async def all_kinds(row: Row, data: Path, mail: MailServer, count: int, end: float) -> list[RowResult]:
    """So many messages into each kind of trouble; the trouble ends, and then all must have come to an end."""
    house = furnished(data, settings_text(mail.url, 8480, 4280, SPEED))
    made, taken = 0, 0
    # Each message has to meet its trouble: that a carrier in trouble is spared has a line of its own.
    async with dispatching(house), never_resting():
        for turn in KINDS.values():
            if time.monotonic() > end:
                break
            await asyncio.to_thread(mail.hang_up)  # troubles at the greeting need new conversations
            mail.misbehave(*[turn] * count)
            for _case in range(count):
                house.handling.handle(opening(house))
            await quiet(house, mail)
            taken += count - mail.turns_left
            mail._room.turns.clear()
            made += 1
    scene: Any = Trial(house, mail)
    try:
        short = [f"only {made}"] if made < len(KINDS) else []
        return [
            row.result(f"kinds of trouble, {count} messages each", len(KINDS), short, f"{taken} troubles met"),
            *trail_holds(scene, row),
            *delivered(scene, row),
        ]
    finally:
        house.close()


@asynccontextmanager
async def never_resting() -> AsyncIterator[None]:
    """A carrier in trouble is not spared: each message meets what was prepared for it."""
    with patch("notifiers.breaker.IN_A_ROW", 1_000_000):
        yield


async def quiet(house: House, mail: MailServer) -> None:
    """Until nothing waits any more, or too long."""
    scene: Any = Trial(house, mail)
    query = "SELECT count(*) FROM deliveries WHERE state IN ('queued', 'sending', 'temporary')"
    await met(lambda: not _waiting(scene, query), 30)


def _waiting(scene: Any, query: str) -> int:
    try:
        return int(rows(scene, query)[0][0])
    except StoreBusy:
        return 1


async def met(look: Callable[[], object], seconds: float) -> bool:
    """Whether it came about in time."""
    end = time.monotonic() + seconds
    while not look():
        if time.monotonic() > end:
            return False
        await asyncio.sleep(0.02)
    return True


async def beside_hung(row: Row, data: Path, sms: SmsGateway) -> list[RowResult]:
    """Fifty messages hang in a mail server that says one byte a second; what goes by SMS goes at once."""
    silent = await asyncio.start_server(drip, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    mail_url = f"staffetta-mail://127.0.0.1:{port}/?from=staffetta@example.org&tls=none"
    text = settings_text(mail_url, 8480, 4280, 1.0) + f'[carriers.sms]\nurl = "{sms.url}"\n'
    house = furnished(data, text.replace("[clock]\nspeed = 1.0\norigin", "[clock]\norigin"))
    async with dispatching(house):
        for _case in range(HUNG):
            house.handling.handle(opening(house).model_copy(update={"drill": True}))
        await asyncio.sleep(0.5)
        took = [await by_sms(house, sms) for _case in range(20)]
    silent.close()
    house.close()
    slow = [f"p95 {percentile(took, 0.95):.2f} s"] if percentile(took, 0.95) > SOON else []
    figures = f"p50 {percentile(took, 0.5):.3f} p95 {percentile(took, 0.95):.3f} s"
    return [row.result(f"a healthy channel <= 1 s p95 beside {HUNG} hung", len(took), slow, figures)]


async def drip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A greeting that takes half a minute; whoever no longer waits for it ends it without a word."""
    with suppress(OSError, asyncio.CancelledError):
        for byte in b"220 mail.example.org ESMTP ready":
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(1.0)
    writer.close()


async def by_sms(house: House, sms: SmsGateway) -> float:
    """Seconds from the commit of an alert for the other channel to its carrier."""
    opened = house.handling.handle(opening(house))
    (ref,) = opened.state.handoffs
    moved = "UPDATE deliveries SET channel = 'sms', address = '+390655501013' WHERE case_id = ?"
    with house.database.write() as connection:
        connection.exec_driver_sql(moved, (opened.state.case_id,))
    began = time.monotonic()
    house.bells.ring("dispatcher")
    await met(lambda: any(ref in message.body for message in sms.received()), 5)
    return time.monotonic() - began

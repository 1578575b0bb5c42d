"""What a carrier of ours sends in a second, beside bare aiosmtplib and stock Apprise, and what a hung one costs others.

One mail server in a process of its own takes them all, in turns. Ours and the bare one keep four connections; stock
Apprise opens one for each mail, in eight threads, as its pages show it. Nothing is kept anywhere: this is the carrier
alone, without outbox and rules.
"""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from email.message import EmailMessage

import aiosmtplib

from benchmarks.backends import Backend
from benchmarks.figures import OURS, Figure, Row, percentile, row
from benchmarks.mails import Sink, mail_server
from benchmarks.peers.errands import BODY, SENDER
from cli.demo.gateway import SmsGateway
from notifiers.carriers import Carriers
from notifiers.mail import CONNECTIONS
from notifiers.message import Message, message_id_of
from notifiers.outcomes import Accepted

ROUNDS = 5
MAILS, STOCK_MAILS = 400, 40
HUNG, BESIDE = 50, 40
RATE = "messages a second over one carrier"


class NotTaken(Exception):
    """A message of ours did not go."""


def run(_backends: Sequence[Backend]) -> Iterator[Row]:
    """The three rates and how they compare; then what hung sends cost another channel."""
    ours, bare, stock = asyncio.run(rates())
    yield row(Figure(RATE, "-", OURS, ours, "1/s"))
    yield row(Figure(RATE, "-", "bare aiosmtplib", bare, "1/s"))
    yield row(Figure(RATE, "-", "stock Apprise", stock, "1/s"))
    middle = [percentile(one, 50) for one in (ours, bare, stock)]
    yield row(Figure(f"{RATE}, to bare aiosmtplib, medians", "-", OURS, [middle[0] / middle[1]], "ratio"))
    yield row(Figure(f"{RATE}, to stock Apprise, medians", "-", OURS, [middle[0] / middle[2]], "ratio"))
    for hung in (0, 1, HUNG):
        took = asyncio.run(beside_hung(hung))
        yield row(Figure(f"an SMS taken, beside {hung} sends that hang in a mail server", "-", OURS, took))


async def rates() -> tuple[list[float], list[float], list[float]]:
    """Messages a second of each round: ours, bare, stock."""
    ours, bare, stock = list[float](), list[float](), list[float]()
    with mail_server() as sink:
        async with Carriers({"email": sink.url}) as carriers:
            for number in range(ROUNDS + 1):
                rates_now = (
                    await _ours(carriers, f"r{number}"),
                    await _bare(sink),
                    await asyncio.to_thread(_stock, sink),
                )
                if number:  # the first one opens connections and loads what is loaded once
                    for kept, rate in zip((ours, bare, stock), rates_now, strict=True):
                        kept.append(rate)
    return ours, bare, stock


async def _ours(carriers: Carriers, name: str) -> float:
    began = time.perf_counter()
    slots = asyncio.Semaphore(CONNECTIONS)

    async def one(number: int) -> None:
        async with slots:
            await _taken(carriers, _message("email", f"{name}-{number}.1", f"to{number}@example.org"))

    await asyncio.gather(*(one(number) for number in range(MAILS)))
    return MAILS / (time.perf_counter() - began)


async def _bare(sink: Sink) -> float:
    async def line() -> None:
        smtp = aiosmtplib.SMTP(hostname="127.0.0.1", port=sink.port, start_tls=False)
        async with smtp:
            for number in range(MAILS // CONNECTIONS):
                mail = EmailMessage()
                mail["From"], mail["To"], mail["Subject"] = SENDER, f"to{number}@example.org", "Staffetta"
                mail.set_content(BODY)
                await smtp.send_message(mail)

    began = time.perf_counter()
    await asyncio.gather(*(line() for _ in range(CONNECTIONS)))
    return MAILS / (time.perf_counter() - began)


def _stock(sink: Sink) -> float:
    command = [sys.executable, "-m", "benchmarks.peers.stock_rate", str(sink.port), str(STOCK_MAILS)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)  # noqa: S603  # our own module
    return float(ran.stdout)


async def beside_hung(hung: int) -> list[float]:
    """Milliseconds until each SMS was taken, one after the other, while so many mails hang."""
    with SmsGateway.start() as gateway:
        async with silent() as port:
            mail = f"staffetta-mail://127.0.0.1:{port}/?from={SENDER}&tls=none"
            async with Carriers({"email": mail, "sms": gateway.url}) as carriers:
                await carriers.send(_message("sms", "warm.1", "+390655501001"))
                waiting = [
                    asyncio.create_task(carriers.send(_message("email", f"hung-{n}.1", f"h{n}@example.org")))
                    for n in range(hung)
                ]
                await asyncio.sleep(0.2)
                took = [await _timed(carriers, number) for number in range(BESIDE)]
                for one in waiting:
                    one.cancel()
                await asyncio.gather(*waiting, return_exceptions=True)
    return took


async def _timed(carriers: Carriers, number: int) -> float:
    began = time.perf_counter()
    await _taken(carriers, _message("sms", f"beside-{number}.1", "+390655501001"))
    return (time.perf_counter() - began) * 1000


async def _taken(carriers: Carriers, message: Message) -> None:
    """Send it. Raises NotTaken where it was not taken: what did not go is no figure."""
    outcome = await carriers.send(message)
    if not isinstance(outcome, Accepted):
        raise NotTaken(outcome)


@asynccontextmanager
async def silent() -> AsyncIterator[int]:
    """The port of a server that takes each connection and says nothing."""

    async def hang(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.CancelledError):  # the end of the loop
            await asyncio.sleep(60)
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()


def _message(channel: str, delivery: str, address: str) -> Message:
    return Message(
        delivery_id=delivery,
        message_id=message_id_of(delivery),
        channel=channel,
        address=address,
        subject="Staffetta" if channel == "email" else "",
        body=BODY if channel == "email" else "Staffetta K7QF-2M9T. Rispondere entro 20:16",
        language="it",
    )

"""Mail: kept connections, and what is known at each stage where a conversation can break."""

import asyncio

import pytest

from cli.demo.gateway import SmsGateway
from cli.demo.mailroom import Stage, Turn
from cli.demo.mailserver import MailServer
from flows.delivering import LEASE_SECONDS
from notifiers.breaker import Trouble
from notifiers.carriers import Carriers
from notifiers.mail import MOST_SIGNS
from notifiers.outcomes import Accepted, FailedTemporary, Outcome, RejectedPermanent, Uncertain
from notifiers.patience import Patience
from tests.contract.carrier_worlds import HURRIED, UNHURRIED, message, unused_port

BEFORE_THE_TEXT = (Stage.EHLO, Stage.MAIL, Stage.RCPT, Stage.DATA)
ABOUT_THE_RECIPIENT = (Stage.RCPT, Stage.DATA, Stage.TEXT)
HANGS, NOT_WAITED = 60.0, 30.0
"""Seconds: so long a server says nothing, and so soon it is clear, on a busy machine, that nobody waited for it."""

# Where no time is asked about, a busy machine must not look like a slow carrier.


async def send_after(turn: Turn, patience: Patience = UNHURRIED) -> tuple[Outcome, int]:
    """Send one mail through a server that takes this turn, and tell how many mails it kept."""
    with MailServer.start() as server:
        server.misbehave(turn)
        async with Carriers({"email": server.url}, patience=patience) as carriers:
            return await carriers.send(message("email")), len(server.received())


async def test_the_headers_are_ours_and_no_others() -> None:
    with MailServer.start() as server:
        async with Carriers({"email": server.url}) as carriers:
            await carriers.send(message("email"))
        (mail,) = server.received()

    assert list(mail.headers) == [
        "Message-ID",
        "Date",
        "From",
        "To",
        "Subject",
        "Auto-Submitted",
        "MIME-Version",
        "Content-Type",
        "Content-Transfer-Encoding",
    ]
    assert mail.headers["Auto-Submitted"] == "auto-generated"
    assert mail.sender == mail.headers["From"] == "staffetta@example.org"
    assert mail.message_id == "<0192-alert.1@staffetta.invalid>"
    assert b"=?" not in mail.raw


@pytest.mark.parametrize("subject", ["a\r\nBcc: b@example.org", "=?utf-8?q?=0ABcc:_b@example.org?=", "a\x00", "È"])
async def test_a_subject_that_could_become_a_header_is_refused(subject: str) -> None:
    with MailServer.start() as server:
        async with Carriers({"email": server.url}) as carriers:
            assert await carriers.send(message("email", subject=subject)) == RejectedPermanent("malformed")
        assert server.received() == ()


async def test_mails_one_after_the_other_share_a_connection() -> None:
    with MailServer.start() as server:
        async with Carriers({"email": server.url}) as carriers:
            for number in range(5):
                await carriers.send(message("email", f"mail-{number}.1"))
        assert server.connections == 1


async def test_a_connection_that_the_server_closed_meanwhile_is_no_failure() -> None:
    with MailServer.start() as server:
        async with Carriers({"email": server.url}) as carriers:
            await carriers.send(message("email", "first.1"))
            server.hang_up()
            assert isinstance(await carriers.send(message("email", "second.1")), Accepted)
        assert len(server.received()) == 2
        assert server.connections == 2


@pytest.mark.parametrize(
    "turn",
    [
        Turn(Stage.MAIL, reply="421 4.4.2 idle for too long"),
        Turn(Stage.MAIL, hang_up=True),
        Turn(Stage.RCPT, hang_up=True),
        Turn(Stage.DATA, hang_up=True),
        Turn(Stage.DATA, delay=2),
    ],
)
async def test_a_kept_connection_that_dies_before_the_text_is_replaced(turn: Turn) -> None:
    with MailServer.start() as server:
        async with Carriers({"email": server.url}, patience=HURRIED) as carriers:
            await carriers.send(message("email", "first.1"))
            server.misbehave(turn)
            assert isinstance(await carriers.send(message("email", "second.1")), Accepted)
        assert [mail.message_id.split(".")[0] for mail in server.received()] == ["<first", "<second"]


async def test_a_connection_that_was_idle_for_long_is_asked_for_a_sign_of_life() -> None:
    asks_at_once = Patience(idle=0.0)
    with MailServer.start() as server:
        async with Carriers({"email": server.url}, patience=asks_at_once) as carriers:
            await carriers.send(message("email", "first.1"))
            assert isinstance(await carriers.send(message("email", "second.1")), Accepted)
        assert Stage.NOOP in server.reached()
        assert server.connections == 1


async def test_an_idle_connection_that_gives_no_sign_of_life_is_replaced_soon() -> None:
    with MailServer.start() as server:
        async with Carriers({"email": server.url}, patience=Patience(idle=0.0, probing=0.2)) as carriers:
            await carriers.send(message("email", "first.1"))
            server.misbehave(Turn(Stage.NOOP, delay=HANGS))
            async with asyncio.timeout(NOT_WAITED):
                assert isinstance(await carriers.send(message("email", "second.1")), Accepted)
        assert server.connections == 2


async def test_after_one_dead_line_the_others_are_not_waited_for() -> None:
    patience = Patience(idle=0.0, probing=0.3)
    with MailServer.start() as server:
        async with Carriers({"email": server.url}, patience=patience) as carriers:
            server.misbehave(*[Turn(Stage.TEXT, delay=0.2)] * 2)
            await asyncio.gather(*(carriers.send(message("email", f"beside-{n}.1")) for n in range(2)))
            assert server.connections == 2
            server.misbehave(*[Turn(Stage.NOOP, delay=2)] * 2)
            assert isinstance(await carriers.send(message("email", "last.1")), Accepted)
            assert server.turns_left == 1


@pytest.mark.slow
async def test_a_mail_takes_less_than_its_lease_whatever_the_server_does() -> None:
    assert Patience().whole < LEASE_SECONDS
    slow_everywhere = Patience(connecting=HANGS, addressing=HANGS, answering=0.4, whole=1.2)
    with MailServer.start() as server:
        server.misbehave(Turn(Stage.EHLO, delay=0.6), Turn(Stage.MAIL, delay=HANGS))
        async with Carriers({"email": server.url}, patience=slow_everywhere) as carriers, asyncio.timeout(NOT_WAITED):
            assert await carriers.send(message("email")) == FailedTemporary("timeout")
        assert server.received() == ()


@pytest.mark.slow
async def test_the_text_leaves_only_while_there_is_time_for_its_answer() -> None:
    with MailServer.start() as server:
        server.misbehave(Turn(Stage.DATA, delay=0.3), Turn(Stage.TEXT, delay=HANGS, keep=True))
        patience = Patience(answering=0.5, whole=10)
        async with Carriers({"email": server.url}, patience=patience) as carriers, asyncio.timeout(patience.whole):
            assert await carriers.send(message("email")) == Uncertain("timeout")


async def test_a_line_that_begins_with_a_dot_arrives_with_it() -> None:
    body = ".\n..\n.due righe\nfine\n"
    with MailServer.start() as server:
        async with Carriers({"email": server.url}) as carriers:
            await carriers.send(message("email", body=body))
        (mail,) = server.received()
    assert mail.body == body


@pytest.mark.parametrize("stage", BEFORE_THE_TEXT)
async def test_a_line_that_drops_before_the_text_lost_nothing(stage: Stage) -> None:
    outcome, kept = await send_after(Turn(stage, hang_up=True))

    assert outcome in {FailedTemporary("dropped"), FailedTemporary("connect")}
    assert kept == 0


@pytest.mark.parametrize("stage", BEFORE_THE_TEXT)
@pytest.mark.slow
async def test_a_server_that_hangs_before_the_text_is_left_in_time(stage: Stage) -> None:
    async with asyncio.timeout(NOT_WAITED):
        outcome, kept = await send_after(Turn(stage, delay=HANGS), HURRIED)

    assert outcome == FailedTemporary("timeout")
    assert kept == 0


@pytest.mark.parametrize("stage", ABOUT_THE_RECIPIENT)
@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("451 4.7.1 greylisted", FailedTemporary("451 4.7.1")),
        ("452 full", FailedTemporary("452")),
        ("550 5.1.1 no such user turno@example.org", RejectedPermanent("550 5.1.1")),
        ("552 too large", RejectedPermanent("552")),
    ],
)
async def test_a_refusal_counts_the_same_at_every_stage_that_knows_the_recipient(
    stage: Stage, reply: str, expected: Outcome
) -> None:
    assert await send_after(Turn(stage, reply=reply)) == (expected, 0)


@pytest.mark.parametrize("stage", [Stage.EHLO, Stage.MAIL])
@pytest.mark.parametrize("reply", ["451 4.7.1 busy", "530 5.7.0 sign in first", "550 5.7.1 not you", "554 5.7.1 no"])
async def test_a_refusal_before_the_recipient_was_named_says_nothing_of_the_recipient(stage: Stage, reply: str) -> None:
    outcome, kept = await send_after(Turn(stage, reply=reply))
    assert outcome == FailedTemporary(" ".join(reply.split()[:2]))
    assert kept == 0


async def test_a_server_that_greets_with_a_refusal_says_nothing_of_the_recipient() -> None:
    async def refuse(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"554 5.3.2 not now\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        url = f"staffetta-mail://127.0.0.1:{port}/?from=staffetta@example.org&tls=none"
        async with Carriers({"email": url}, patience=UNHURRIED) as carriers:
            assert await carriers.send(message("email")) == FailedTemporary("554 5.3.2")


async def test_a_server_that_leaves_for_good_is_a_temporary_failure() -> None:
    assert await send_after(Turn(Stage.MAIL, reply="421 4.3.2 going down")) == (FailedTemporary("421 4.3.2"), 0)


async def test_a_mail_taken_by_a_server_that_then_drops_is_uncertain() -> None:
    assert await send_after(Turn(Stage.TEXT, hang_up=True, keep=True)) == (Uncertain("dropped"), 1)


async def test_a_late_yes_is_uncertain_and_its_connection_is_not_used_again() -> None:
    with MailServer.start() as server:
        async with Carriers({"email": server.url}, patience=HURRIED) as carriers:
            server.misbehave(Turn(Stage.TEXT, delay=1, keep=True))
            assert await carriers.send(message("email", "first.1")) == Uncertain("timeout")
            server.misbehave(Turn(Stage.RCPT, reply="550 5.1.1 no"))
            assert await carriers.send(message("email", "second.1")) == RejectedPermanent("550 5.1.1")


async def test_eight_hung_mails_do_not_hold_up_another_channel() -> None:
    with MailServer.start() as server, SmsGateway.start() as gateway:
        server.misbehave(*[Turn(Stage.MAIL, delay=HANGS)] * 8)
        patience = Patience(queueing=HANGS, addressing=HANGS)
        async with Carriers({"email": server.url, "sms": gateway.url}, patience=patience) as carriers:
            hung = [asyncio.create_task(carriers.send(message("email", f"hung-{n}.1"))) for n in range(8)]
            while server.turns_left == 8:  # noqa: ASYNC110  # the server is another thread
                await asyncio.sleep(0.02)  # between two looks
            async with asyncio.timeout(NOT_WAITED):
                assert isinstance(await carriers.send(message("sms")), Accepted)
            assert not any(mail.done() for mail in hung)
            for mail in hung:
                mail.cancel()
            await asyncio.wait(hung)


@pytest.mark.parametrize("body", ["no line ends here", "", ".", "it ends\n.", "à"])
async def test_a_text_that_ends_without_its_line_is_a_whole_mail_all_the_same(body: str) -> None:
    with MailServer.start() as server:
        async with Carriers({"email": server.url}, patience=UNHURRIED) as carriers, asyncio.timeout(NOT_WAITED):
            assert isinstance(await carriers.send(message("email", "one.1", body=body)), Accepted)
            assert isinstance(await carriers.send(message("email", "two.1")), Accepted)
        first, _second = server.received()
    assert first.body.rstrip("\n") == body


async def test_a_connection_is_there_before_the_first_mail_needs_it() -> None:
    with MailServer.start() as server:
        async with Carriers({"email": server.url}) as carriers:
            await carriers.keep_ready()
            assert server.connections == 1
            assert isinstance(await carriers.send(message("email", "first.1")), Accepted)
            await carriers.keep_ready()
        assert server.connections == 1
        assert Stage.NOOP not in server.reached()  # it was used just now


async def test_a_connection_that_the_server_closed_is_replaced_before_the_next_mail() -> None:
    with MailServer.start() as server:
        async with Carriers({"email": server.url}, patience=Patience(idle=0.0)) as carriers:
            await carriers.send(message("email", "first.1"))
            server.misbehave(Turn(Stage.NOOP, hang_up=True))
            await carriers.keep_ready()
            assert server.connections == 2
            assert isinstance(await carriers.send(message("email", "second.1")), Accepted)
        assert server.connections == 2


async def test_a_server_is_not_asked_for_a_sign_of_life_for_ever() -> None:
    with MailServer.start() as server:
        async with Carriers({"email": server.url}, patience=Patience(idle=0.0)) as carriers:
            for _look in range(MOST_SIGNS + 1):
                await carriers.keep_ready()
            assert server.connections == 1
            await carriers.keep_ready()
            assert server.connections == 2


async def test_a_server_that_is_away_is_known_before_an_alert_needs_it_and_no_message_rests_for_it() -> None:
    url = f"staffetta-mail://127.0.0.1:{unused_port()}?tls=none&from=staffetta@example.org"
    async with Carriers({"email": url}, patience=HURRIED) as carriers:
        await carriers.keep_ready()
        assert not carriers.troubles
        await carriers.keep_ready()
        assert carriers.troubles == {"email": Trouble("connect", 2)}
        assert await carriers.send(message("email", "first.1")) == FailedTemporary("connect")

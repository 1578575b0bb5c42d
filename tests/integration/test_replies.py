"""A service answers an alert by mail: through a real Dovecot, and as safely as by the link of the mail."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from cli.demo.mailroom import Stage, Turn
from cli.demo.mailserver import MailServer
from cli.demo.received import ReceivedMail
from flows import reply_reading
from models.tables import DeliveryRecord
from notifiers.incoming.box import AnsweringBox
from procedures.case import HandoffState
from procedures.commands import CancelCase, Road
from procedures.events import AlertSettled, AnswerCameLate, ReceiptCame
from tests.dovecot import Dovecot, dovecot
from tests.integration.bounces import report_on
from tests.integration.replyhouse import ReplyStory, reply_story, reply_to

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot() as found:
        yield found


@pytest.fixture(scope="module")
def mail() -> Iterator[MailServer]:
    """One for all: so the data folder of one house serves for all of them."""
    with MailServer.start() as found:
        yield found


@pytest.fixture
def story(tmp_path: Path, mail: MailServer, server: Dovecot) -> Iterator[ReplyStory]:
    server.empty()
    with reply_story(tmp_path / "data", mail, server) as made:
        yield made


@pytest.fixture
def two_channels(tmp_path: Path, mail: MailServer, server: Dovecot) -> Iterator[ReplyStory]:
    """A house that can write to telephones, too; nobody listens at that gateway."""
    server.empty()
    gateway = '[carriers.sms]\nurl = "staffetta-sms://127.0.0.1:9/?from=Rete&tls=none"\n'
    with reply_story(tmp_path / "data", mail, server, gateway) as made:
        yield made


class Killed(BaseException):
    """The process is gone."""


def killed(*_args: object) -> None:
    raise Killed


def delivery_of(story: ReplyStory, alert: ReceivedMail) -> str:
    """Where the outbox has this mail."""
    query = select(DeliveryRecord.state).where(DeliveryRecord.message_id == alert.message_id)
    with story.told.house.database.read() as connection:
        return str(connection.execute(query).scalar_one())


def test_a_service_takes_a_request_by_answering_its_mail(story: ReplyStory) -> None:
    alert = story.asked()
    assert "1" in alert.body
    story.arrives(reply_to(alert, "1"))
    assert story.now.state is HandoffState.ACCEPTED
    (accepted,) = [one for one in story.events() if one.event.kind == "handoff_accepted"]
    assert (accepted.road, accepted.actor) == (Road.MAIL, story.now.accepted_by)
    assert story.box.mails() == []
    (echo,) = story.echoes()
    assert echo.recipient == alert.recipient
    assert "/h/" not in echo.body


@pytest.mark.parametrize(
    "text", ["Buongiorno,\n\nce ne occupiamo noi\n\nGrazie\nMaria", "We take it, thanks", "ACCETTO."]
)
def test_words_are_as_good_as_the_number(story: ReplyStory, text: str) -> None:
    story.arrives(reply_to(story.asked(), text))
    assert story.now.state is HandoffState.ACCEPTED


def test_a_refusal_asks_the_next_service(story: ReplyStory) -> None:
    story.arrives(reply_to(story.asked(), "Non possiamo."))
    assert story.now.state is HandoffState.DECLINED
    assert len(story.state.handoffs) == 2
    (echo,) = story.echoes()
    assert "ad altri" in echo.body


def test_in_imminent_danger_it_counts_once_it_was_confirmed(story: ReplyStory) -> None:
    alert = story.asked(facts={"risk": "imminent", "needs_transport": True})
    story.arrives(reply_to(alert, "1"))
    assert story.now.state is HandoffState.ALERTED
    (claim,) = story.now.claims
    assert claim.actor.startswith("person:")
    (echo,) = story.echoes()
    assert "PIN" in echo.body


def test_somebody_else_answers_with_all_that_the_mail_says_and_nothing_is_done(story: ReplyStory) -> None:
    story.arrives(reply_to(story.asked(), "1", sender="ladro@example.org"))
    assert story.now.state is not HandoffState.ACCEPTED
    assert story.echoes() == []
    assert (len(story.box.mails()), len(story.box.mails("Staffetta"))) == (0, 1)


def test_a_forged_sender_without_the_address_of_the_message_proves_nothing(story: ReplyStory) -> None:
    alert = story.asked()
    forged = reply_to(alert, "1", quoted=False)
    forged.replace_header("To", "answers@example.org")
    another = reply_to(alert, "1", quoted=False)
    another.replace_header("To", f"answers+{'a' * 26}@example.org")
    another.replace_header("Message-ID", "<another@mail.example.org>")
    story.arrives(forged, another)
    assert story.now.state is not HandoffState.ACCEPTED
    assert story.echoes() == []


def test_where_the_address_was_lost_the_code_of_the_mail_proves_it(story: ReplyStory) -> None:
    quoting = reply_to(story.asked(), "1")
    quoting.replace_header("To", "answers@example.org")
    story.arrives(quoting)
    assert story.now.state is HandoffState.ACCEPTED


def test_ten_wrong_codes_by_mail_shut_the_link_as_ten_on_its_page_do(story: ReplyStory) -> None:
    alert = story.asked()
    for number in range(10):
        guess = reply_to(alert, f"1 AB{number + 2 if number < 8 else 'C'}DE{'FG'[number % 2]}", quoted=False)
        guess.replace_header("To", "answers@example.org")
        story.arrives(guess)
    right = reply_to(alert, f"1 {alert.code}", quoted=False)
    story.arrives(right)
    assert story.now.state is not HandoffState.ACCEPTED


def test_what_is_not_clear_is_asked_again_three_times_and_kept_for_a_person(story: ReplyStory) -> None:
    alert = story.asked()
    for text in ("Accetto, ma solo dopo le 18", "1\n2", "Chi parla?", "Forse", "vediamo"):
        story.arrives(reply_to(alert, text))
    assert story.now.state is not HandoffState.ACCEPTED
    echoes = story.echoes()
    assert len(echoes) == 3
    assert "1" in echoes[0].body
    assert len(story.box.mails("Staffetta")) >= 5


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Auto-Submitted", "auto-replied"),
        ("Precedence", "bulk"),
        ("X-Autoreply", "yes"),
        ("Return-Path", "<>"),
        ("List-Id", "<team.example.org>"),
    ],
)
def test_automatic_replies_do_nothing_whatever_they_say(story: ReplyStory, header: str, value: str) -> None:
    automatic = reply_to(story.asked(), "1")
    automatic[header] = value
    story.arrives(automatic)
    assert story.now.state is not HandoffState.ACCEPTED
    assert story.echoes() == []
    assert story.box.mails() == []


def test_an_answer_that_comes_late_is_recorded_and_told_whom_to_call(story: ReplyStory) -> None:
    alert = story.asked()
    story.told.say(CancelCase, reason="her_wish")
    story.arrives(reply_to(alert, "1"))
    (late,) = [one for one in story.events() if isinstance(one.event, AnswerCameLate)]
    assert late.road is Road.MAIL
    (echo,) = story.echoes()
    phones = {one.phone for one in story.told.house.procedures.directory().coordinators.values()}
    assert any(phone in echo.body for phone in phones)


def test_the_same_mail_twice_and_the_same_answer_twice_do_it_once(story: ReplyStory) -> None:
    alert = story.asked()
    answer = reply_to(alert, "1")
    story.arrives(answer, answer)
    again = reply_to(alert, "1")
    again.replace_header("Message-ID", "<again@mail.example.org>")
    story.arrives(again)
    assert [one.event.kind for one in story.events()].count("handoff_accepted") == 1
    assert not [one for one in story.events() if isinstance(one.event, AnswerCameLate)]
    assert len(story.echoes()) == 2


def test_the_process_dies_between_doing_and_keeping_and_nothing_is_lost_or_doubled(
    story: ReplyStory, monkeypatch: pytest.MonkeyPatch
) -> None:
    alert = story.asked(facts={"risk": "imminent", "needs_transport": True})
    with monkeypatch.context() as dying:
        dying.setattr(reply_reading, "keep_read", killed)
        with pytest.raises(Killed):
            story.arrives(reply_to(alert, "1"))
    assert len(story.box.mails()) == 1
    with monkeypatch.context() as dying:
        dying.setattr(AnsweringBox, "remove", killed)
        with pytest.raises(Killed):
            story.look()
    assert len(story.box.mails()) == 1
    story.start()
    story.look()
    assert story.box.mails() == []
    assert len(story.now.claims) == 1
    assert [one.event.kind for one in story.events()].count("acceptance_claimed") == 1
    assert len(story.echoes()) == 1


def test_a_mail_that_came_back_is_as_a_refusal_and_the_next_channel_is_tried_at_once(two_channels: ReplyStory) -> None:
    story = two_channels
    alert = story.asked()
    assert delivery_of(story, alert) == "accepted"
    story.arrives(report_on(alert, "failed"))
    assert delivery_of(story, alert) == "permanent"
    assert receipts(story) == ["returned"]
    (next_one,) = story.told.claimed()
    assert (next_one.channel, next_one.about) == ("sms", story.handoff.ref)
    assert alert.message_id.startswith(f"<{next_one.alert_id}.")
    story.arrives(report_on(alert, "failed", number=2))
    assert receipts(story) == ["returned"]
    assert not story.told.claimed()
    assert story.box.mails() == []


def test_where_no_channel_is_left_somebody_else_is_called_at_once(story: ReplyStory) -> None:
    alert = story.asked()
    story.arrives(report_on(alert, "failed"))
    (called,) = story.sent()
    assert called.recipient != alert.recipient
    assert [one.event.result for one in story.events() if isinstance(one.event, AlertSettled)][:2] == [
        "accepted",
        "failed",
    ]


def test_that_another_server_has_it_is_not_called_delivered(story: ReplyStory) -> None:
    alert = story.asked()
    story.arrives(report_on(alert, "relayed"))
    assert receipts(story) == ["passed_on"]


def test_delayed_and_delivered_are_noted_and_stop_nothing(story: ReplyStory) -> None:
    alert = story.asked()
    state = story.state
    story.arrives(report_on(alert, "delayed"), report_on(alert, "delivered"))
    heard = [one.event.receipt for one in story.events() if isinstance(one.event, ReceiptCame)]
    assert heard == ["delayed", "delivered"]
    assert story.state.handoffs == state.handoffs
    assert delivery_of(story, alert) == "accepted"


def test_a_report_on_another_mail_or_another_recipient_changes_nothing(story: ReplyStory) -> None:
    alert = story.asked()
    story.arrives(
        report_on(alert, "failed", recipient="altra@example.org"),
        report_on(alert, "failed", message_id="<made-up.1@staffetta.invalid>"),
        report_on(alert, "failed", message_id=alert.message_id.replace("@", "@another."), number=3),
    )
    assert delivery_of(story, alert) == "accepted"


def test_after_the_answer_a_bounce_calls_nobody_any_more(two_channels: ReplyStory) -> None:
    story = two_channels
    alert = story.asked()
    story.arrives(reply_to(alert, "1"))
    story.sent()
    story.arrives(report_on(alert, "failed"))
    assert not story.told.claimed()
    assert story.now.state is HandoffState.ACCEPTED


def receipts(story: ReplyStory) -> list[str]:
    """What was heard of messages, in the trail."""
    return [one.event.receipt for one in story.events() if isinstance(one.event, ReceiptCame)]


def test_what_was_recorded_is_said_again_under_one_message_id_until_a_carrier_took_it(
    story: ReplyStory, mail: MailServer
) -> None:
    alert = story.asked()
    story.arrives(reply_to(alert, "1"))
    mail.misbehave(Turn(Stage.TEXT, "451 4.7.1 not now"))
    assert story.echoes() == []
    assert story.echoes() == [], "it rests for a minute"
    story.told.clock.at += timedelta(minutes=2)
    (echo,) = story.echoes()
    assert echo.message_id.startswith("<reply-")
    story.told.clock.at += timedelta(minutes=2)
    assert story.echoes() == []


def test_nobody_is_told_hours_later_that_something_was_recorded(story: ReplyStory) -> None:
    story.arrives(reply_to(story.asked(), "1"))
    story.told.clock.at += timedelta(hours=7)
    assert story.echoes() == []

"""A service answers an alert by mail: through a real Dovecot, and as safely as by the link of the mail."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.demo.mailserver import MailServer
from procedures.case import HandoffState
from procedures.commands import Road
from tests.dovecot import Dovecot, dovecot
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
    with reply_story(tmp_path / "data", mail, server) as made:
        yield made


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

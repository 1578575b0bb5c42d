"""A mail about several requests: what a server says of it is said of each, and one word answers none of them."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.demo.mailserver import MailServer
from cli.demo.received import ReceivedMail
from flows.delivering import carriers_of
from flows.folding import send_together, side_by_side
from models.outbox import SettledResult
from models.trail import case_events
from procedures.case import HandoffState
from procedures.events import ReceiptCame
from tests.dovecot import dovecot
from tests.houses import only_handoff
from tests.integration.bounces import report_on
from tests.integration.replyhouse import ReplyStory, reply_story, reply_to

pytestmark = pytest.mark.slow


@pytest.fixture
def story(tmp_path: Path, mail: MailServer) -> Iterator[ReplyStory]:
    with dovecot() as box, reply_story(tmp_path / "data", mail, box) as story:
        yield story


async def _sent(story: ReplyStory) -> None:
    house = story.told.house
    (together,) = side_by_side(house, story.told.claimed())
    async with carriers_of(house) as carriers:
        house.handling.settle(await send_together(house, carriers, together, "dispatcher-1"))


def several(story: ReplyStory) -> tuple[ReceivedMail, list[str]]:
    """The one mail about two requests that had to wait, and their cases."""
    cases = []
    for _ in range(2):
        story.handoff = only_handoff(story.told.opened())
        cases.append(story.told.case_id)
    for one in story.told.claimed():
        story.told.settled(one, SettledResult.TEMPORARY, code="paced", retry_after=1.0, attempt=one.attempt)
    story.told.clock.pass_by(seconds=1)
    asyncio.run(_sent(story))
    (mail,) = story.mail.received()
    return mail, cases


def test_what_a_server_says_of_it_stands_with_each(story: ReplyStory) -> None:
    mail, cases = several(story)
    story.arrives(report_on(mail, "delivered"))
    for case_id in cases:
        events = case_events(story.told.house.database, story.told.house.keyring, case_id)
        assert [one.event.receipt for one in events if isinstance(one.event, ReceiptCame)] == ["delivered"]


def test_one_word_answers_none_of_them(story: ReplyStory) -> None:
    mail, _ = several(story)
    assert "Reply-To" not in mail.headers
    story.arrives(reply_to(mail, "1"))
    assert story.now.state is HandoffState.ALERTED

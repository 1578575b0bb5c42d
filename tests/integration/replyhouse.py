"""A house whose alerts are answered by mail: a real SMTP server, a real Dovecot, and somebody who hits *reply*."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from io import StringIO
from pathlib import Path

from cli.demo.mailserver import MailServer
from cli.demo.received import ReceivedMail
from flows.delivering import carrier_urls, deliver
from flows.journal import open_journal
from flows.replies import BoxWatch, account_of
from flows.reply_echoes import ReplyEchoes
from models.recorded import Recorded
from models.store import load
from models.trail import case_events
from notifiers.carriers import Carriers
from notifiers.incoming.box import AnsweringBox
from notifiers.incoming.reading import MailReader
from procedures.case import CaseState, Handoff
from tests.dovecot import Dovecot
from tests.houses import Told, only_handoff

QUOTED_IN_ITALIAN = "Il giorno mar 24 nov 2026 alle ore 21:00 Staffetta <staffetta@example.org> ha scritto:"
Change = Callable[[EmailMessage], None]


def reply_to(alert: ReceivedMail, text: str, *, sender: str = "", quoted: bool = True) -> EmailMessage:
    """What a mail program makes of an alert when its reader hits *reply* and writes this above."""
    reply = EmailMessage()
    reply["From"] = f"Qualcuna <{sender or alert.recipient}>"
    reply["To"] = alert.headers.get("Reply-To", "staffetta@example.org")
    reply["Subject"] = f"Re: {alert.subject}"
    reply["Message-ID"] = f"<{abs(hash((alert.message_id, text, sender)))}@mail.example.org>"
    reply["In-Reply-To"] = alert.message_id
    reply["References"] = alert.message_id
    below = "\n".join(f"> {line}" for line in alert.body.splitlines())
    reply.set_content(f"{text}\n\n{QUOTED_IN_ITALIAN}\n{below}\n" if quoted else f"{text}\n")
    return reply


class ReplyStory:
    """One house, its box, and what came of it."""

    def __init__(self, folder: Path, mail: MailServer, box: Dovecot, settings: str = "") -> None:
        self.mail, self.box = mail, box
        self.told = Told(folder, f'[carriers.email]\nurl = "{mail.url}"\n{box.settings()}{settings}')
        self.log = StringIO()
        self.reader = MailReader()
        self.start()

    def start(self) -> None:
        """A process that reads the box begins."""
        self.watch = BoxWatch(self.told.house, self.reader, open_journal("replies", self.log))

    def close(self) -> None:
        """Let go of everything."""
        self.reader.close()
        self.told.close()

    def asked(self, **changes: object) -> ReceivedMail:
        """A case is opened, and its first request arrives."""
        self.handoff = only_handoff(self.told.opened(**changes))
        return self.sent()[0]

    def sent(self) -> list[ReceivedMail]:
        """Everything that is due goes out; the mails that arrived by it."""
        before = len(self.mail.received())
        asyncio.run(self._send())
        return list(self.mail.received()[before:])

    async def _send(self) -> None:
        house = self.told.house
        async with Carriers(carrier_urls(house)) as carriers:
            house.handling.settle([await deliver(house, carriers, one) for one in self.told.claimed()])

    def arrives(self, *mails: EmailMessage | bytes) -> None:
        """These come into the box, and it is read."""
        self.box.put(*(one if isinstance(one, bytes) else one.as_bytes() for one in mails))
        self.look()

    def look(self) -> None:
        """The box is read once."""
        with AnsweringBox.opened(account_of(self.told.house)) as box:
            self.watch.look(box)

    def echoes(self) -> list[ReceivedMail]:
        """What whoever answered is told."""
        before = len(self.mail.received())
        asyncio.run(self._echo())
        return list(self.mail.received()[before:])

    async def _echo(self) -> None:
        house = self.told.house
        async with Carriers(carrier_urls(house)) as carriers:
            await ReplyEchoes(house, carriers, open_journal("replies", self.log)).look()

    @property
    def state(self) -> CaseState:
        """The case as it stands."""
        with self.told.house.database.read() as connection:
            return load(connection, self.told.house.keyring, self.told.case_id).state

    @property
    def now(self) -> Handoff:
        """The handoff that was asked for first, as it stands."""
        return self.state.handoffs[self.handoff.ref]

    def events(self) -> list[Recorded]:
        """The trail of the case."""
        return list(case_events(self.told.house.database, self.told.house.keyring, self.told.case_id))


@contextmanager
def reply_story(folder: Path, mail: MailServer, box: Dovecot, settings: str = "") -> Iterator[ReplyStory]:
    """A story that lets go of what it opened."""
    story = ReplyStory(folder, mail, box, settings)
    try:
        yield story
    finally:
        story.close()


def headers_of(raw: bytes) -> dict[str, str]:
    """The headers of a mail."""
    return dict(message_from_bytes(raw).items())

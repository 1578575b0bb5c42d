"""The owner of an account hears by mail what was done with it: none is lost, and a repeat is the same mail."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import select, update

from cli.demo.mailroom import Stage, Turn
from cli.demo.mailserver import MailServer
from cli.demo.received import ReceivedMail
from flows.account_news import AGAIN_AFTER, GATHER, AccountNews
from flows.delivering import Sender, carrier_urls
from flows.journal import open_journal
from models.account_letters import GIVE_UP_AFTER, NOBODY, not_told
from models.account_tables import AccountLetter
from models.accounts import FIRST_OPERATOR, ensure_first_operator, operator_named, sign_in, signed_in
from models.act_tables import PersonActRecord
from models.adding_accounts import add_operator
from models.composition import open_house
from models.factors import MOST_WRONG, FactorRests, WrongFactorCode, prove, take_factor
from models.failures import know_device
from models.invitations import invite
from models.migrations.running import settings_for
from models.people import last_acts
from models.trail import verify
from models.tying import tie_account
from notifiers.carriers import Carriers
from notifiers.leaving import Leave, at_once
from notifiers.message import Message
from notifiers.outcomes import Outcome
from procedures.people import PersonActKind, Role
from tests.houses import CANARY, Told
from tests.signing import Telephones

pytestmark = pytest.mark.slow

SHELL = "shell"
NEXT = GATHER + timedelta(seconds=1)


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with MailServer.start() as server:
        yield server


@pytest.fixture
def told(tmp_path: Path, mail: MailServer, database_settings: str) -> Iterator[Told]:
    told = Told(tmp_path / "data", f'[carriers.email]\nurl = "{mail.url}"\n{database_settings}')
    yield told
    told.close()


class Killed(BaseException):
    """The process is gone."""


class DiesOnceItSent:
    """A carrier that takes the mail, and whose process is killed before anybody can note it."""

    def __init__(self, carriers: Carriers) -> None:
        self.carriers = carriers

    async def send(self, message: Message, leave: Leave = at_once) -> Outcome:
        await self.carriers.send(message, leave)
        raise Killed


class Story:
    """A house with one account, and a dispatcher that tells what is done with it."""

    def __init__(self, told: Told) -> None:
        self.told = told
        self.password = ensure_first_operator(told.house.database, told.clock.now()) or ""
        self.carriers = Carriers(carrier_urls(told.house))
        self.log = StringIO()
        self.start(self.carriers)

    def start(self, carriers: Sender) -> None:
        """A dispatcher begins."""
        self.news = AccountNews(self.told.house, carriers, open_journal("dispatcher", self.log))

    def there_is_vera(self) -> None:
        """An operator who runs nothing."""
        add_operator(self.told.house.database, "vera", frozenset({Role.OPERATOR}), self.told.clock.now(), SHELL)

    def id(self, name: str) -> str:
        return operator_named(self.told.house.database, name)

    def tie(self, name: str, person: str) -> None:
        tie_account(self.told.house, self.id(name), person, SHELL)

    def let_a_new_factor_be_set(self, name: str) -> None:
        take_factor(self.told.house.database, self.id(name), self.told.clock.now(), SHELL)

    async def pass_by(self, time: timedelta = NEXT) -> None:
        """A look that sees what is new, so much time, and another."""
        await self.news.look()
        self.told.clock.at += time
        await self.news.look()

    async def settled(self, mail: MailServer) -> int:
        """Whatever was done at the start is told; how many mails that took."""
        await self.pass_by()
        return len(mail.received())


@pytest.fixture
async def story(told: Told) -> AsyncIterator[Story]:
    story = Story(told)
    yield story
    await story.carriers.aclose()


def since(mail: MailServer, before: int) -> list[ReceivedMail]:
    return list(mail.received()[before:])


async def test_its_person_gets_one_mail_about_what_was_done_within_a_minute(story: Story, mail: MailServer) -> None:
    story.tie(FIRST_OPERATOR, "olga")
    before = await story.settled(mail)
    invite(story.told.house.database, story.id(FIRST_OPERATOR), story.told.clock.now(), SHELL)
    story.let_a_new_factor_be_set(FIRST_OPERATOR)
    await story.news.look()
    assert since(mail, before) == [], "more may follow within the minute"
    await story.pass_by()
    (letter,) = since(mail, before)
    assert letter.recipient == "olga.ferri@example.org"
    assert "ore 21:01: è stato creato un link con cui si può impostare di nuovo la sua password" in letter.body
    assert "ore 21:01: il suo secondo fattore è stato tolto" in letter.body
    await story.pass_by()
    assert len(since(mail, before)) == 1


async def test_a_mail_names_nobody(story: Story, mail: MailServer) -> None:
    story.told.opened()
    story.tie(FIRST_OPERATOR, "olga")
    await story.settled(mail)
    (letter,) = mail.received()
    for word in (CANARY, "Olga", FIRST_OPERATOR, story.id(FIRST_OPERATOR), "operator", "http"):
        assert word not in letter.body + letter.subject
    assert story.id(FIRST_OPERATOR) not in letter.raw.decode()


async def test_a_kill_between_sending_and_noting_loses_nothing_and_repeats_the_same_mail(
    story: Story, mail: MailServer
) -> None:
    story.tie(FIRST_OPERATOR, "olga")
    story.start(DiesOnceItSent(story.carriers))
    with pytest.raises(Killed):
        await story.pass_by()
    assert len(mail.received()) == 1
    story.let_a_new_factor_be_set(FIRST_OPERATOR)
    story.start(story.carriers)
    await story.pass_by(AGAIN_AFTER)
    first, *others = mail.received()
    again, new = sorted(others, key=lambda one: "secondo fattore" in one.body)
    assert (again.message_id, again.body) == (first.message_id, first.body)
    assert new.message_id != first.message_id
    await story.pass_by(AGAIN_AFTER)
    assert len(mail.received()) == 3


async def test_a_mail_that_nobody_takes_is_tried_again_and_given_up_after_a_day(story: Story, mail: MailServer) -> None:
    story.tie(FIRST_OPERATOR, "olga")
    mail.misbehave(*[Turn(Stage.RCPT, reply="451 4.7.1 later")] * 3)
    await story.pass_by()
    assert "account-letter-not-taken" in story.log.getvalue()
    assert "olga" not in story.log.getvalue()
    await story.pass_by(timedelta(seconds=30))
    assert mail.turns_left == 2, "not before five minutes have passed"
    await story.pass_by(AGAIN_AFTER)
    assert mail.turns_left == 1
    await story.pass_by(GIVE_UP_AFTER)
    assert mail.turns_left == 0
    await story.pass_by(AGAIN_AFTER)
    assert mail.received() == ()
    assert not_told(story.told.house.database, story.told.clock.now() - GIVE_UP_AFTER) >= {story.id(FIRST_OPERATOR)}


class StumblesOver:
    """Carriers that break over mails to one address."""

    def __init__(self, carriers: Carriers, address: str) -> None:
        self.carriers, self.address = carriers, address

    async def send(self, message: Message, leave: Leave = at_once) -> Outcome:
        if message.address == self.address:
            raise LookupError(message.address)
        return await self.carriers.send(message, leave)


async def test_a_letter_that_breaks_keeps_no_other_from_going_and_is_given_up_after_a_day(
    story: Story, mail: MailServer
) -> None:
    story.there_is_vera()
    story.tie(FIRST_OPERATOR, "olga")
    story.tie("vera", "vera")
    for address in ("olga.ferri@example.org", "vera.longo@example.org"):
        before = len(mail.received())
        story.start(StumblesOver(story.carriers, address))
        story.let_a_new_factor_be_set(FIRST_OPERATOR)
        story.let_a_new_factor_be_set("vera")
        await story.pass_by()
        assert [one.recipient for one in since(mail, before)] != []
        assert address not in {one.recipient for one in since(mail, before)}
        stumbled = story.log.getvalue().count("account-letter-stumbled")
        await story.pass_by(timedelta(seconds=30))
        assert story.log.getvalue().count("account-letter-stumbled") == stumbled, "it rests as if it was not taken"
        await story.pass_by(GIVE_UP_AFTER)
        with story.told.house.database.read() as connection:
            assert set(connection.scalars(select(AccountLetter.code))) >= {None, "LookupError"}
            assert None not in connection.scalars(select(AccountLetter.ended_at)).all()
    assert "example.org" not in story.log.getvalue()
    assert "account-news-stumbled" not in story.log.getvalue()


@pytest.mark.parametrize("broken", ["{", "[]"])
async def test_an_act_that_cannot_be_read_is_about_nobody_and_stops_no_mail(
    story: Story, mail: MailServer, broken: str
) -> None:
    database = story.told.house.database
    story.there_is_vera()
    story.tie("vera", "vera")
    story.tie(FIRST_OPERATOR, "olga")
    with database.write() as connection:
        of = " ON person_acts" if connection.dialect.name == "postgresql" else ""
        connection.exec_driver_sql(f"DROP TRIGGER person_acts_no_update{of}")
        ours = PersonActRecord.account == story.id(FIRST_OPERATOR)
        connection.execute(update(PersonActRecord).where(ours).values(payload=broken))
    await story.pass_by()
    assert [one.recipient for one in mail.received()] == ["vera.longo@example.org"]


async def test_where_its_person_gets_no_mail_those_who_run_the_house_are_written_to(
    story: Story, mail: MailServer
) -> None:
    story.there_is_vera()
    story.tie(FIRST_OPERATOR, "hanna")
    before = await story.settled(mail)
    story.tie("vera", "tina")
    story.let_a_new_factor_be_set("vera")
    await story.pass_by()
    (letter,) = since(mail, before)
    assert (letter.recipient, letter.subject) == ("hanna.weber@example.org", "Staffetta: an account")
    assert "gets no mail from here" in letter.body
    assert "vera" not in letter.body.lower()


async def test_whoever_ties_the_account_to_somebody_else_does_not_silence_its_person(
    story: Story, mail: MailServer
) -> None:
    story.there_is_vera()
    story.tie("vera", "vera")
    before = await story.settled(mail)
    story.tie("vera", "luca")
    story.let_a_new_factor_be_set("vera")
    await story.pass_by()
    assert {one.recipient for one in since(mail, before)} == {"vera.longo@example.org", "luca.marini@example.org"}


async def test_nobody_to_write_to_stands_in_no_ones_way(story: Story, mail: MailServer) -> None:
    await story.settled(mail)
    assert mail.received() == ()
    with story.told.house.database.read() as connection:
        assert set(connection.scalars(select(AccountLetter.code))) == {NOBODY}
    story.tie(FIRST_OPERATOR, "olga")
    await story.pass_by()
    assert len(mail.received()) == 1


async def test_two_dispatchers_send_a_letter_once(story: Story, mail: MailServer) -> None:
    story.tie(FIRST_OPERATOR, "olga")
    other = AccountNews(story.told.house, story.carriers, open_journal("dispatcher", story.log))
    await other.look()
    await story.pass_by()
    await other.look()
    assert len(mail.received()) == 1


async def test_a_recovery_code_and_a_device_that_was_not_seen_are_told(story: Story, mail: MailServer) -> None:
    house, now, telephones = story.told.house, story.told.clock.now(), Telephones()
    story.tie(FIRST_OPERATOR, "olga")
    assert telephones.token(house, FIRST_OPERATOR, story.password, now)
    before = await story.settled(mail)
    token = telephones.token(house, FIRST_OPERATOR, story.password, now)
    assert token is not None
    who = signed_in(house.database, token, now)
    assert who is not None
    device = know_device(house.database, house.keyring.command_key, who, "", now)
    assert know_device(house.database, house.keyring.command_key, who, device, now) == device
    assert [act.kind for act in last_acts(house.database, 2)] == [PersonActKind.DEVICE_NEW, PersonActKind.RECOVERY_USED]
    await story.pass_by()
    (letter,) = since(mail, before)
    assert "è stato usato un codice di recupero" in letter.body
    assert letter.body.count("da un dispositivo su cui non era mai stato visto") == 1
    assert verify(house.database, house.keyring).faults == ()


async def test_what_was_done_before_the_upgrade_is_told_to_nobody(story: Story, mail: MailServer) -> None:
    story.tie(FIRST_OPERATOR, "olga")
    database = story.told.house.database
    with database.write() as connection:
        command.downgrade(settings_for(connection), "0018")
    database.migrate()
    await story.pass_by()
    assert mail.received() == ()
    story.let_a_new_factor_be_set(FIRST_OPERATOR)
    await story.pass_by()
    (letter,) = mail.received()
    assert "il suo secondo fattore è stato tolto" in letter.body
    assert "è stato creato" not in letter.body


async def test_ten_wrong_codes_after_the_right_password_are_told_once(story: Story, mail: MailServer) -> None:
    house, now = story.told.house, story.told.clock.now()
    story.tie(FIRST_OPERATOR, "olga")
    assert Telephones().token(house, FIRST_OPERATOR, story.password, now)
    before = await story.settled(mail)
    token = sign_in(house.database, FIRST_OPERATOR, story.password, now)
    assert token is not None
    for _ in range(MOST_WRONG):
        with pytest.raises(WrongFactorCode):
            prove(house.database, house.keyring, token, "000000", now)
    with pytest.raises(FactorRests):
        prove(house.database, house.keyring, token, "000000", now)
    await story.pass_by()
    (letter,) = since(mail, before)
    assert letter.body.count("ha digitato dieci codici sbagliati") == 1


async def test_a_house_without_a_mail_carrier_tells_later(tmp_path: Path, mail: MailServer) -> None:
    folder = tmp_path / "data"
    without = Told(folder, "")
    story = Story(without)
    story.tie(FIRST_OPERATOR, "olga")
    await story.pass_by()
    await story.carriers.aclose()
    (folder / "staffetta.toml").write_text(f'[carriers.email]\nurl = "{mail.url}"\n')
    without.house.close()
    without.house = open_house(folder, with_vault=True, clock=without.clock)
    carriers = Carriers(carrier_urls(without.house))
    story.start(carriers)
    await story.pass_by()
    assert len(mail.received()) == 1
    await carriers.aclose()
    without.close()

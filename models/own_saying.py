"""What somebody says of how and when she is called: her rules, her absences. She hears of each change, whoever made it.

For herself with her own account; an absence also by the referent of a service of hers, or by a coordinator.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from models import own_letters, standing
from models.composition import House
from models.links import TOKEN_BYTES
from models.network import directory_in
from models.relations import account_of
from models.store_errors import NoNetwork
from models.tying import UnknownNetworkPerson
from models.verifying_channels import ring
from procedures.directory import Contact, ContactKind, Directory, NetworkPerson
from procedures.errors import Refused, UnknownService
from procedures.membership import services_of
from procedures.own_rules import LONGEST_AFTER, Absence, ChannelRule, RuleUnclear
from procedures.people import OPERATOR_PREFIX, Role
from procedures.persons import people_of_service
from procedures.standing import Standing, StandingAct, StandingActKind

MOST_DIGITS = 9


class NotYoursToSay(Refused):
    """Neither herself, nor a referent of hers, nor a coordinator."""

    template = "Only she herself, the referent of her service or a coordinator can say that. Ask one of them."


def set_rules(house: House, person: str, rules: Sequence[ChannelRule], by: str) -> None:
    """Keep these rules of hers in the place of those before; none: the network's file alone says. They count at once.

    Raises:
        RuleUnclear, EverythingOff, RulesAsBefore: they cannot be kept.
        UnknownNetworkPerson, NoNetwork, StoreBusy, StoreFailed: nothing was kept.
    """
    act = StandingAct(StandingActKind.RULES_SET, house.clock.now(), by, person, rules=tuple(rules))
    with house.database.write() as connection:
        known = _known(house, connection, person)
        key = house.keyring.channel_key
        hers = {f"{one.kind.value}.{standing.channel_mark(key, one)}" for one in known.ways}
        if not {one.channel for one in rules} <= hers:
            raise RuleUnclear(most=LONGEST_AFTER)
        _keep(house, connection, known, act)
    ring(house)


def say_away(house: House, person: str, since: datetime, until: datetime, by: str) -> None:
    """She is not called from then to then, where anybody else can be.

    Raises:
        NotYoursToSay: whoever says so (`by`) has nothing to do with her.
        AwayBackwards, AwayOver, AwayTooLong, TooManyAbsences: it cannot be kept.
        UnknownNetworkPerson, NoNetwork, StoreBusy, StoreFailed: nothing was kept.
    """
    act = StandingAct(StandingActKind.AWAY_SAID, house.clock.now(), by, person, since=since, until=until)
    _say(house, act)


def end_away(house: House, person: str, number: int, by: str) -> None:
    """This absence of hers ends now. Raises NoSuchAbsence, and as `say_away`."""
    _say(house, StandingAct(StandingActKind.AWAY_ENDED, house.clock.now(), by, person, ends=number))


def said_by(house: House, person: str) -> Standing:
    """What holds of her; absences that are over stand there too."""
    with house.database.read() as connection:
        return standing.read_standings(connection).get(person, Standing())


def absences_to_come(house: House, person: str) -> Sequence[Absence]:
    """Hers that are not over, the soonest first."""
    now = house.clock.now()
    return sorted((one for one in said_by(house, person).away if one.until > now), key=lambda one: one.since)


def whom_she_may_say_away(directory: Directory, person: str, *, coordinates: bool) -> Sequence[str]:
    """Of whom this person may say that they are away, besides herself: of the services whose referent she is."""
    if coordinates:
        return sorted(directory.people)
    hers = (one for one in directory.services.values() if person and one.referent == person)
    return sorted({name for one in hers for name in people_of_service(one)} - {person})


def make_feed(house: House, person: str, service: str, by: str) -> int:
    """A calendar of her own duty turns or, with `service`, of those of a service of hers; its number.

    Raises:
        UnknownService: it is no service of hers.
        TooManyFeeds: she has enough of them.
        UnknownNetworkPerson, NoNetwork, StoreBusy, StoreFailed: nothing was kept.
    """
    act = StandingAct(StandingActKind.FEED_MADE, house.clock.now(), by, person, service=service)
    with house.database.write() as connection:
        known = _known(house, connection, person)
        directory = directory_in(house.database, connection)
        hers = services_of(directory, person) if directory else frozenset[str]()
        if service and service not in hers:
            raise UnknownService(service=service, known=", ".join(sorted(hers)))
        _keep(house, connection, known, act)
        made = standing.read_standings(connection)[person].feeds[-1][0]
    ring(house)
    return made


def end_feed(house: House, person: str, number: int, by: str) -> None:
    """Nobody reads this calendar of hers any more. Raises NoSuchFeed, and as `set_rules`."""
    act = StandingAct(StandingActKind.FEED_ENDED, house.clock.now(), by, person, ends=number)
    with house.database.write() as connection:
        _keep(house, connection, _known(house, connection, person), act)
    ring(house)


def feed_address(key: bytes, number: int) -> str:
    """What nobody guesses of a calendar's address: its number, and 128 bits that follow from it and `token_key`."""
    digest = hmac.digest(key, f"calendar:{number}".encode(), hashlib.sha256)
    return f"{number}-{base64.urlsafe_b64encode(digest[:TOKEN_BYTES]).rstrip(b'=').decode('ascii')}"


def feed_at(house: House, address: str) -> tuple[str, str] | None:
    """Whose calendar stands at this address, and of which service; None where it is none, or was ended.

    It ends by itself for whoever leaves the network, or that service.
    """
    number = address.partition("-")[0]
    if not (number.isascii() and number.isdecimal() and len(number) <= MOST_DIGITS):
        return None
    right = feed_address(house.keyring.token_key, int(number))
    if not hmac.compare_digest(address.encode(), right.encode()):
        return None
    directory = house.procedures.directory()
    for person, own in directory.own.items():
        for one, service in own.feeds:
            if one == int(number) and (not service or service in services_of(directory, person)):
                return person, service
    return None


def _say(house: House, act: StandingAct) -> None:
    with house.database.write() as connection:
        known = _known(house, connection, act.person)
        directory = directory_in(house.database, connection)
        who = account_of(connection, act.actor.removeprefix(OPERATOR_PREFIX))
        coordinates = Role.COORDINATOR in who.roles
        may = directory and whom_she_may_say_away(directory, who.person or "", coordinates=coordinates)
        if act.person != who.person and act.person not in (may or ()):
            raise NotYoursToSay
        _keep(house, connection, known, act)
    ring(house)


def _known(house: House, connection: Connection, person: str) -> NetworkPerson:
    standing.CHAIN.take_turn(connection)
    directory = directory_in(house.database, connection)
    if directory is None:
        raise NoNetwork
    if person not in directory.people:
        raise UnknownNetworkPerson
    return directory.people[person]


def _keep(house: House, connection: Connection, person: NetworkPerson, act: StandingAct) -> None:
    """The act, and the news of it to her: by mail, as about her account, else over the first channel of the file."""
    standing.append(connection, act)
    mails = (one for one in person.contacts if one.kind is ContactKind.EMAIL)
    to: Contact | None = next(mails, next(iter(person.ways), None))
    if to is not None:
        own_letters.queue_letter(connection, house, act.kind.value, (person.id, to), act.actor)
    house.bells.ring_at_commit(connection)

"""What a person says herself of how and when she is called: her rules and absences, as her page has them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.datastructures import FormData

from models.own_saying import absences_to_come, said_by, whom_she_may_say_away
from procedures.choosing import in_charge
from procedures.directory import ContactKind
from procedures.duty_changes import NoMoment, moment_in_rome
from procedures.membership import services_of
from procedures.own_rules import LONGEST_AFTER, ChannelRule, RuleUnclear, hours_without
from procedures.people import Role
from web.channellines import ChannelLine
from web.doorkeeper import Visit
from web.forms import word

EXAMPLE = "2026-12-01T20:00"


@dataclass(frozen=True)
class RuleLine:
    """One of her channels, with what she says of it."""

    name: str
    kind: str
    address: str
    place: int
    after: int
    since: str
    until: str
    off: bool


@dataclass(frozen=True)
class AwayLine:
    """An absence that is not over."""

    person: str
    """By id."""
    who: str
    """Empty: herself."""
    number: int
    since: datetime
    until: datetime
    instead: Sequence[tuple[str, str]]
    """For each of her services, who is called first when it begins."""


@dataclass(frozen=True)
class OwnRules:
    """All of it."""

    lines: Sequence[RuleLine]
    said: bool
    """Whether she said anything: else the network's file alone does."""
    free: Sequence[tuple[str, str]]
    """The hours at which no channel fits."""
    away: Sequence[AwayLine]
    others: Sequence[tuple[str, str]]
    """Of whom else she may say that they are away: id and name."""
    most: int = LONGEST_AFTER


def own_rules(visit: Visit, person: str, channels: Sequence[ChannelLine]) -> OwnRules:
    """What stands on the page of this person."""
    house, directory = visit.desk.house, visit.names.directory
    rules = said_by(house, person).rules
    places = {one.channel: place for place, one in enumerate(rules, start=1)}
    known = {one.channel: one for one in rules}
    pec = f"{ContactKind.PEC.value}."
    lines = [
        _line(one, places.get(one.name, len(places) + number), known.get(one.name))
        for number, one in enumerate((one for one in channels if not one.name.startswith(pec)), start=1)
    ]
    coordinates = Role.COORDINATOR in visit.operator.roles
    others = whom_she_may_say_away(directory, person, coordinates=coordinates)
    away = [one for name in dict.fromkeys((person, *others)) for one in _away(visit, name, person)]
    return OwnRules(
        lines=sorted(lines, key=lambda one: one.place),
        said=bool(rules),
        free=hours_without(rules),
        away=away,
        others=[(name, directory.people[name].name) for name in others if name != person],
    )


def _line(one: ChannelLine, place: int, rule: ChannelRule | None) -> RuleLine:
    rule = rule or ChannelRule(one.name)
    return RuleLine(one.name, one.kind, one.address, place, rule.after, rule.since, rule.until, rule.off)


def _away(visit: Visit, name: str, person: str) -> Sequence[AwayLine]:
    directory = visit.names.directory
    if name not in directory.people:
        return ()
    who = "" if name == person else directory.people[name].name
    return [
        AwayLine(name, who, one.number, one.since, one.until, _instead(visit, name, max(one.since, visit.desk.now)))
        for one in absences_to_come(visit.desk.house, name)
    ]


def _instead(visit: Visit, name: str, at: datetime) -> Sequence[tuple[str, str]]:
    directory, names = visit.names.directory, visit.names
    found = []
    for one in sorted(services_of(directory, name)):
        service = directory.services[one]
        first = in_charge(directory, service, at)[0]
        found.append((names.service(one), names.role_in(first, service) if first != name else ""))
    return found


def typed_rules(form: FormData, channels: Sequence[ChannelLine]) -> Sequence[ChannelRule]:
    """The rules as the form has them, in their order. Raises RuleUnclear."""
    found: list[tuple[int, ChannelRule]] = []
    for one in channels:
        place, after = word(form, f"place.{one.name}"), word(form, f"after.{one.name}") or "0"
        if not place:
            continue
        if not (place.isascii() and place.isdecimal() and after.isascii() and after.isdecimal()):
            raise RuleUnclear(most=LONGEST_AFTER)
        since, until = word(form, f"since.{one.name}"), word(form, f"until.{one.name}")
        off = bool(word(form, f"off.{one.name}"))
        found.append((int(place[:4]), ChannelRule(one.name, int(after[:4]), since, until, off)))
    if not found:
        raise RuleUnclear(most=LONGEST_AFTER)
    return [rule for _place, rule in sorted(found, key=lambda each: each[0])]


def typed_span(form: FormData) -> tuple[datetime, datetime]:
    """From when to when, by the wall in Rome. Raises NoMoment."""
    since, until = moment_in_rome(word(form, "since")), moment_in_rome(word(form, "until"), late=True)
    if since is None or until is None:
        raise NoMoment(example=EXAMPLE)
    return since, until

"""What a form about duty turns asks for, done; and the changes that were made, as the page of the rotas shows them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.adding_accounts import operator_names
from models.duty_changing import duty_changes, hand_over, override, swap, undo
from procedures.directory import Directory
from procedures.duty_changes import (
    DutyActKind,
    DutyChange,
    NoMoment,
    NoSuchChange,
    NoSuchTurn,
    SwapOfOne,
    Turn,
    moment_in_rome,
)
from procedures.handing_over import handed_over
from web.actors import who
from web.doorkeeper import Visit
from web.forms import Form, FormNotUnderstood, command_id, word
from web.pages import say
from web.saying import N_
from web.spans import day_and_hour

NOBODY = "nobody"
"""For whom nobody takes over. No person of a network is called so: her id would be the word that means none."""
EXAMPLE = "2026-12-01T20:00"
SWAPPABLE = timedelta(days=35)
"""How far ahead turns are offered to be swapped."""
MOST = 30
"""Changes that are shown."""
LONGEST_NUMBER = 9
KINDS: Mapping[DutyActKind, str] = {
    DutyActKind.OVERRIDDEN: N_("in the place of the rota"),
    DutyActKind.SWAPPED: N_("swap"),
}


@dataclass(frozen=True)
class Choice:
    """What a list offers."""

    value: str
    said: str


@dataclass(frozen=True)
class ChangeLine:
    """An override or a swap."""

    number: int
    service: str
    kind: str
    turns: Sequence[str]
    why: str
    who: str
    at: datetime
    undone: bool
    over: bool


def done(visit: Visit, form: Form) -> None:
    """Do what the form says. Raises FormNotUnderstood, and as `models.duty_changing`."""
    if word(form, "gap") not in {"", "yes"}:
        raise FormNotUnderstood
    match word(form, "answer"):
        case "override":
            _override(visit, form)
        case "swap":
            _swap(visit, form)
        case "undo":
            _undo(visit, form)
        case "hand_over":
            command, house = command_id(form, "hand-over"), visit.desk.house
            hand_over(house, word(form, "leaver"), word(form, "why"), visit.operator.actor, command=command)
        case _:
            raise FormNotUnderstood


def _override(visit: Visit, form: Form) -> None:
    command = command_id(form, "override")
    since, until = moment_in_rome(word(form, "since")), moment_in_rome(word(form, "until"), late=True)
    if since is None or until is None:
        raise NoMoment(example=EXAMPLE)
    person = word(form, "person")
    if not person:
        raise FormNotUnderstood
    turn = Turn("" if person == NOBODY else person, since, until)
    house, by = visit.desk.house, visit.operator.actor
    override(house, word(form, "service"), turn, word(form, "why"), by, gap=_meant(form), command=command)


def _swap(visit: Visit, form: Form) -> None:
    command = command_id(form, "swap")
    pair = [_turn(word(form, name)) for name in ("first", "second")]
    (service, first), (other, second) = pair
    if service != other:
        raise SwapOfOne
    by = visit.operator.actor
    swap(visit.desk.house, service, (first, second), word(form, "why"), by, gap=_meant(form), command=command)


def _turn(typed: str) -> tuple[str, datetime]:
    """The service and the beginning that a choice of a list holds. Raises NoSuchTurn."""
    service, _, since = typed.partition(" ")
    moment = moment_in_rome(since)
    if moment is None:
        raise NoSuchTurn
    return service, moment


def _undo(visit: Visit, form: Form) -> None:
    number = word(form, "number")
    if not (number.isascii() and number.isdigit() and len(number) <= LONGEST_NUMBER):
        raise NoSuchChange(number="?")
    undo(visit.desk.house, int(number), word(form, "why"), visit.operator.actor, gap=_meant(form))


def _meant(form: Form) -> bool:
    return word(form, "gap") == "yes"


def changing(visit: Visit) -> dict[str, object]:
    """The changes that were made, and what the forms offer."""
    directory = visit.desk.house.procedures.directory()
    names = operator_names(visit.desk.house.database)
    changes = duty_changes(visit.desk.house.database)[:MOST]
    people = sorted(directory.people.values(), key=lambda person: person.name)
    return {
        "changes": [_line(visit, directory, names, one) for one in changes],
        "offered": [Choice(one.id, one.name.said(visit.language)) for one in directory.services.values()],
        "people": [Choice(one.id, one.name) for one in people],
        "turns": _turns(visit, directory),
        "nobody": NOBODY,
        "leavers": list(_leavers(visit, directory)),
    }


def _leavers(visit: Visit, directory: Directory) -> Iterator[Choice]:
    """Whose turns of the coming month can be handed over, each with what would go to whom."""
    now = visit.desk.now
    for person in sorted(directory.people.values(), key=lambda one: one.name):
        handed = handed_over(directory, person.id, now)
        if handed:
            to = [f"{visit.names.service(one.service)} → {directory.people[one.to].name}" for one in handed]
            yield Choice(person.id, f"{person.name}: {'; '.join(to)}")


def _turns(visit: Visit, directory: Directory) -> Sequence[Choice]:
    """The turns that can be swapped, by service, soonest first."""
    now, found = visit.desk.now, []
    for service in directory.services.values():
        for duty in service.rota:
            if duty.until > now and duty.since < now + SWAPPABLE:
                name = directory.people[duty.person].name
                span = f"{_when(visit, duty.since)} → {_when(visit, duty.until)}"
                said = f"{service.name.said(visit.language)}: {span}, {name}"
                found.append(Choice(f"{service.id} {duty.since.isoformat()}", said))
    return found


def _line(visit: Visit, directory: Directory, names: Mapping[str, str], change: DutyChange) -> ChangeLine:
    act = change.act
    turns = [
        f"{_when(visit, turn.since)} → {_when(visit, turn.until)}: {_person(visit, directory, turn.person)}"
        for turn in act.turns
    ]
    kind, over = say(visit.language, KINDS[act.kind]), change.until <= visit.desk.now
    actor, service = who(visit, names, act.actor), visit.names.service(act.service)
    return ChangeLine(change.number, service, kind, turns, act.why, actor, act.at, change.undone, over)


def _person(visit: Visit, directory: Directory, person: str) -> str:
    if not person:
        return say(visit.language, N_("nobody"))
    return directory.people[person].name if person in directory.people else person


def _when(visit: Visit, at: datetime) -> str:
    return day_and_hour(at, visit.language, visit.desk.now)

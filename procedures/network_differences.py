"""What a new edition of the network's file changes, entry by entry; addresses of people are covered. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from procedures.directory import Contact, ContactKind, Directory, Duty, Entry, Opening, Retention
from procedures.schema import Text

PARTS = ("bodies", "people", "services", "coordinators", "desks", "holidays", "dates")
"""Of a network's file, in its order."""
COVER = "•••"
ENDS = 2
"""Digits of a telephone number that are left to tell two apart."""
NOT_OF_A_FILE = frozenset({"id", "written_rota", "change"})


class Change(StrEnum):
    """What becomes of an entry."""

    NEW = "new"
    GONE = "gone"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One word of an entry, before and after; empty where it says nothing."""

    field: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One entry of the file that a new edition adds, takes away or changes."""

    part: str
    """One of `PARTS`."""
    id: str
    change: Change
    fields: tuple[FieldChange, ...]


def differences(old: Directory, new: Directory, language: str) -> tuple[Difference, ...]:
    """What `new` says otherwise, part by part, each in the order of its file."""
    return tuple(found for part in PARTS for found in _of_part(part, old, new, language))


def _of_part(part: str, old: Directory, new: Directory, language: str) -> Iterator[Difference]:
    before: Mapping[str, object] = getattr(old, part)
    now: Mapping[str, object] = getattr(new, part)
    for name in (*now, *(one for one in before if one not in now)):
        was, will = _said(before.get(name), language), _said(now.get(name), language)
        fields = tuple(
            FieldChange(field, was.get(field, ""), will.get(field, ""))
            for field in dict.fromkeys((*was, *will))
            if was.get(field, "") != will.get(field, "")
        )
        hidden = isinstance(before.get(name), Entry) and before.get(name) != now.get(name)
        if name not in before or name not in now or fields or hidden:
            change = Change.NEW if name not in before else Change.GONE if name not in now else Change.CHANGED
            yield Difference(part, name, change, fields)


def _said(entry: object, language: str) -> dict[str, str]:
    if entry is None:
        return {}
    if not isinstance(entry, Entry):
        return {"days": _value(entry, language)}
    values = {name: getattr(entry, name) for name in type(entry).model_fields if name not in NOT_OF_A_FILE}
    return {name: said for name, value in values.items() if (said := _value(value, language))}


def _value(value: object, language: str) -> str:
    found = "" if value is None else str(value)
    match value:
        case Text():
            found = value.said(language)
        case Contact():
            found = covered(value)
        case Duty():
            found = f"{value.person} {value.since:%Y-%m-%d %H:%M}/{value.until:%Y-%m-%d %H:%M}"
        case Opening():
            found = f"{','.join(map(str, value.days))} {value.since:%H:%M}-{value.until:%H:%M}"
        case Retention():
            found = f"{value.months}: {value.basis}"
        case frozenset():
            found = ", ".join(sorted(map(str, value)))
        case tuple():
            found = "; ".join(_value(one, language) for one in value)
        case Mapping():
            found = "; ".join(f"{name}: {_value(one, language)}" for name, one in value.items())
    return found


def covered(contact: Contact) -> str:
    """A channel so that two can be told apart, and nobody can write to it: `e•••@example.org`, `sms •••01`."""
    if contact.kind is ContactKind.EMAIL:
        name, _, host = contact.address.rpartition("@")
        return f"{name[:1]}{COVER}@{host}"
    return f"{contact.kind.value} {COVER}{contact.address[-ENDS:]}"

"""Typed values of facts and evidence: checked, and brought into the one form that the trail keeps.

Text is understood as people type it in a form or a command line. The value itself is never repeated in an error.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from procedures.commands import EvidenceValue, FactValue, KeptValue
from procedures.errors import UnknownFact, WrongEvidence, WrongFactValue
from procedures.marking import N_
from procedures.schema import EvidenceType, Fact, FactType

ROME = ZoneInfo("Europe/Rome")
"""A time written without a zone is the time on the wall of the network."""
TRUE_WORDS = frozenset({"true", "yes", "si", "sì", "1", "on"})
FALSE_WORDS = frozenset({"false", "no", "0", "off"})
FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Of moments that somebody can mean."""
REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9./-]{0,39}")

NOT_ANSWERED = "not_answered"
"""The value of a fact that she was asked for and did not tell."""

Given = FactValue | EvidenceValue


def moment_text(value: datetime) -> str:
    """RFC 3339 text in UTC, whole seconds."""
    return value.astimezone(UTC).replace(microsecond=0).isoformat()


def as_moment(value: KeptValue) -> datetime | None:
    """The moment a kept value stands for: a datetime, or the first instant of a date in Europe/Rome; else None."""
    if not isinstance(value, str):
        return None
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        return None
    return _within_a_life(parsed if parsed.tzinfo else parsed.replace(tzinfo=ROME))


def _within_a_life(aware: datetime) -> datetime | None:
    """In UTC; None for a slip of the pen. Near the ends of the calendar a time zone or a limit leads out of it."""
    return aware.astimezone(UTC) if FIRST_YEAR <= aware.year <= LAST_YEAR else None


def _boolean(value: Given) -> KeptValue | None:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in TRUE_WORDS:
        return True
    return False if word in FALSE_WORDS else None


def _integer(value: Given) -> KeptValue | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    text = str(value).strip()
    return int(text) if re.fullmatch(r"\d{1,9}", text) else None


def _datetime(value: Given) -> KeptValue | None:
    if isinstance(value, datetime):
        moment = _within_a_life(value)
        return moment_text(moment) if moment else None
    moment = as_moment(value) if isinstance(value, str) and len(value.strip()) > len("2026-11-24") else None
    return moment_text(moment) if moment else None


def _date(value: Given) -> KeptValue | None:
    if isinstance(value, datetime):
        moment = _within_a_life(value)
        return moment.astimezone(ROME).date().isoformat() if moment else None
    try:
        day = date.fromisoformat(str(value).strip()).isoformat()
    except ValueError:
        return None
    return day if as_moment(day) else None


def _reference(value: Given) -> KeptValue | None:
    text = str(value).strip()
    return text if isinstance(value, str) and REFERENCE.fullmatch(text) else None


READERS: Mapping[str, tuple[Callable[[Given], KeptValue | None], str]] = {
    "boolean": (_boolean, N_("yes or no")),
    "integer": (_integer, N_("a whole number")),
    "datetime": (_datetime, N_("a date and an hour of the years 1900 to 2199, such as 2026-11-24T20:15")),
    "date": (_date, N_("a date of the years 1900 to 2199, such as 2026-11-24")),
    "reference": (_reference, N_("a number or reference of at most 40 letters, digits, - / .")),
    "choice": (_reference, N_("a word of the list")),
}


def fact_value(fact: Fact, value: FactValue) -> KeptValue:
    """The value in its kept form; any fact may be `not_answered`. Raises WrongFactValue, with what is expected."""
    if isinstance(value, str) and value.strip() == NOT_ANSWERED:
        return NOT_ANSWERED
    read, expected = of_a_fact(fact)
    kept = read(value)
    if kept is None:
        raise WrongFactValue(fact=fact.name, expected=expected)
    return kept


def of_a_fact(fact: Fact) -> tuple[Callable[[Given], KeptValue | None], str]:
    """What reads a value that somebody told of this fact, and what is expected of it."""

    def choice(value: Given) -> KeptValue | None:
        word = value.strip() if isinstance(value, str) else None
        return word if word in fact.choices else None

    def ranged(value: Given) -> KeptValue | None:
        number = _integer(value)
        return number if number is not None and in_range(fact, number) else None

    if fact.type is FactType.CHOICE:
        return choice, ", ".join(fact.choices)
    if fact.at_least is not None or fact.at_most is not None:
        return ranged, _range_of(fact)
    return READERS[fact.type]


def in_range(fact: Fact, value: KeptValue) -> bool:
    """Whether a number lies where its fact says that it can; anything else always does."""
    if fact.type is not FactType.INTEGER or not isinstance(value, int):
        return True
    return (fact.at_least is None or value >= fact.at_least) and (fact.at_most is None or value <= fact.at_most)


def _range_of(fact: Fact) -> str:
    """In digits, which every language reads."""
    if fact.at_most is None:
        return f"≥ {fact.at_least}"
    return f"{fact.at_least or 0}-{fact.at_most}"


def fact_values(facts: Mapping[str, Fact], given: Mapping[str, FactValue]) -> dict[str, KeptValue]:
    """All facts of a command, checked. Raises UnknownFact or WrongFactValue."""
    for name in given:
        if name not in facts:
            raise UnknownFact(fact=name, known=", ".join(sorted(facts)))
    return {name: fact_value(facts[name], value) for name, value in given.items()}


def evidence_values(
    asked: Mapping[str, EvidenceType],
    given: Mapping[str, EvidenceValue],
    of_fact: Mapping[str, Fact] = MappingProxyType({}),
) -> dict[str, KeptValue]:
    """All evidence of a result: exactly what is asked, in its kept form; `of_fact` are fields that show a fact's value.

    Raises WrongEvidence.
    """
    for field in given:
        if field not in asked:
            raise WrongEvidence(field=field, expected=", ".join(asked) or N_("a result without evidence"))
    kept: dict[str, KeptValue] = {}
    for field, kind in asked.items():
        read, expected = of_a_fact(of_fact[field]) if field in of_fact else READERS[kind]
        value = read(given[field]) if field in given else None
        if value is None:
            raise WrongEvidence(field=field, expected=expected)
        kept[field] = value
    return kept

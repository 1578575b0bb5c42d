"""How she is reached, put into words for its page: every address covered but the one that was asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from models.adding_accounts import operator_names
from models.safe_ways import HeldWay, Reached, ways_of
from notifiers.her_words import SENTENCES
from notifiers.language import translator
from procedures.safe_ways import (
    LONGEST_ADDRESS,
    LONGEST_TEXT,
    NAMEABLE,
    OUTCOMES,
    WAY_ACTS,
    WAY_KINDS,
    WRITABLE,
    Outcome,
)
from web.actors import who
from web.doorkeeper import Visit


@dataclass(frozen=True)
class WayLine:
    """One way."""

    way_id: str
    kind: str
    address: str
    """Empty where it is covered."""
    when: str
    may_leave_word: bool
    may_say: str
    until: date | None
    is_over: bool
    asked_at: datetime
    asked_by: str
    is_open: bool
    """Whether she may use it now."""
    writable: bool
    wished_at: datetime | None


@dataclass(frozen=True)
class TextLine:
    """One text to her, without its address."""

    at: datetime
    who: str
    text: str
    outcome: str


@dataclass(frozen=True)
class ActLine:
    """Something that was done."""

    at: datetime
    who: str
    what: str


def ways_page(visit: Visit, code: str, shown: HeldWay | None) -> Mapping[str, object]:
    """What the page needs. Raises UnknownCase."""
    found = ways_of(visit.desk.house, code, visit.operator.actor)
    names = operator_names(visit.desk.house.database)
    words = translator(visit.language, "procedures").gettext
    return {
        "code": code,
        "ways": [_line(visit, found, one, shown, names) for one in found.ways],
        "kinds": [(one.value, words(WAY_KINDS[one])) for one in NAMEABLE],
        "texts": [
            TextLine(
                one.at,
                who(visit, names, one.actor),
                SENTENCES[one.sentence].get(visit.language, ""),
                words(OUTCOMES[Outcome(one.outcome)]),
            )
            for one in found.texts
        ],
        "acts": [ActLine(one.at, who(visit, names, one.actor), words(WAY_ACTS[one.kind])) for one in found.acts],
        "longest_address": LONGEST_ADDRESS,
        "longest_text": LONGEST_TEXT,
    }


def _line(visit: Visit, found: Reached, one: HeldWay, shown: HeldWay | None, names: Mapping[str, str]) -> WayLine:
    way, now = one.way, visit.desk.now
    words = translator(visit.language, "procedures").gettext
    return WayLine(
        one.way_id,
        words(WAY_KINDS[way.kind]),
        shown.way.address if shown is not None and shown.way_id == one.way_id else "",
        way.when,
        way.may_leave_word,
        way.may_say,
        way.until,
        way.is_over(now),
        one.known.asked_at or found.opened_at,
        who(visit, names, one.known.asked_by) if one.known.asked_by else "",
        one.known.is_open_to(visit.operator.actor, found.opened_at, now, way),
        way.kind in WRITABLE,
        one.known.wished_at,
    )

"""Moments of a scenario: `start`, `12 min`, `4 h 30 min`, or `day 3, 09:00` on the wall in Rome; day 1 is the first."""

import re
from datetime import UTC, datetime, timedelta

from procedures.values import ROME

START = "start"
MOMENT_WORDS = (START, "day", "days", "h", "min")
_ELAPSED = re.compile(r"(?:(\d{1,4}) days?)?(?: ?(\d{1,4}) h)?(?: ?(\d{1,4}) min)?")
_DAY = re.compile(r"day (\d{1,5}), (\d{2}):(\d{2})(?::(\d{2}))?")
_MINUTES, _LAST_HOUR = 60, 23
_SHOWN_AS_ELAPSED = timedelta(days=1)
_MOST_DAYS = 20_000


def read_moment(words: str, start: datetime) -> datetime | None:
    """The moment in UTC; None where the words are no moment."""
    if words == START:
        return start
    day = _DAY.fullmatch(words)
    if day:
        return _on_the_wall(start, *(int(part or 0) for part in day.groups()))
    elapsed = _ELAPSED.fullmatch(words) if words else None
    if elapsed is None:
        return None
    days, hours, minutes = (int(part or 0) for part in elapsed.groups())
    return start + timedelta(days=days, hours=hours, minutes=minutes)


def _on_the_wall(start: datetime, day: int, hour: int, minute: int, second: int) -> datetime | None:
    if not 1 <= day <= _MOST_DAYS or hour > _LAST_HOUR or minute >= _MINUTES or second >= _MINUTES:
        return None
    date = start.astimezone(ROME).date() + timedelta(days=day - 1)
    return datetime(date.year, date.month, date.day, hour, minute, second, tzinfo=ROME).astimezone(UTC)


def moment_words(at: datetime, start: datetime) -> str:
    """The moment as a scenario writes it: elapsed within a day and on whole minutes, else by the wall in Rome."""
    since = at - start
    if since == timedelta(0):
        return START
    if timedelta(0) < since < _SHOWN_AS_ELAPSED and since.total_seconds() % _MINUTES == 0:
        hours, minutes = divmod(int(since.total_seconds()) // _MINUTES, _MINUTES)
        return " ".join(part for part in (f"{hours} h" if hours else "", f"{minutes} min" if minutes else "") if part)
    local = at.astimezone(ROME)
    day = (local.date() - start.astimezone(ROME).date()).days + 1
    return f"day {day}, {local:%H:%M:%S}" if local.second else f"day {day}, {local:%H:%M}"

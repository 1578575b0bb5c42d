"""How long is left, and when that is: exact, in the words of the page's language.

Babel rounds a span ("90 min" becomes "2 ore"), so ours is spelled out; it formats dates and hours, in Europe/Rome.
"""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time

ROME = ZoneInfo("Europe/Rome")
MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def span(seconds: float, language: str) -> str:
    """`40 s`, `12 min`, `1 h 30 min`, `2 d 4 h` (`2 g 4 h`): whole units, rounded down, at most two."""
    left = int(abs(seconds))
    if left < MINUTE:
        return f"{left} s"
    if left < HOUR:
        return f"{left // MINUTE} min"
    if left < DAY:
        return _two(left // HOUR, "h", left % HOUR // MINUTE, "min")
    return _two(left // DAY, "d" if language == "en" else "g", left % DAY // HOUR, "h")


def _two(many: int, unit: str, few: int, smaller: str) -> str:
    return f"{many} {unit} {few} {smaller}" if few else f"{many} {unit}"


def hour(at: datetime, language: str) -> str:
    """`20:15`."""
    return format_time(at.astimezone(ROME), "HH:mm", locale=language)


def day_and_hour(at: datetime, language: str, now: datetime) -> str:
    """`20:15` today, else `mar 24 nov, 20:15`; the year is said when it is another one."""
    local, today = at.astimezone(ROME), now.astimezone(ROME)
    if local.date() == today.date():
        return hour(at, language)
    form = "EEE d MMM" if local.year == today.year else "EEE d MMM y"
    return f"{format_date(local.date(), form, locale=language)}, {hour(at, language)}"


def day(on: date, language: str) -> str:
    """`8 mar 2027`."""
    return format_date(on, "d MMM y", locale=language)


def machine(at: datetime) -> str:
    """For `<time datetime>`: RFC 3339 in UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

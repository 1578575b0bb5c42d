"""Duty turns as a calendar that telephones read (iCalendar, RFC 5545): in UTC, so no change of clocks moves one."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

LONGEST_LINE = 75
"""Bytes, RFC 5545, 3.1."""
REMIND_BEFORE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn, as its reader may see it."""

    service: str
    """By id: with the beginning it tells one turn from another, whoever has it."""
    title: str
    since: datetime
    until: datetime


def calendar_of(turns: Sequence[Turn], *, title: str, reminder: str, now: datetime, host: str) -> bytes:
    """The file. `reminder` is what a telephone says an hour before each turn."""
    lines = [
        *("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Staffetta//Turns//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"),
        f"X-WR-CALNAME:{_text(title)}",
        *("REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H"),
    ]
    for one in turns:
        lines += _event(one, reminder, now, host)
    lines.append("END:VCALENDAR")
    return b"".join(folded + b"\r\n" for line in lines for folded in _folded(line))


def _event(turn: Turn, reminder: str, now: datetime, host: str) -> Sequence[str]:
    name = hashlib.sha256(f"{turn.service}:{_moment(turn.since)}".encode()).hexdigest()[:32]
    minutes = int(REMIND_BEFORE.total_seconds() // 60)
    return (
        *("BEGIN:VEVENT", f"UID:{name}@{host}", f"DTSTAMP:{_moment(now)}"),
        *(f"DTSTART:{_moment(turn.since)}", f"DTEND:{_moment(turn.until)}", f"SUMMARY:{_text(turn.title)}"),
        *("BEGIN:VALARM", "ACTION:DISPLAY", f"TRIGGER:-PT{minutes}M", f"DESCRIPTION:{_text(reminder)}", "END:VALARM"),
        "END:VEVENT",
    )


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(said: str) -> str:
    escaped = said.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return " ".join(escaped.splitlines())


def _folded(line: str) -> Iterator[bytes]:
    """A line in pieces of at most 75 bytes, none of which cuts a letter; all but the first begin with a blank."""
    piece, most = b"", LONGEST_LINE
    for letter in line:
        more = letter.encode()
        if len(piece) + len(more) > most:
            yield piece
            piece = b" "
        piece += more
    yield piece

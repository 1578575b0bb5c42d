"""Data on standard output, talk on standard error; tables for people, JSON for programs."""

import dataclasses
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

ROME = ZoneInfo("Europe/Rome")
GAP = "  "
NOTHING = "-"


def tell(*lines: str) -> None:
    """Talk: it never mixes with data."""
    for line in lines:
        print(line, file=sys.stderr)


def put(*lines: str) -> None:
    """Data, as text."""
    for line in lines:
        print(line, flush=True)


def put_json(value: object) -> None:
    """Data, as JSON."""
    print(json.dumps(value, default=_plain, ensure_ascii=_lacks_letters(), indent=2))


def put_json_line(value: object) -> None:
    """Data, as one line of JSON."""
    print(json.dumps(value, default=_plain, ensure_ascii=_lacks_letters()), flush=True)


def _lacks_letters() -> bool:
    """Whether the output cannot hold every letter: JSON has its own way to write those."""
    return not (sys.stdout.encoding or "").lower().startswith("utf")


def _plain(value: object) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, frozenset | set):
        return sorted(value)
    if isinstance(value, Mapping):
        return dict(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    dump = getattr(value, "model_dump", None)
    if dump is None:
        raise TypeError(type(value).__name__)
    return dump(mode="json")


def put_table(headings: Sequence[str], rows: Iterable[Sequence[str | None]]) -> None:
    """Columns as wide as what stands in them, with capital headings; nothing at all where there is no row."""
    filled = [[cell or NOTHING for cell in row] for row in rows]
    if not filled:
        return
    lines = [[heading.upper() for heading in headings], *filled]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
    for line in lines:
        put(GAP.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def moment(at: datetime | None) -> str | None:
    """A time as people of the network read it: day and hour of Rome, exact."""
    return None if at is None else f"{at.astimezone(ROME):%d/%m/%Y %H:%M}"


def second(at: datetime) -> str:
    """The same to the second, where the order of things is read."""
    return f"{at.astimezone(ROME):%d/%m/%Y %H:%M:%S}"

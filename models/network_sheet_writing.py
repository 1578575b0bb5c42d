"""The network in force as a spreadsheet, with the sheets and columns that `models/network_sheets.py` reads."""

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from models.network_sheets import COLUMNS
from procedures.directory import Body, Contact, ContactKind, Directory, NetworkPerson, Opening, Service
from procedures.values import ROME

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
WIDTH = 24


def sheets_of(directory: Directory) -> bytes:
    """The spreadsheet. Every cell is text: nothing in it is ever a formula."""
    from xlsxwriter import Workbook  # noqa: PLC0415 - written where a spreadsheet is asked for

    out = io.BytesIO()
    with Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        head = book.add_format({"bold": True})
        for name, rows in _parts(directory).items():
            _sheet(book, head, name, rows)
    return out.getvalue()


def _sheet(book: "Workbook", head: "Format", name: str, rows: Sequence[Sequence[str]]) -> None:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(COLUMNS[name]) - 1, WIDTH)
    for column, word in enumerate(COLUMNS[name]):
        sheet.write_string(0, column, word, head)
    for number, row in enumerate(rows, start=1):
        for column, text in enumerate(row):
            if text:
                sheet.write_string(number, column, text)


def _parts(directory: Directory) -> Mapping[str, Sequence[Sequence[str]]]:
    return {
        "bodies": [_body(one) for one in directory.bodies.values()],
        "people": [_person(one) for one in directory.people.values()],
        "services": [_service(one) for one in directory.services.values()],
        "rota": [
            (
                one.id,
                duty.person,
                *(at.astimezone(ROME).isoformat(timespec="minutes") for at in (duty.since, duty.until)),
            )
            for one in directory.services.values()
            for duty in one.rota
        ],
        "coordinators": [
            (one.id, one.name.it, one.name.en, _list(one.territories), one.phone, ", ".join(one.people))
            for one in directory.coordinators.values()
        ],
        "desks": [(one.id, one.name.it, one.name.en, one.phone, one.person) for one in directory.desks.values()],
        "holidays": [(territory, ", ".join(words)) for territory, words in directory.holidays.items()],
        "dates": [
            (territory, fact, ", ".join(days))
            for territory, facts in directory.dates.items()
            for fact, days in facts.items()
        ],
    }


def _body(one: Body) -> Sequence[str]:
    signed, ends = one.protocol_signed_on, one.protocol_ends_on
    kept = (str(one.retention.months), one.retention.basis) if one.retention else ("", "")
    return (one.id, one.name, signed.isoformat() if signed else "", ends.isoformat() if ends else "", *kept)


def _person(one: NetworkPerson) -> Sequence[str]:
    return (one.id, one.name, one.language, ", ".join(map(_contact, one.contacts)))


def _contact(one: Contact) -> str:
    """Mail and SMS are told apart by their looks; any other kind is named."""
    kind = "" if one.kind in {ContactKind.EMAIL, ContactKind.SMS} else f"{one.kind.value} "
    return f"{kind}{one.address}{f' pgp {one.pgp}' if one.pgp else ''}"


def _service(one: Service) -> Sequence[str]:
    names = (one.name.it, one.name.en, _list(one.competences), _list(one.territories), one.phone)
    hours = one.opening_hours or "; ".join(map(_hours, one.hours))
    return (one.id, one.body, *names, one.referent, one.deputy or "", hours, ", ".join(one.holidays), str(one.rank))


def _hours(one: Opening) -> str:
    """The same hours as OpenStreetMap writes them."""
    return f"{','.join(DAYS[day] for day in one.days)} {one.since:%H:%M}-{one.until:%H:%M}"


def _list(words: frozenset[str]) -> str:
    return ", ".join(sorted(words))

"""The network's file as a spreadsheet (.xlsx): one sheet for each part, one row for each entry, one cell for each word.

A spreadsheet becomes the YAML text that the strict reader knows, one line for each cell, so that every fault has its
cell. What is kept is that text. Who sends one is signed in; still it is looked at before it is opened, and opened by a
child with little room (`models.sheet_child`): one that lies about its size takes no memory but that child's.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from models.sheet_child import ChildGaveUp, rows_in_a_child
from procedures.directory import ContactKind
from procedures.duty_changes import moment_in_rome
from procedures.errors import StaffettaError
from procedures.faults import Fault, ProcedureFaults
from procedures.values import ROME

COLUMNS: Mapping[str, Sequence[str]] = {
    "bodies": ("id", "name", "protocol_signed_on", "protocol_ends_on", "retention_months", "retention_basis"),
    "people": ("id", "name", "language", "contacts"),
    "services": (
        *("id", "body", "name_it", "name_en", "competences", "territories", "phone", "referent", "deputy", "hours"),
        *("holidays", "rank"),
    ),
    "rota": ("service", "person", "since", "until"),
    "coordinators": ("id", "name_it", "name_en", "territories", "phone", "people"),
    "desks": ("id", "name_it", "name_en", "phone", "person"),
    "holidays": ("id", "calendar"),
    "dates": ("id", "fact", "days"),
}
"""The sheets and their columns; `id` of holidays and dates is the territory."""
KINDS = frozenset(kind.value for kind in ContactKind)
LISTS = frozenset({"competences", "territories", "people", "holidays", "calendar", "days"})
PLAIN = re.compile(r"[0-9]{1,9}|[0-9]{4}-[0-9]{2}-[0-9]{2}|[a-z][a-z0-9_]{0,59}")
"""What needs no quotes: a number, a day, a name."""
LARGEST = 16 * 1024 * 1024
"""Bytes, unpacked."""
MOST_ROWS, MOST_COLUMNS = 5000, 40
CELL = re.compile(rb'r="([A-Z]{1,3})([0-9]{1,7})"')
MAGIC = b"PK\x03\x04"


class SheetUnusable(StaffettaError):
    """What was sent is no spreadsheet that can be read."""

    template = (
        "This is no spreadsheet (.xlsx) that can be read here. Save it again as .xlsx, without a password, with the "
        "sheets and columns of the one that the network room exports."
    )


class SheetUnknown(StaffettaError):
    """A sheet or a column that the network's file does not have: nothing may be left out in silence."""

    template = "Nothing is known by the name {name}. Sheets and columns are: {known}."


class RotaOfNobody(StaffettaError):
    """A turn of a service that is not on the sheet of services."""

    template = "In row {row} of the sheet rota stands a service that the sheet services does not have."


@dataclass
class _Written:
    """The text that a spreadsheet becomes, and which cell each of its lines is."""

    lines: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)

    def add(self, line: str, cell: str) -> None:
        self.lines.append(line)
        self.cells.append(cell)


@dataclass(frozen=True)
class _Row:
    """The cells of one row that say something, by column, each as text, with its place."""

    number: int
    said: Mapping[str, str]
    places: Mapping[str, str]

    def place(self, *columns: str) -> str:
        return next((self.places[one] for one in columns if one in self.places), next(iter(self.places.values()), ""))


def is_sheet(content: bytes) -> bool:
    """Whether this may be a spreadsheet: a packed file."""
    return content.startswith(MAGIC)


def text_of_sheets(content: bytes) -> tuple[str, Sequence[str]]:
    """The network's file as YAML, and the cell of each of its lines (`people!C7`).

    Raises:
        SheetUnusable, SheetUnknown, RotaOfNobody: it cannot be read, or says what nobody would look at.
    """
    rows = _rows(content)
    written = _Written()
    for part in COLUMNS:
        if part == "rota" or (part not in rows and part in {"desks", "holidays", "dates"}):
            continue
        written.add(f"{part}:" if rows.get(part) else f"{part}: {{}}", f"{part}!A1")
        if part == "dates":
            _dates(written, rows[part])
            continue
        for row in rows.get(part, ()):
            _entry(written, part, row, rows.get("rota", ()))
    known = {row.said.get("id") for row in rows.get("services", ())}
    for row in rows.get("rota", ()):
        if row.said.get("service") not in known:
            raise RotaOfNobody(row=row.number)
    return "\n".join(written.lines) + "\n", written.cells


def in_cells(faults: ProcedureFaults, cells: Sequence[str]) -> ProcedureFaults:
    """The same faults, each with its cell in the place of the line that no person wrote."""
    return ProcedureFaults(_in_cell(fault, cells) for fault in faults.faults)


def _in_cell(fault: Fault, cells: Sequence[str]) -> Fault:
    cell = cells[min(fault.line, len(cells)) - 1] if cells else ""
    return Fault(f"{fault.file} {cell}", fault.line, fault.column, fault.kind, fault.data)


def _entry(written: _Written, part: str, row: _Row, rota: Iterable[_Row]) -> None:
    name = row.said.get("id", "")
    if part == "holidays":
        written.add(f"  {_plain(name)}: {_list(row.said.get('calendar', ''))}", row.place("calendar"))
        return
    written.add(f"  {_plain(name)}:", row.place("id"))
    if "name_it" in row.said or "name_en" in row.said:
        titles = {one: row.said[f"name_{one}"] for one in ("it", "en") if f"name_{one}" in row.said}
        written.add(f"    name: {json.dumps(titles, ensure_ascii=False)}", row.place("name_it", "name_en"))
    if "retention_months" in row.said or "retention_basis" in row.said:
        months, basis = row.said.get("retention_months", ""), row.said.get("retention_basis", "")
        said = f"{{months: {_plain(months)}, basis: {_quoted(basis)}}}"
        written.add(f"    retention: {said}", row.place("retention_months", "retention_basis"))
    for column, text in row.said.items():
        if column == "contacts":
            written.add(f"    contacts: [{', '.join(map(_contact, _words(text)))}]", row.places[column])
        elif column in LISTS:
            written.add(f"    {column}: {_list(text)}", row.places[column])
        elif column not in {"id", "name_it", "name_en", "retention_months", "retention_basis"}:
            free = column in {"name", "phone", "hours"}
            written.add(f"    {column}: {_quoted(text) if free else _plain(text)}", row.places[column])
    turns = [one for one in rota if part == "services" and one.said.get("service") == name]
    if turns:
        written.add("    rota:", turns[0].place("service"))
    for turn in turns:
        since, until = _moment(turn.said.get("since", "")), _moment(turn.said.get("until", ""), late=True)
        words = f"person: {_plain(turn.said.get('person', ''))}, since: {_quoted(since)}, until: {_quoted(until)}"
        written.add(f"      - {{{words}}}", turn.place("since", "person"))


def _dates(written: _Written, rows: Sequence[_Row]) -> None:
    for territory in dict.fromkeys(row.said.get("id", "") for row in rows):
        ours = [row for row in rows if row.said.get("id", "") == territory]
        written.add(f"  {_plain(territory)}:", ours[0].place("id"))
        for row in ours:
            days = ", ".join(_plain(_moment(day) if "T" in day else day) for day in _words(row.said.get("days", "")))
            written.add(f"    {_plain(row.said.get('fact', ''))}: [{days}]", row.place("days"))


def _rows(content: bytes) -> dict[str, Sequence[_Row]]:
    """The rows of each sheet that say something, read by a child. Raises SheetUnusable, SheetUnknown."""
    _look_before(content)
    try:
        said = rows_in_a_child(content)
    except ChildGaveUp:
        raise SheetUnusable from None
    if "unknown" in said:
        raise SheetUnknown(**said["unknown"])
    if "unusable" in said:
        raise SheetUnusable
    return {name: [_Row(*row) for row in rows] for name, rows in said["rows"].items()}


def rows_here(content: bytes) -> dict[str, list[tuple[int, Mapping[str, str], Mapping[str, str]]]]:
    """In the child: of each sheet the number, the words and the places of each row that says something.

    Raises:
        SheetUnusable, SheetUnknown.
    """
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - read where a spreadsheet is

    found = {}
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for name in book.sheet_names:
            if name not in COLUMNS:
                raise SheetUnknown(name=name[:60], known=", ".join(COLUMNS))
            rows = _of_sheet(name, book.get_sheet_by_name(name).to_python(skip_empty_area=False))
            found[name] = [(row.number, row.said, row.places) for row in rows]
    except CalamineError:
        raise SheetUnusable from None
    return found


def _of_sheet(name: str, table: Sequence[Sequence[object]]) -> Sequence[_Row]:
    heads = [_said(cell) for cell in table[0]] if table else []
    for head in filter(None, heads):
        if head not in COLUMNS[name]:
            raise SheetUnknown(name=f"{name}: {head[:60]}", known=", ".join(COLUMNS[name]))
    rows = []
    for number, cells in enumerate(table[1:], start=2):
        pairs = [(head, _said(cell), at) for at, (head, cell) in enumerate(zip(heads, cells, strict=False)) if head]
        said = {head: text for head, text, _at in pairs if text}
        if said:
            places = {head: f"{name}!{_letters(at)}{number}" for head, text, at in pairs if text}
            rows.append(_Row(number, said, places))
    return rows


def _look_before(content: bytes) -> None:
    """Unpack it piece by piece, within bounds, and look for cells far out. Raises SheetUnusable."""
    left = LARGEST
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for entry in packed.infolist():
                left -= entry.file_size
                if left < 0:
                    raise SheetUnusable
                piece = packed.read(entry)  # a file may lie about it: what that costs is the child's
                if entry.filename.startswith("xl/worksheets/") and _is_wide(piece):
                    raise SheetUnusable
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError):
        raise SheetUnusable from None


def _is_wide(sheet: bytes) -> bool:
    cells = ((match[1], int(match[2])) for match in CELL.finditer(sheet))
    return any(row > MOST_ROWS or _column(letters) > MOST_COLUMNS for letters, row in cells)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _letters(at: int) -> str:
    return chr(ord("A") + at) if at < 26 else f"A{chr(ord('A') + at - 26)}"  # noqa: PLR2004 - letters of the alphabet


def _said(cell: object) -> str:
    """What a cell says, as text: a day, a moment without its zone, a whole number without a point."""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(timespec="minutes")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).split())


def _words(text: str) -> list[str]:
    return [word for one in re.split(r"[,;\n]", text) if (word := one.strip())]


def _list(text: str) -> str:
    return f"[{', '.join(map(_plain, _words(text)))}]"


def _plain(text: str) -> str:
    return text if PLAIN.fullmatch(text) else _quoted(text)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _contact(text: str) -> str:
    """`ada@example.org`, `+39 …`, any other kind named before it (`pec ada@…`), a key behind it (`… pgp 4965AF48…`)."""
    address, _, key = text.partition(" pgp ")
    kind, _, rest = address.partition(" ")
    if kind not in KINDS:
        kind, rest = "email" if "@" in address else "sms", address
    said = {kind: rest.strip(), **({"pgp": key.strip()} if key else {})}
    return f"{{{', '.join(f'{name}: {_quoted(value)}' for name, value in said.items())}}}"


def _moment(text: str, *, late: bool = False) -> str:
    """By the wall in Rome, with its zone; what is none is left for the reader to tell."""
    moment = moment_in_rome(text, late=late)
    return text if moment is None else moment.astimezone(ROME).isoformat(timespec="minutes")

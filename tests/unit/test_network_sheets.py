"""The network as a spreadsheet: out and in again it is the same network; what is wrong in it has its cell."""

import io
import zipfile
from collections.abc import Mapping, Sequence

import pytest
from xlsxwriter import Workbook

from models.network import parse_network, sample_network
from models.network_sheet_writing import sheets_of
from models.network_sheets import (
    COLUMNS,
    LARGEST,
    RotaOfNobody,
    SheetUnknown,
    SheetUnusable,
    in_cells,
    is_sheet,
    text_of_sheets,
)
from procedures.directory import Directory
from procedures.faults import ProcedureFaults
from procedures.network_differences import differences
from tests.unit.test_bad_files import NETWORK_WITH_ALL

Table = Sequence[Sequence[str]]


def book(sheets: Mapping[str, Table]) -> bytes:
    out = io.BytesIO()
    with Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as made:
        for name, rows in sheets.items():
            sheet = made.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return out.getvalue()


def small(**changes: Table) -> bytes:
    """A network of one service, with these sheets otherwise."""
    sheets: dict[str, Table] = {
        "bodies": [("id", "name"), ("town", "Comune")],
        "people": [("id", "name", "contacts"), ("anna", "Anna", "anna@example.org, +39 06 5550 1001")],
        "services": [
            ("id", "body", "name_it", "name_en", "competences", "territories", "phone", "referent"),
            ("desk", "town", "Sportello", "Desk", "legal_aid", "valley", "+39 06 5550 101", "anna"),
        ],
        "rota": [("service", "person", "since", "until"), ("desk", "anna", "2026-10-25T20:00", "2026-10-26T08:00")],
        "coordinators": [
            ("id", "name_it", "name_en", "territories", "phone", "people"),
            ("valley", "Valle", "Valley", "valley", "+39 06 5550 102", "anna"),
        ],
    }
    return book({**sheets, **changes})


def read(content: bytes) -> Directory:
    return parse_network(text_of_sheets(content)[0], "rete.xlsx")


@pytest.mark.parametrize("text", [sample_network(), NETWORK_WITH_ALL], ids=["sample", "all"])
def test_out_and_in_again_it_is_the_same_network(text: str) -> None:
    directory = parse_network(text, "network.yaml")
    content = sheets_of(directory)
    assert is_sheet(content)
    assert not is_sheet(text.encode())
    again = read(content)
    told = [
        one for one in differences(directory, again, "it") if {f.field for f in one.fields} - {"hours", "opening_hours"}
    ]
    assert told == []
    assert again.people == directory.people
    assert again.bodies == directory.bodies


def test_hours_of_rome_get_their_zone_and_a_text_stays_a_text() -> None:
    duty = read(small()).services["desk"].rota[0]
    assert (duty.since.isoformat(), duty.until.isoformat()) == (
        "2026-10-25T20:00:00+01:00",
        "2026-10-26T08:00:00+01:00",
    )
    formula = [("id", "name"), ("town", '=HYPERLINK("https://example.org")')]
    assert read(small(bodies=formula)).bodies["town"].name.startswith("=HYPERLINK")


def test_a_fault_has_its_cell() -> None:
    wrong = [("id", "name", "contacts"), ("anna", "Anna", "anna@nowhere"), ("Berta Rossi", "Berta", "+39 06 5550 1002")]
    text, cells = text_of_sheets(small(people=wrong))
    with pytest.raises(ProcedureFaults) as found:
        parse_network(text, "rete.xlsx")
    placed = [(fault.file, fault.code) for fault in in_cells(found.value, cells).faults]
    assert ("rete.xlsx people!C2", "bad-email") in placed
    assert any(file == "rete.xlsx people!A3" for file, _code in placed)


def test_nothing_is_left_out_in_silence() -> None:
    with pytest.raises(SheetUnknown):
        text_of_sheets(small(Foglio1=[("id",)]))
    with pytest.raises(SheetUnknown):
        text_of_sheets(small(bodies=[("id", "nome"), ("town", "Comune")]))
    with pytest.raises(RotaOfNobody):
        text_of_sheets(small(rota=[COLUMNS["rota"], ("ward", "anna", "2026-10-25T20:00", "2026-10-26T08:00")]))


def packed(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04nonsense",
        packed("xl/other.xml", b"x"),
        packed("xl/worksheets/sheet1.xml", b"0" * (LARGEST + 1)),
        packed("xl/worksheets/sheet1.xml", b'<c r="XFD1048576"><v>1</v></c>'),
        small()[:-40],
        small()[:400] + b"\0" * 40 + small()[440:],
    ],
    ids=["nonsense", "other", "bomb", "far out", "cut", "broken"],
)
def test_what_is_no_spreadsheet_of_ours_is_refused(content: bytes) -> None:
    with pytest.raises(SheetUnusable):
        text_of_sheets(content)


FAR = {
    "other quotes": "<c r='XFD1048576'><v>1</v></c>",
    "a blank": '<c r ="XFD1048576"><v>1</v></c>',
    "small letters": '<c r="xfd1048576"><v>1</v></c>',
    "a letter by its number": '<c r="&#88;FD1048576"><v>1</v></c>',
}
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def spoilt(old: bytes, new: bytes) -> bytes:
    """The small network's spreadsheet, with this said otherwise in its first sheet."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(small())) as packed, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for entry in packed.infolist():
            piece = packed.read(entry)
            made.writestr(entry.filename, piece.replace(old, new) if entry.filename.endswith("sheet1.xml") else piece)
    return out.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize("how", FAR)
def test_a_cell_far_out_however_it_is_written_ends_no_process_of_ours(how: str) -> None:
    content = spoilt(b"</row></sheetData>", f"{FAR[how]}</row></sheetData>".encode())
    assert content != spoilt(b"", b"")
    with pytest.raises(SheetUnusable):
        text_of_sheets(content)

"""Tables for a spreadsheet: semicolons and a mark of their encoding, as Italian programs open them, and no formulas."""

import csv
import io
import json
from collections.abc import Mapping, Sequence

from starlette.responses import Response

BOM = "\ufeff"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would compute: it is kept as text by an apostrophe before it (OWASP, CSV injection)."""
FORMATS = frozenset({"csv", "json"})


def csv_of(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The table as text."""
    out = io.StringIO()
    out.write(BOM)
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    return out.getvalue()


def handed_out(name: str, kind: str, heads: Mapping[str, str], rows: Sequence[Sequence[str]]) -> Response:
    """A file for the browser to keep: `heads` are the names of the columns, for JSON and for people."""
    if kind == "json":
        text = json.dumps([dict(zip(heads, row, strict=True)) for row in rows], ensure_ascii=False, indent=1)
        media = "application/json"
    else:
        text, media = csv_of(list(heads.values()), rows), "text/csv; charset=utf-8"
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"', "Cache-Control": "no-store"}
    return Response(text.encode(), media_type=media, headers=headers)


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell

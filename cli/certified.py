"""`staffetta case receipts`: what proves that a certified message was sent and delivered, as its provider wrote it."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.cases import CodeArgument
from cli.cases import app as case_app
from cli.command import Asked, command
from cli.errors import FileNotWritten
from cli.printing import moment, put_json, put_table, tell
from cli.speech import _
from cli.users import SHELL
from procedures.marking import N_
from procedures.reasons import reason_of

if TYPE_CHECKING:
    from models.evidence import Evidence


@command(case_app, "receipts", example="staffetta case receipts C-7KQ4-M9TX --to evidence")
def receipts(
    asked: Asked,
    code: CodeArgument,
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="FOLDER", help=_("A new folder: each receipt as a file, byte for byte.")),
    ] = None,
) -> None:
    """List the receipts of certified mail of a case, and write them as they came. It is noted before."""
    from models.evidence import evidence_of
    from models.reads import ReadKind, seen_case
    from models.views import case_id_of

    with asked.house(with_vault=True) as house:
        case_id = case_id_of(house.database, code)
        if to is not None:
            _make(to)  # before it is noted: what cannot be written was not handed out
        seen_case(house, code, SHELL, ReadKind.EXPORT)
        found = evidence_of(house, case_id)
    if to is not None:
        _write(to, found)
    if asked.as_json:
        put_json([{"kind": one.kind, "said_at": one.said_at, "sha256": one.key, "file": _name(one)} for one in found])
    else:
        rows = ((one.kind, moment(one.said_at), one.key) for one in found)
        put_table((_("receipt"), _("by the provider's clock"), "SHA-256"), rows)
    if not found:
        tell(_("No receipt of certified mail was kept for this case."))
    elif to is not None:
        tell(_("Each file is what the provider sent; its signature: openssl cms -verify -inform SMIME -in FILE."))


def _name(one: "Evidence") -> str:
    return f"{one.kind}-{one.key[:16]}.eml"


def _make(folder: Path) -> None:
    """A new folder that its owner alone can read. Raises FileNotWritten."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        raise FileNotWritten(path=folder, why=N_("it is there already")) from None
    except (OSError, ValueError) as failed:
        why = reason_of(failed) if isinstance(failed, OSError) else N_("nothing can be called so")
        raise FileNotWritten(path=folder, why=why) from None


def _write(folder: Path, found: "list[Evidence]") -> None:
    """Each for its owner alone. Raises FileNotWritten."""
    try:
        for one in found:
            handle = os.open(folder / _name(one), os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(one.original)
    except OSError as failed:
        raise FileNotWritten(path=folder, why=reason_of(failed)) from None

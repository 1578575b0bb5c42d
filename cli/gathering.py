"""`staffetta case gather`: all that is held of her, in one file for her (GDPR, art. 15)."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from cli.cases import CodeArgument
from cli.cases import app as case_app
from cli.command import Asked, command
from cli.errors import FileNotWritten
from cli.printing import put, put_json, tell
from cli.speech import _
from cli.users import SHELL
from procedures.marking import N_
from procedures.reasons import reason_of

FORMS = (".html", ".json")


@command(case_app, "gather", example="staffetta case gather C-7KQ4-M9TX --to for-her.html")
def gather(
    asked: Asked,
    code: CodeArgument,
    to: Annotated[
        Path, typer.Option("--to", metavar="FILE", help=_("A new file: .html to be read, .json for a program."))
    ],
) -> None:
    """Gather all that is held of her in one file, to be handed to her. It is noted before it is written."""
    from cli.case_pages import names_of
    from cli.gathered_page import as_json, page
    from models.gathering import gather as gather_all
    from models.views import case_id_of

    if to.suffix not in FORMS:
        raise typer.BadParameter(_("the name of the file ends in .html or .json"))
    with asked.house(with_vault=True) as house:
        case_id_of(house.database, code)
        handle = _created(to)
        try:
            found = gather_all(house, code, SHELL)
            written = as_json(found) if to.suffix == ".json" else page(found, names_of(house))
        except BaseException:  # also Ctrl-C: no half of what is held of her may lie about
            os.close(handle)
            with suppress(OSError):
                to.unlink()
            raise
    _write(handle, to, written)
    if asked.as_json:
        put_json({"file": str(to), "handoffs": len(found.handoffs), "consents": len(found.consents)})
    else:
        put(str(to))
    tell(
        _("Nothing in it is encrypted, and you alone can read it on this machine. Hand it to her where she is safe."),
        _("Then delete it: a copy that stays behind is found by somebody."),
    )
    if found.note:
        tell(_("The note about her is free text: read it first, and take out whoever else is named there."))
    if found.about_others:
        tell(_("What concerns a child or the author was left out: whoever may speak for them asks for it."))


def _created(path: Path) -> int:
    """A new file that its owner alone can read; never one that is there already. Raises FileNotWritten."""
    try:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except FileExistsError:
        raise FileNotWritten(path=path, why=N_("it is there already")) from None
    except (OSError, ValueError) as failed:
        why = reason_of(failed) if isinstance(failed, OSError) else N_("nothing can be called so")
        raise FileNotWritten(path=path, why=why) from None


def _write(handle: int, path: Path, written: str) -> None:
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(written)
            file.flush()
            os.fsync(file.fileno())
    except OSError as failed:
        raise FileNotWritten(path=path, why=reason_of(failed)) from None

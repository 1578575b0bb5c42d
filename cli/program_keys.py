"""`staffetta user key-…`: the keys of programs that call the JSON API."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.command import Asked, command
from cli.printing import moment, put, put_json, put_table, tell
from cli.speech import _

if TYPE_CHECKING:
    from models.apikeys import Program

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help=_("What people call the program."))]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "key-add", example="staffetta user key-add triage --body ospedale_san_vito --may cases.open")(add)
    command(app, "key-list", example="staffetta user key-list")(list_keys)
    command(app, "key-revoke", example="staffetta user key-revoke triage")(revoke)


def add(
    asked: Asked,
    name: NameArgument,
    may: Annotated[
        list[str] | None,
        typer.Option("--may", metavar="OPERATION", help=_("What it may do, such as cases.open; may be repeated.")),
    ] = None,
    body: Annotated[
        str | None, typer.Option("--body", help=_("The one body it calls for; without it, the coordination."))
    ] = None,
    days: Annotated[int, typer.Option("--days", help=_("How long it is good: at most 90."))] = 90,
) -> None:
    """Make a key for a program that calls the JSON API; it is shown once."""
    from cli.asking import ACTOR
    from models.apikeys import make_key

    with asked.house() as house:
        program, secret = make_key(
            house.database,
            house.procedures.directory(),
            name=name,
            may=may or (),
            body=body,
            days=days,
            created_by=ACTOR,
            now=datetime.now(UTC),
        )
    if asked.as_json:
        put_json({**_as_json(program), "key": secret})
        return
    put(secret)
    tell(_("This key is shown only now. It is good until {at}.").format(at=moment(program.expires_at)))


def list_keys(asked: Asked) -> None:
    """List the keys of programs, what each may do, and until when. The keys themselves are not kept."""
    from models.apikeys import programs

    with asked.house() as house:
        found = programs(house.database)
    if asked.as_json:
        put_json([_as_json(program) for program in found])
        return
    put_table(
        (_("program"), _("body"), _("good until"), _("revoked"), _("may")),
        (
            (
                program.name,
                program.body,
                moment(program.expires_at),
                moment(program.revoked_at),
                " ".join(sorted(program.operations)),
            )
            for program in found
        ),
    )
    if not found:
        tell(_("There is no key yet. Make one with `staffetta user key-add`."))


def revoke(asked: Asked, name: NameArgument) -> None:
    """Take a program's key back, at once."""
    from models.apikeys import revoke_key

    with asked.house() as house:
        program = revoke_key(house.database, name, datetime.now(UTC))
    if asked.as_json:
        put_json(_as_json(program))
    else:
        tell(_("The key of {name} was revoked at {at}.").format(name=program.name, at=moment(program.revoked_at)))


def _as_json(program: "Program") -> dict[str, Any]:
    return {
        "name": program.name,
        "operations": sorted(program.operations),
        "body": program.body,
        "created_at": program.created_at,
        "expires_at": program.expires_at,
        "revoked_at": program.revoked_at,
    }

"""`staffetta network`: bodies, services, people and rotas, as one file that is imported in editions."""

from pathlib import Path
from typing import Annotated

import typer

from cli.command import FOUND, Asked, command
from cli.printing import put, put_json, tell
from cli.speech import _

app = typer.Typer(no_args_is_help=True, help=_("The network: bodies, services, people, rotas."))

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help=_("The network's file (YAML)."))]


@command(app, "import", example="staffetta network import network.yaml")
def import_file(asked: Asked, file: FileArgument) -> None:
    """Make a file the network in force. Earlier editions stay as they were."""
    from cli.files import read_text
    from cli.unreachable import unreachable_lines
    from models.network import current_directory, import_network

    text = read_text(file)
    with asked.house(make=True) as house:
        edition = import_network(house.database, text, str(file), house.clock.now())
        directory = current_directory(house.database)
        tell(*unreachable_lines(house))
        if asked.as_json:
            put_json(
                {
                    "edition": edition,
                    "services": len(directory.services),
                    "people": len(directory.people),
                    "territories": sorted(directory.territories()),
                }
            )
            return
        put(str(edition))
        tell(
            _("Edition {edition} is in force: {services} services in {territories}.").format(
                edition=edition,
                services=len(directory.services),
                territories=", ".join(sorted(directory.territories())),
            )
        )


@command(app, "check", example="staffetta network check network.yaml")
def check(asked: Asked, file: FileArgument) -> None:
    """Find whatever is wrong in a network's file, without importing it."""
    from cli.fault_printing import Format, put_faults
    from cli.files import read_text
    from models.network import parse_network
    from procedures.faults import ProcedureFaults

    form = Format.JSON if asked.as_json else Format.TEXT
    try:
        parse_network(read_text(file), str(file))
    except ProcedureFaults as found:
        put_faults(found.faults, form)
        raise typer.Exit(FOUND) from None
    put_faults((), form)


@command(app, "export", example="staffetta network export > network.yaml")
def export(asked: Asked) -> None:
    """Print the network in force, word for word as it was imported."""
    from cli.errors import NothingImported
    from models.network import current_directory, export_network

    with asked.house() as house:
        text = export_network(house.database)
        if text is None:
            raise NothingImported
        if asked.as_json:
            put_json(current_directory(house.database))
        else:
            put(text.removesuffix("\n"))

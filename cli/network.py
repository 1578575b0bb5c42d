"""`staffetta network`: bodies, services, people, rotas, as one file in editions; and the network's own work."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cli import duties, network_watch
from cli.case_options import DeskOption, DrillOption, FactOption, TerritoryOption
from cli.command import FOUND, Asked, command
from cli.printing import put, put_json, tell
from cli.speech import _

app = typer.Typer(no_args_is_help=True, help=_("The network: bodies, services, people, rotas."))

MOST_ENDED = 100
FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help=_("The network's file (YAML)."))]


@command(app, "import", example="staffetta network import network.yaml")
def import_file(asked: Asked, file: FileArgument) -> None:
    """Make a file the network in force. Earlier editions stay as they were."""
    from cli.asking import ACTOR
    from cli.files import read_text
    from cli.unreachable import one_channel_line, unreachable_lines
    from models.leaving import pass_on_what_was_theirs
    from models.network import current_directory, import_network

    text = read_text(file)
    with asked.house(make=True) as house:
        edition = import_network(house.database, text, str(file), house.clock.now())
        directory = current_directory(house.database)
        passed_on = pass_on_what_was_theirs(house, ACTOR)
        tell(*unreachable_lines(house), *filter(None, [one_channel_line(directory)]))
        if asked.as_json:
            put_json(
                {
                    "edition": edition,
                    "services": len(directory.services),
                    "people": len(directory.people),
                    "territories": sorted(directory.territories()),
                    "passed_on": passed_on,
                }
            )
            return
        put(str(edition))
        if passed_on:
            tell(_("Cases in which somebody left, and others are asked: {count}.").format(count=passed_on))
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
    from cli.unreachable import one_channel_line
    from models.network import parse_network
    from procedures.faults import ProcedureFaults

    form = Format.JSON if asked.as_json else Format.TEXT
    try:
        directory = parse_network(read_text(file), str(file))
    except ProcedureFaults as found:
        put_faults(found.faults, form)
        raise typer.Exit(FOUND) from None
    put_faults((), form)
    tell(*filter(None, [one_channel_line(directory)]))


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


@command(app, "start", example="staffetta network start tavolo_meeting --fact meeting_at=2027-02-01T15:00")
def start(
    asked: Asked,
    pathway: Annotated[str, typer.Argument(metavar="PATHWAY", help=_("A pathway of the network's own work."))],
    *,
    fact: FactOption = None,
    territory: TerritoryOption = None,
    desk: DeskOption = None,
    drill: DrillOption = False,
) -> None:
    """Start the network's own work, which concerns no survivor: says its code and who is being asked."""
    from cli.asking import open_case_command
    from cli.opened import opened_as_json, put_opened
    from cli.unreachable import unreachable_lines

    with asked.house() as house:
        handled = house.handling.handle(
            open_case_command(
                house,
                pathway=pathway,
                facts=fact or (),
                territory=territory,
                desk=desk,
                drill=drill,
                own_work=True,
            )
        )
        tell(*unreachable_lines(house))
        if asked.as_json:
            put_json(opened_as_json(handled))
            return
        put(handled.state.code)
        put_opened(house, handled)


@command(app, "work", example="staffetta network work --all")
def work(
    asked: Asked,
    *,
    every: Annotated[bool, typer.Option("--all", help=_("Also what is over, what ended last first."))] = False,
) -> None:
    """List the network's own work, what has least time left first. `staffetta case show CODE` says more of one."""
    from cli.case_pages import put_work
    from models.own_work import own_work

    with asked.house() as house:
        found = own_work(house.database, ended=MOST_ENDED if every else 0)
        if asked.as_json:
            put_json([{**asdict(one.row), "pathway": one.pathway} for one in found])
            return
        put_work(house, found, with_state=every)
    if not found:
        tell(_("The network does nothing for itself now."))


network_watch.add_to(app)
duties.add_to(app)

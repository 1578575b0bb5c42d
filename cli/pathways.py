"""`staffetta procedures`: check procedures before they are used, and read them."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.command import FOUND, Asked, command
from cli.printing import put, put_json
from cli.speech import _

app = typer.Typer(no_args_is_help=True, help=_("Check procedures before they are used, and read them."))


@command(app, "check", example="staffetta procedures check procedures/pathways --format github")
def check(
    asked: Asked,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help=_("Files, or folders of *.yaml files."))],
    *,
    network: Annotated[
        Path | None, typer.Option("--network", help=_("A network's file: is there somebody for each step?"))
    ] = None,
    form: Annotated[
        Literal["text", "json", "github"], typer.Option("--format", help=_("How faults are printed."))
    ] = "text",
) -> None:
    """Find whatever is wrong in procedures: file, line, column, and what to write instead."""
    from cli.fault_printing import Format, put_faults
    from procedures.faults import Fault, ProcedureFaults
    from procedures.loading import check_paths

    faults: list[Fault] = []
    directory = None
    if network is not None:
        from cli.files import read_text
        from models.network import parse_network

        try:
            directory = parse_network(read_text(network), str(network))
        except ProcedureFaults as wrong:
            faults += wrong.faults
    faults += check_paths(paths, directory=directory)
    put_faults(faults, Format.JSON if asked.as_json else Format(form))
    if faults:
        raise typer.Exit(FOUND)


@command(app, "show", example="staffetta procedures show shelter")
def show(
    asked: Asked,
    name: Annotated[str, typer.Argument(metavar="NAME", help=_("A shipped pathway, such as shelter."))],
) -> None:
    """Show a pathway in words: its steps, whom they ask, their limits and where these come from."""
    from cli.pathway_pages import pathway_lines
    from procedures.errors import UnknownPathway
    from procedures.loading import shipped_library

    known = shipped_library().current
    if name not in known:
        raise UnknownPathway(pathway=name, known=", ".join(sorted(known)))
    if asked.as_json:
        put_json(known[name])
    else:
        put(*pathway_lines(known[name]))

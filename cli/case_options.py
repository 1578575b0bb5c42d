"""The options that describe a case: the same for opening one and for asking who would be called."""

from typing import Annotated

import typer

from cli.speech import _

PathwayOption = Annotated[str, typer.Option("--pathway", help=_("The pathway to start."))]
FactOption = Annotated[
    list[str] | None, typer.Option("--fact", metavar="NAME=VALUE", help=_("A fact of the case; may be repeated."))
]
ConsentOption = Annotated[
    list[str] | None, typer.Option("--consent", metavar="NAME", help=_("A consent that she gave; may be repeated."))
]
ExcludeOption = Annotated[
    list[str] | None,
    typer.Option("--exclude", metavar="ID", help=_("A body, service or person never to be asked; may be repeated.")),
]
TerritoryOption = Annotated[
    str | None, typer.Option("--territory", help=_("Where the case is; not needed where the network works in one."))
]
DeskOption = Annotated[
    str | None, typer.Option("--desk", metavar="ID", help=_("The desk that gets word; else the coordinator does."))
]
WordOption = Annotated[
    str,
    typer.Option("--by", metavar="WORD", help=_("On whose word: operator, coordinator, or a competence.")),
]
DrillOption = Annotated[bool, typer.Option("--drill", help=_("A synthetic case, marked as a drill everywhere."))]

"""`staffetta who-now`: who would be called, by the same function that decides."""

from typing import Annotated

import typer

from cli.case_options import ConsentOption, DeskOption, ExcludeOption, FactOption, PathwayOption, TerritoryOption
from cli.command import Asked, command
from cli.printing import put, put_json, put_table
from cli.speech import _


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "who-now", example="staffetta who-now --pathway intake --territory valle_chiara --fact risk=high")(
        who_now
    )


def who_now(
    asked: Asked,
    *,
    pathway: PathwayOption = "intake",
    fact: FactOption = None,
    consent: ConsentOption = None,
    exclude: ExcludeOption = None,
    territory: TerritoryOption = None,
    desk: DeskOption = None,
    every: Annotated[
        bool, typer.Option("--all", help=_("Also the steps that do not come with these facts, one by one."))
    ] = False,
) -> None:
    """Say who would be called now, step by step, if this case were opened. Nothing is opened."""
    from cli.asking import open_case_command
    from cli.who_pages import folded, who_rows
    from procedures.whonow import who_now as ask

    with asked.house() as house:
        opening = open_case_command(
            house,
            pathway=pathway,
            facts=fact or (),
            consents=consent or (),
            exclusions=exclude or (),
            territory=territory,
            desk=desk,
            drill=False,
        )
        rows = ask(house.procedures.library(), house.procedures.directory(), opening, house.clock.now())
        if asked.as_json:
            put_json(rows)
            return
        shown, left_out = (rows, 0) if every else folded(rows)
        put_table((_("when"), _("pathway"), _("step"), _("asked of"), _("who"), _("by way of")), who_rows(house, shown))
        if left_out:
            put(_("Steps that do not come with these facts: {count}. Show them with --all.").format(count=left_out))

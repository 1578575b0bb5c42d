"""`staffetta who-now`: who would be called, by the same function that decides."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from cli.case_options import (
    ConsentOption,
    DeskOption,
    ExcludeOption,
    FactOption,
    PathwayOption,
    TerritoryOption,
    WordOption,
)
from cli.codes import as_kept
from cli.command import Asked, command
from cli.printing import put, put_json, put_table
from cli.speech import _

if TYPE_CHECKING:
    from models.composition import House
    from procedures.whonow import WhoRow


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
    by: WordOption = "operator",
    case: Annotated[
        str, typer.Option("--case", help=_("The code of an open case: what is under way, to come and owed in it."))
    ] = "",
    every: Annotated[
        bool, typer.Option("--all", help=_("Also the steps that do not come with these facts, one by one."))
    ] = False,
) -> None:
    """Say who would be called now, step by step, if this case were opened, or with --case in one that is open."""
    from cli.asking import open_case_command
    from models.views import case_state
    from procedures.whonow import who_now as ask
    from procedures.whonow_case import who_in_case

    with asked.house() as house:
        known = (house.procedures.library(), house.procedures.directory())
        if case:
            state = case_state(house.database, house.keyring, as_kept(case))
            _put(asked, house, who_in_case(state, *known, house.clock.now()), every=every)
            return
        opening = open_case_command(
            house,
            pathway=pathway,
            facts=fact or (),
            consents=consent or (),
            exclusions=exclude or (),
            territory=territory,
            desk=desk,
            drill=False,
            by=by,
        )
        _put(asked, house, ask(*known, opening, house.clock.now()), every=every)


def _put(asked: Asked, house: "House", rows: "Sequence[WhoRow]", *, every: bool) -> None:
    from cli.who_pages import folded, who_rows

    if asked.as_json:
        put_json(rows)
        return
    shown, left_out = (rows, 0) if every else folded(rows)
    put_table((_("when"), _("pathway"), _("step"), _("asked of"), _("who"), _("by way of")), who_rows(house, shown))
    if left_out:
        put(_("Steps that do not come with these facts: {count}. Show them with --all.").format(count=left_out))

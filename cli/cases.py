"""`staffetta case`: open, look at and cancel cases."""

from dataclasses import asdict
from typing import Annotated

import typer

from cli.case_options import (
    ConsentOption,
    DeskOption,
    DrillOption,
    ExcludeOption,
    FactOption,
    PathwayOption,
    TerritoryOption,
    WordOption,
)
from cli.codes import as_kept
from cli.command import Asked, command
from cli.printing import moment, put, put_json, put_table, tell
from cli.speech import _
from cli.users import SHELL

app = typer.Typer(no_args_is_help=True, help=_("Open cases, look at them, cancel them."))

CodeArgument = Annotated[
    str, typer.Argument(metavar="CODE", help=_("The code of the case, such as C-7KQ4-M9TX."), callback=as_kept)
]


@command(app, "open", example="staffetta case open --pathway intake --territory valle_chiara --fact risk=high")
def open_case(
    asked: Asked,
    *,
    pathway: PathwayOption = "intake",
    fact: FactOption = None,
    consent: ConsentOption = None,
    exclude: ExcludeOption = None,
    territory: TerritoryOption = None,
    desk: DeskOption = None,
    drill: DrillOption = False,
    by: WordOption = "operator",
) -> None:
    """Open a case: says its code, who is being alerted, and by when they must answer."""
    from cli.asking import open_case_command
    from cli.opened import opened_as_json, put_opened
    from cli.unreachable import unreachable_lines

    with asked.house(with_vault=True) as house:
        handled = house.handling.handle(
            open_case_command(
                house,
                pathway=pathway,
                facts=fact or (),
                consents=consent or (),
                exclusions=exclude or (),
                territory=territory,
                desk=desk,
                drill=drill,
                by=by,
            )
        )
        tell(*unreachable_lines(house))
        if asked.as_json:
            put_json(opened_as_json(handled))
            return
        put(handled.state.code)
        put_opened(house, handled)


@command(app, "list", example="staffetta case list --json")
def list_cases(
    asked: Asked,
    *,
    every: Annotated[bool, typer.Option("--all", help=_("Also those that are over, the newest first."))] = False,
) -> None:
    """List the open cases, those with least time left first."""
    from cli.case_pages import put_cases
    from models.views import all_cases, open_cases

    with asked.house() as house:
        cases = all_cases(house.database) if every else open_cases(house.database)
        if asked.as_json:
            put_json([asdict(case) for case in cases])
            return
        put_cases(house, cases, with_state=every)
    if not cases:
        tell(_("There is no case yet.") if every else _("No case is open."))


@command(app, "show", example="staffetta case show C-7KQ4-M9TX")
def show_case(asked: Asked, code: CodeArgument) -> None:
    """Show one case: its pathways, its handoffs, what waits for consent. No name is shown here."""
    from cli.case_pages import case_as_json, put_case
    from models.reads import seen_case

    with asked.house() as house:
        view = seen_case(house, code, SHELL)
        if asked.as_json:
            put_json(case_as_json(view))
        else:
            put_case(house, view)


@command(app, "trail", example="staffetta case trail C-7KQ4-M9TX")
def show_trail(asked: Asked, code: CodeArgument) -> None:
    """Show what happened in one case, event by event, in plain words."""
    from cli.case_pages import trail_as_json, trail_rows
    from models.reads import ReadKind, seen_case

    with asked.house() as house:
        view = seen_case(house, code, SHELL, ReadKind.TRAIL)
        if asked.as_json:
            put_json(trail_as_json(view))
        else:
            put_table((_("no."), _("when"), _("what"), _("by whom")), trail_rows(house, view))


@command(app, "cancel", example="staffetta case cancel C-7KQ4-M9TX --reason her_wish")
def cancel_case(
    asked: Asked,
    code: CodeArgument,
    reason: Annotated[
        str,
        typer.Option(
            "--reason",
            help=_(
                "her_wish, opened_by_mistake, moved_away, helped_elsewhere, consent_revoked or drill_over; "
                "for the network's own work called_off, opened_by_mistake or drill_over."
            ),
        ),
    ],
) -> None:
    """Cancel a case: everything pending stops and every service that was asked is told."""
    from cli.asking import ACTOR
    from models.views import case_id_of
    from procedures.commands import CancelCase, Road
    from procedures.events import HandoffCancelled

    with asked.house() as house:
        case_id = case_id_of(house.database, code)
        handled = house.handling.handle(
            CancelCase(id=house.ids.new_id(), case_id=case_id, actor=ACTOR, road=Road.CLI, reason=reason)
        )
        stopped = [one.event.ref for one in handled.events if isinstance(one.event, HandoffCancelled)]
        if asked.as_json:
            put_json({"code": code, "status": handled.state.status, "cancelled": stopped})
            return
        put(*stopped)
        tell(
            _("Case {code} was cancelled at {at}. Handoffs stopped: {count}.").format(
                code=code, at=moment(handled.state.ended_at), count=len(stopped)
            )
        )


@command(app, "fact", example="staffetta case fact C-7KQ4-M9TX risk=imminent --reason something_happened")
def change_fact(
    asked: Asked,
    code: CodeArgument,
    fact: Annotated[str, typer.Argument(metavar="NAME=VALUE", help=_("The fact, and what it is now."))],
    reason: Annotated[
        str,
        typer.Option(
            "--reason", help=_("new_assessment, she_said, service_said, something_happened or written_wrongly.")
        ),
    ],
    by: Annotated[
        str,
        typer.Option("--by", metavar="WHO", help=_("On whose word: operator, or the competence that the facts name.")),
    ] = "operator",
) -> None:
    """Write down that a fact is otherwise, or became known: what depends on it is looked at at once."""
    from cli.asking import ACTOR, pairs
    from cli.opened import opened_as_json, put_opened
    from models.views import case_id_of
    from procedures.commands import ChangeFact, Road

    ((name, value),) = pairs("NAME=VALUE", [fact], "risk=imminent").items()
    with asked.house() as house:
        case_id = case_id_of(house.database, code)
        command_id = house.ids.new_id()
        about = {"id": command_id, "case_id": case_id, "actor": ACTOR, "road": Road.CLI}
        handled = house.handling.handle(
            ChangeFact.model_validate({**about, "fact": name, "value": value, "by": by, "reason": reason})
        )
        if asked.as_json:
            put_json(opened_as_json(handled))
            return
        put(f"{code}: {name}={handled.state.facts[name]}")
        put_opened(house, handled)

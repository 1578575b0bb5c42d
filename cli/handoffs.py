"""`staffetta handoff`: look at the handoffs, and answer on a service's behalf. The trail records it as such."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from cli.codes import as_kept
from cli.command import Asked, command
from cli.printing import put, put_json, put_table, tell
from cli.speech import _
from procedures.commands import ConfirmedHow

if TYPE_CHECKING:
    from models.composition import House
    from procedures.commands import AnyCommand

app = typer.Typer(no_args_is_help=True, help=_("Look at handoffs, and answer for a service that telephoned."))

RefArgument = Annotated[
    str,
    typer.Argument(metavar="REF", help=_("The reference of the handoff, such as 7KQ4M-9TX2C."), callback=as_kept),
]
SaidByOption = Annotated[
    str | None,
    typer.Option(
        "--said-by", metavar="PERSON", help=_("Whose answer you mean, such as olga: needed where several said so.")
    ),
]


@command(app, "list", example="staffetta handoff list")
def list_handoffs(asked: Asked) -> None:
    """List the handoffs that somebody still has to act on, those with least time left first."""
    from cli.handoff_pages import HEADINGS, handoff_rows
    from models.views import handoffs_open

    with asked.house() as house:
        rows = handoffs_open(house.database)
        if asked.as_json:
            put_json([asdict(row) for row in rows])
            return
        put_table([_(heading) for heading in HEADINGS], handoff_rows(house, rows))
        if not rows:
            tell(_("No handoff is open."))


@command(app, "accept", example="staffetta handoff accept 7KQ4M-9TX2C")
def accept(
    asked: Asked,
    ref: RefArgument,
    person: Annotated[
        str | None,
        typer.Option(
            "--person", help=_("Who takes it, as the network's file names them: where the procedure asks which person.")
        ),
    ] = None,
) -> None:
    """Take a handoff on its service's behalf."""
    from cli.asking import ACTOR
    from models.views import handoff_view
    from procedures.commands import AcceptHandoff, Road

    with asked.house() as house:
        case_id = handoff_view(house.database, ref).case_id
        _answer(
            asked,
            house,
            ref,
            AcceptHandoff(id=house.ids.new_id(), case_id=case_id, actor=ACTOR, road=Road.CLI, ref=ref, person=person),
        )


@command(app, "confirm", example="staffetta handoff confirm 7KQ4M-9TX2C --how called_back")
def confirm(
    asked: Asked,
    ref: RefArgument,
    how: Annotated[
        ConfirmedHow,
        typer.Option("--how", help=_("How you made sure: by ringing the number in the directory, or face to face.")),
    ] = ConfirmedHow.CALLED_BACK,
    said_by: SaidByOption = None,
) -> None:
    """Confirm that they take it, where somebody said so without a PIN."""
    from cli.asking import ACTOR
    from cli.handoff_pages import answer_meant
    from models.views import handoff_view
    from procedures.commands import ConfirmAcceptance, Road

    with asked.house() as house:
        case_id = handoff_view(house.database, ref).case_id
        about = {"id": house.ids.new_id(), "case_id": case_id, "actor": ACTOR, "road": Road.CLI, "ref": ref}
        meant = answer_meant(house, ref, said_by)
        _answer(asked, house, ref, ConfirmAcceptance.model_validate({**about, **meant, "how": how}))


@command(app, "false", example="staffetta handoff false 7KQ4M-9TX2C")
def false(asked: Asked, ref: RefArgument, said_by: SaidByOption = None) -> None:
    """Say that the answer was false: it is undone, others are asked, that person's links and channel are closed."""
    from cli.asking import ACTOR
    from cli.handoff_pages import answer_meant, answered_as_json, answered_lines
    from models.denying import deny_answer
    from models.views import handoff_view
    from procedures.commands import DenyAcceptance, Road

    with asked.house() as house:
        case_id = handoff_view(house.database, ref).case_id
        about = {"id": house.ids.new_id(), "case_id": case_id, "actor": ACTOR, "road": Road.CLI, "ref": ref}
        meant = answer_meant(house, ref, said_by)
        handled = deny_answer(house, DenyAcceptance.model_validate({**about, **meant}))
        put_json(answered_as_json(handled, ref)) if asked.as_json else put(*answered_lines(house, handled, ref))


@command(app, "decline", example="staffetta handoff decline 7KQ4M-9TX2C --reason full")
def decline(
    asked: Asked,
    ref: RefArgument,
    reason: Annotated[str, typer.Option("--reason", help=_("full, not_competent, no_staff, conflict or other."))],
) -> None:
    """Decline a handoff on its service's behalf: the next service is asked."""
    from cli.asking import ACTOR
    from models.views import handoff_view
    from procedures.commands import DeclineHandoff, Road

    with asked.house() as house:
        case_id = handoff_view(house.database, ref).case_id
        _answer(
            asked,
            house,
            ref,
            DeclineHandoff(id=house.ids.new_id(), case_id=case_id, actor=ACTOR, road=Road.CLI, ref=ref, reason=reason),
        )


@command(app, "pick", example="staffetta handoff pick 7KQ4M-9TX2C approdo_accompagnamento")
def pick(
    asked: Asked,
    ref: RefArgument,
    service: Annotated[
        str, typer.Argument(metavar="SERVICE", help=_("The service to ask, as the network's file names it."))
    ],
) -> None:
    """Say which service is asked, where the procedure leaves it to the operator."""
    from cli.asking import ACTOR
    from models.views import handoff_view
    from procedures.commands import PickService, Road

    with asked.house() as house:
        case_id = handoff_view(house.database, ref).case_id
        about = {"id": house.ids.new_id(), "case_id": case_id, "actor": ACTOR, "road": Road.CLI, "ref": ref}
        _answer(asked, house, ref, PickService.model_validate({**about, "service": service}))


@command(
    app,
    "complete",
    example="staffetta handoff complete 7KQ4M-9TX2C --result housed --evidence place_confirmed_at=2026-11-24T20:15",
)
def complete(
    asked: Asked,
    ref: RefArgument,
    result: Annotated[str, typer.Option("--result", help=_("The result of the work, as the pathway names it."))],
    evidence: Annotated[
        list[str] | None,
        typer.Option("--evidence", metavar="NAME=VALUE", help=_("What the result has to show; may be repeated.")),
    ] = None,
) -> None:
    """Give the result of a handoff on its service's behalf, with its evidence."""
    from cli.asking import ACTOR, pairs
    from models.views import handoff_view
    from procedures.commands import CompleteHandoff, Road

    given = pairs("--evidence", evidence or (), "place_confirmed_at=2026-11-24T20:15")
    with asked.house() as house:
        case_id = handoff_view(house.database, ref).case_id
        _answer(
            asked,
            house,
            ref,
            CompleteHandoff(
                id=house.ids.new_id(),
                case_id=case_id,
                actor=ACTOR,
                road=Road.CLI,
                ref=ref,
                result=result,
                evidence=given,
            ),
        )


@command(app, "extend", example="staffetta handoff extend 7KQ4M-9TX2C --agreed coordinator")
def extend(
    asked: Asked,
    ref: RefArgument,
    agreed: Annotated[
        str | None,
        typer.Option(
            "--agreed", metavar="BODY", help=_("Who agrees, as the pathway names it; without it, it is asked.")
        ),
    ] = None,
) -> None:
    """Ask for longer time before the end, or note that a body agrees: when all do, the limits move."""
    from cli.asking import ACTOR
    from models.views import handoff_view
    from procedures.commands import ExtendLimit, Road

    with asked.house() as house:
        case_id = handoff_view(house.database, ref).case_id
        command_id = house.ids.new_id()
        _answer(
            asked,
            house,
            ref,
            ExtendLimit(id=command_id, case_id=case_id, actor=ACTOR, road=Road.CLI, ref=ref, body=agreed),
        )


def _answer(asked: Asked, house: "House", ref: str, answer: "AnyCommand") -> None:
    """Hand the answer in and say where the handoff stands; a late one is no failure, but it says so."""
    from cli.handoff_pages import answered_as_json, answered_lines, late_line

    handled = house.handling.handle(answer)
    if asked.as_json:
        put_json(answered_as_json(handled, ref))
    else:
        put(*answered_lines(house, handled, ref))
    tell(*late_line(house, handled, ref))

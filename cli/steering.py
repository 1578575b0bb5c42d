"""`staffetta case`, steering: what an operator can do beyond the pathway."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cli.cases import CodeArgument
from cli.cases import app as case_app
from cli.command import Asked, command
from cli.printing import put, put_json, tell
from cli.speech import _

if TYPE_CHECKING:
    from models.composition import House
    from models.handling import Handled
    from procedures.commands import AnyCommand

StepArgument = Annotated[
    str, typer.Argument(metavar="STEP", help=_("The step, as its pathway names it, such as find_place."))
]
RunOption = Annotated[
    str,
    typer.Option("--pathway", help=_("Which of the pathways that run in the case: its name or its reference.")),
]


@command(case_app, "act-first", example="staffetta case act-first C-7KQ4-M9TX escort --reason imminent_danger")
def act_first(
    asked: Asked,
    code: CodeArgument,
    step: StepArgument,
    reason: Annotated[str, typer.Option("--reason", help="imminent_danger, her_wish, only_chance, ordered.")],
    pathway: RunOption = "",
) -> None:
    """Begin a later step now. What it passes over stays owed, and the pathway does not end before that is done."""
    from procedures.commands import ActFirst

    _act(asked, code, ActFirst, run=pathway, step=step, reason=reason)


@command(case_app, "forgo", example="staffetta case forgo C-7KQ4-M9TX find_place --reason helped_elsewhere")
def forgo(
    asked: Asked,
    code: CodeArgument,
    step: StepArgument,
    reason: Annotated[str, typer.Option("--reason", help=_("As for `case cancel`."))],
    pathway: RunOption = "",
) -> None:
    """Decide that a step that is owed is not needed any more."""
    from procedures.commands import ForgoStep

    _act(asked, code, ForgoStep, run=pathway, step=step, reason=reason)


@command(case_app, "contact", example="staffetta case contact C-7KQ4-M9TX never")
def contact(
    asked: Asked,
    code: CodeArgument,
    wish: Annotated[Literal["never", "again"], typer.Argument(help=_("What she said."))],
) -> None:
    """Record that she is never to be contacted again: what rests on her consent stops; or that she may be again."""
    from procedures.commands import ContactAgain, NeverContactAgain

    kinds: dict[str, type[NeverContactAgain | ContactAgain]] = {"never": NeverContactAgain, "again": ContactAgain}
    _act(asked, code, kinds[wish])


@command(case_app, "reopen", example="staffetta case reopen C-7KQ4-M9TX shelter --reason new_incident")
def reopen(
    asked: Asked,
    code: CodeArgument,
    ended: Annotated[
        str, typer.Argument(metavar="PATHWAY", help=_("The pathway that is over: its reference or its name."))
    ],
    *,
    reason: Annotated[str, typer.Option("--reason", help="new_incident, her_wish, new_facts, ended_by_mistake.")],
    same_edition: Annotated[
        bool, typer.Option("--same-edition", help=_("By the text that it ran by, not by the one in force."))
    ] = False,
) -> None:
    """Begin a pathway that is over anew, in the same case. A case that was closed or cancelled is open again."""
    from procedures.commands import ReopenPathway

    _act(asked, code, ReopenPathway, run=ended, reason=reason, same_edition=same_edition)


@command(case_app, "decide", example="staffetta case decide C-7KQ4-M9TX find_place no_place --reason recorded_wrongly")
def decide_anew(
    asked: Asked,
    code: CodeArgument,
    step: StepArgument,
    result: Annotated[str, typer.Argument(metavar="RESULT", help=_("The result that it has now."))],
    *,
    reason: Annotated[str, typer.Option("--reason", help="appeal, reconsidered, new_facts, recorded_wrongly.")],
    by: Annotated[
        str,
        typer.Option("--by", metavar="WHO", help=_("On whose word: operator, or whom the procedure names.")),
    ] = "operator",
    evidence: Annotated[
        list[str] | None,
        typer.Option("--evidence", metavar="NAME=VALUE", help=_("What the result has to show; may be repeated.")),
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option("--keep", metavar="STEP", help=_("A step that hangs on it and goes on; may be repeated.")),
    ] = None,
    cancel: Annotated[
        list[str] | None,
        typer.Option("--cancel", metavar="STEP", help=_("A step that hangs on it and stops; may be repeated.")),
    ] = None,
    pathway: RunOption = "",
) -> None:
    """Replace the result of a step that is done. Of what hangs on it, say what goes on and what stops."""
    from cli.asking import pairs
    from procedures.commands import DecideAnew

    given = pairs("--evidence", evidence or (), "place_confirmed_at=2026-11-24T20:15")
    hanging = {"keep": frozenset(keep or ()), "cancel": frozenset(cancel or ())}
    said = {"run": pathway, "step": step, "reason": reason, "by": by, "result": result, "evidence": given}
    _act(asked, code, DecideAnew, **said, **hanging)


@command(case_app, "signal", example="staffetta case signal C-7KQ4-M9TX found --said-by police")
def give_signal(
    asked: Asked,
    *,
    code: CodeArgument,
    signal: Annotated[str, typer.Argument(metavar="SIGNAL", help=_("What has happened, as the pathway names it."))],
    pathway: RunOption = "",
    said_by: Annotated[
        str,
        typer.Option(
            "--said-by",
            metavar="WHO",
            help=_("Whose word it is, as the pathway names it, such as police."),
        ),
    ] = "operator",
    evidence: Annotated[
        list[str] | None,
        typer.Option("--evidence", metavar="NAME=VALUE", help=_("What the signal shows; may be repeated.")),
    ] = None,
) -> None:
    """Say that something has happened which a pathway waits for: steps begin, end, or are called off."""
    from cli.asking import pairs
    from procedures.commands import GiveSignal

    shown = pairs("--evidence", evidence or (), "place_confirmed_at=2026-11-24T20:15")
    _act(asked, code, GiveSignal, run=pathway, signal=signal, said_by=said_by, evidence=shown)


def _act(asked: Asked, code: str, kind: type["AnyCommand"], **said: object) -> None:
    """Do it in the case with this code, and show what it led to."""
    with asked.house() as house:
        command = kind.model_validate({**_about(house, code), **said})
        _done(asked, house, house.handling.handle(command))


def _about(house: "House", code: str) -> dict[str, object]:
    from cli.asking import ACTOR
    from models.views import case_id_of
    from procedures.commands import Road

    case_id = case_id_of(house.database, code)
    return {"id": house.ids.new_id(), "case_id": case_id, "actor": ACTOR, "road": Road.CLI}


def _done(asked: Asked, house: "House", handled: "Handled") -> None:
    """Who is asked because of it, which handoffs it ended, and what is owed in the case."""
    from cli.case_pages import names_of, no_contact_lines, owed_as_json, owed_lines
    from cli.opened import opened_as_json, put_requests
    from procedures.events import HandoffCancelled

    stopped = [one.event.ref for one in handled.events if isinstance(one.event, HandoffCancelled)]
    if asked.as_json:
        owed = owed_as_json(handled.state)
        status = handled.state.status
        put_json(
            {**opened_as_json(handled), "status": status, "cancelled": stopped, "owed": owed}
            | {"no_contact_since": handled.state.no_contact_since}
        )
        return
    put(handled.state.code, *no_contact_lines(handled.state))
    put_requests(house, handled)
    tell(*owed_lines(names_of(house), handled.state))
    if stopped:
        tell(_("Handoffs stopped: {refs}.").format(refs=", ".join(stopped)))

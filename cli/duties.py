"""`staffetta network gaps`, `turns`, `override`, `swap`, `undo`: where nobody is on duty, and changes of turns."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from cli.command import FOUND, Asked, command
from cli.printing import moment, put_json, put_table, tell
from cli.speech import _, language
from procedures.marking import N_

if TYPE_CHECKING:
    from procedures.duty_changes import DutyChange

MOST_DAYS = 366
ACTOR = "shell"
"""Whoever has the machine."""
KINDS = {"nobody": N_("nobody is on duty"), "unreachable": N_("no channel leads to whoever is on duty")}
CHANGED = {"overridden": N_("override"), "swapped": N_("swap")}
ServiceArgument = Annotated[
    str, typer.Argument(metavar="SERVICE", help=_("A service, as the network's file names it, such as luna_ascolto."))
]
WhyOption = Annotated[
    str, typer.Option("--why", metavar="WORDS", help=_("Why, in a few words. They are kept for good."))
]
GapOption = Annotated[bool, typer.Option("--gap", help=_("Hours may stay open, knowingly: the reason says why."))]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "gaps", example="staffetta network gaps --days 30")(gaps)
    command(app, "turns", example="staffetta network turns")(turns)
    command(
        app,
        "override",
        example="staffetta network override luna_ascolto nora --since 2026-12-01T20:00 --until 2026-12-02T08:00 "
        "--why leave",
    )(override)
    command(
        app,
        "swap",
        example="staffetta network swap luna_ascolto --first 2026-12-01T20:00 --second 2026-12-02T20:00 --why exams",
    )(swap)
    command(app, "undo", example="staffetta network undo 1 --why misunderstood")(undo)


def gaps(
    asked: Asked,
    *,
    days: Annotated[
        int, typer.Option("--days", min=1, max=MOST_DAYS, metavar="DAYS", help=_("How many days to look ahead."))
    ] = 14,
) -> None:
    """Say at which hours nobody on duty would be reached, before they come. Ends with 3 where there are any."""
    from procedures.rotas import gaps as found_gaps

    with asked.house() as house:
        directory, now = house.procedures.directory(), house.clock.now()
        found = found_gaps(directory, now, now + timedelta(days=days))
        names = {one.id: one.name.said(language()) for one in directory.services.values()}
    if asked.as_json:
        put_json([asdict(gap) for gap in found])
    else:
        rows = ((names[gap.service], moment(gap.since), moment(gap.until), _(KINDS[gap.kind])) for gap in found)
        put_table((_("service"), _("from"), _("until"), _("why")), rows)
    if found:
        raise typer.Exit(FOUND)
    tell(_("No gap in the rotas of the next {days} days.").format(days=days))


def turns(asked: Asked) -> None:
    """List the overrides and swaps of duty turns, the latest first."""
    from models.duty_changing import duty_changes

    with asked.house() as house:
        found = duty_changes(house.database)
    if asked.as_json:
        put_json([_fields(one) for one in found])
        return
    put_table(
        (_("number"), _("service"), _("what"), _("turns"), _("why"), _("undone")),
        (
            (
                str(one.number),
                one.act.service,
                _(CHANGED[one.act.kind]),
                "; ".join(f"{turn.person or '-'} {moment(turn.since)}/{moment(turn.until)}" for turn in one.act.turns),
                one.act.why,
                _("yes") if one.undone else _("no"),
            )
            for one in found
        ),
    )


def _fields(one: "DutyChange") -> dict[str, object]:
    more = {"number": one.number, "undone": one.undone}
    return {name: value for name, value in asdict(one.act).items() if name not in {"undoes", "command"}} | more


def override(
    asked: Asked,
    service: ServiceArgument,
    who: Annotated[str, typer.Argument(metavar="PERSON", help=_("Who is on duty instead; nobody: nobody is."))],
    *,
    since: Annotated[str, typer.Option("--since", metavar="MOMENT", help=_("From when, by the wall in Rome."))],
    until: Annotated[str, typer.Option("--until", metavar="MOMENT", help=_("Until when, by the wall in Rome."))],
    why: WhyOption,
    gap: GapOption = False,
) -> None:
    """Let somebody else be on duty from then to then. It counts for whoever is asked next."""
    from models.duty_changing import override as keep
    from procedures.duty_changes import Turn

    turn = Turn("" if who == "nobody" else who, _moment(since), _moment(until, late=True))
    with asked.house() as house:
        number = keep(house, service, turn, why, ACTOR, gap=gap)
    _told(asked, number)


def swap(
    asked: Asked,
    service: ServiceArgument,
    *,
    first: Annotated[str, typer.Option("--first", metavar="MOMENT", help=_("When the one turn begins."))],
    second: Annotated[str, typer.Option("--second", metavar="MOMENT", help=_("When the other turn begins."))],
    why: WhyOption,
    gap: GapOption = False,
) -> None:
    """Swap two turns of a service, each named by the moment at which it begins."""
    from models.duty_changing import swap as keep

    pair = (_moment(first), _moment(second))
    with asked.house() as house:
        number = keep(house, service, pair, why, ACTOR, gap=gap)
    _told(asked, number)


def undo(
    asked: Asked,
    number: Annotated[int, typer.Argument(min=1, metavar="NUMBER", help=_("The number of an override or a swap."))],
    *,
    why: WhyOption,
    gap: GapOption = False,
) -> None:
    """Let the rota be as it would be without an override or a swap."""
    from models.duty_changing import undo as keep

    with asked.house() as house:
        keep(house, number, why, ACTOR, gap=gap)
    if asked.as_json:
        put_json({"number": number, "undone": True})
        return
    tell(_("The change of turns {number} is undone.").format(number=number))


def _moment(text: str, *, late: bool = False) -> datetime:
    """Raises NoMoment."""
    from procedures.duty_changes import NoMoment, moment_in_rome

    found = moment_in_rome(text, late=late)
    if found is None:
        raise NoMoment(example="2026-12-01T20:00")
    return found


def _told(asked: Asked, number: int) -> None:
    if asked.as_json:
        put_json({"number": number, "undone": False})
        return
    tell(
        _("The change of turns has the number {number}. `staffetta network undo {number}` undoes it.").format(
            number=number
        )
    )

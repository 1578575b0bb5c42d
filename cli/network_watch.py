"""`staffetta network next` and `channels`: what begins by itself, and which channels can be relied on."""

from dataclasses import asdict

import typer

from cli.command import Asked, command
from cli.printing import moment, put_json, put_table, tell
from cli.speech import _
from procedures.marking import N_

STATES = {
    None: N_("never tested"),
    "queued": N_("waiting to leave"),
    "sending": N_("leaving"),
    "accepted": N_("taken by the carrier"),
    "permanent": N_("refused for good"),
    "temporary": N_("not now, tried again"),
    "uncertain": N_("uncertain: it may have arrived"),
    "withdrawn": N_("withdrawn before it left"),
}


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "next", example="staffetta network next")(following)
    command(app, "channels", example="staffetta network channels")(channels)


def following(asked: Asked) -> None:
    """Say which of the network's own work begins by itself, and when, soonest first."""
    from cli.case_pages import names_of
    from models.scheduled import coming_work
    from procedures.showing import names

    with asked.house() as house:
        found = coming_work(house)
        if asked.as_json:
            put_json([asdict(one) for one in found])
            return
        put_table(
            (_("begins"), _("pathway"), _("territory")),
            (
                (
                    moment(one.due_at) or _("no day is named in the network's file"),
                    names_of(house).pathway(one.pathway),
                    names.spaced(one.territory),
                )
                for one in found
            ),
        )
    if not found:
        tell(_("No work of the network begins by itself."))


def channels(asked: Asked) -> None:
    """Say of each channel of those who may be called what came of its last test; first what nobody can rely on."""
    from cli.carrier_words import carrier_reason
    from cli.case_pages import names_of
    from models.channel_tests import channel_states

    with asked.house() as house:
        found = channel_states(house.database, house.procedures.directory(), house.clock.now())
        if asked.as_json:
            put_json([asdict(one) | {"needs_a_look": one.needs_a_look} for one in found])
            return
        say = names_of(house)
        put_table(
            (_("last test"), _("when"), _("asked of"), _("who"), _("by way of"), _("why")),
            (
                (
                    _(STATES[one.state]),
                    moment(one.at),
                    say.party(one.party.kind, one.party.id),
                    say.role(one.party.id, one.person) or _("coordinator"),
                    f"{one.channel} ({one.number})",
                    carrier_reason(one.code) if one.code and one.needs_a_look else None,
                )
                for one in found
            ),
        )
        doubtful = sum(one.needs_a_look for one in found)
    tell(_("Channels that nobody can rely on: {count} of {all}.").format(count=doubtful, all=len(found)))

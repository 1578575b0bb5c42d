"""`staffetta pin`: the personal PINs of the network's people, and channels over which somebody else answered."""

from typing import Annotated

import typer

from cli.command import Asked, command
from cli.printing import moment, put, put_json, put_table, tell
from cli.speech import _
from cli.users import SHELL

app = typer.Typer(
    no_args_is_help=True, help=_("The PINs with which the network's people prove who they are in imminent danger.")
)
PersonArgument = Annotated[
    str, typer.Argument(metavar="PERSON", help=_("A person, as the network's file names them, such as olga."))
]


@command(app, "issue", example="staffetta pin issue olga")
def issue(asked: Asked, person: PersonArgument) -> None:
    """Draw a PIN for a person and show it once. One from before proves nothing any more."""
    from models.pins import issue_pin

    with asked.house() as house:
        pin = issue_pin(house, person, SHELL)
    if asked.as_json:
        put_json({"person": person, "pin": pin})
        return
    put(pin)
    tell(_("This PIN is shown only now. Tell it to the person alone, by voice."))


@command(app, "lost", example="staffetta pin lost olga")
def lost(asked: Asked, person: PersonArgument) -> None:
    """Say that a PIN was lost, or that somebody else knows it: it proves nothing any more."""
    from models.pins import lose_pin

    with asked.house() as house:
        lose_pin(house, person, SHELL)
    if asked.as_json:
        put_json({"person": person, "pin": None})
        return
    tell(_("The PIN proves nothing any more. Draw another one with `staffetta pin issue`."))


@command(app, "list", example="staffetta pin list")
def list_pins(asked: Asked) -> None:
    """List the network's people, and since when each has a PIN."""
    from models.pins import issued_pins

    with asked.house() as house:
        since, people = issued_pins(house.database), sorted(house.procedures.directory().people)
    if asked.as_json:
        put_json([{"person": one, "since": since[one].isoformat() if one in since else None} for one in people])
        return
    put_table((_("person"), _("has a PIN since")), ((one, moment(since.get(one)) or _("none")) for one in people))


@command(app, "trust", example="staffetta pin trust olga")
def trust(asked: Asked, person: PersonArgument) -> None:
    """Use a person's channels again that a false answer came by, once somebody made sure that they are hers."""
    from models.denying import trust_channels

    with asked.house() as house:
        count = trust_channels(house, person, SHELL)
    if asked.as_json:
        put_json({"person": person, "channels": count})
        return
    tell(_("Channels that are used again: {count}.").format(count=count))

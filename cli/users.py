"""`staffetta user`: the accounts of the desk, and the keys of programs."""

from typing import Annotated

import typer

from cli import program_keys
from cli.command import Asked, command
from cli.printing import moment, put, put_json, put_table, tell
from cli.speech import _

app = typer.Typer(
    no_args_is_help=True, help=_("The accounts of the desk: look at them, help somebody who is locked out.")
)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help=_("The name of the account, such as operatrice."))]


@command(app, "list", example="staffetta user list")
def list_users(asked: Asked) -> None:
    """List the accounts of the desk, and how many sign-ins of each are open."""
    from models.accounts import operators

    with asked.house() as house:
        found = operators(house.database, house.clock.now())
    if asked.as_json:
        put_json(found)
        return
    put_table(
        (_("account"), _("made"), _("open sign-ins")),
        ((one.name, moment(one.created_at), str(one.open_sign_ins)) for one in found),
    )
    if not found:
        tell(_("There is no account yet. The first one is made by `staffetta serve`."))


@command(app, "add", example="staffetta user add coordinatrice")
def add(asked: Asked, name: NameArgument) -> None:
    """Make an account of the desk. Its password is shown once."""
    from models.adding_accounts import add_operator

    with asked.house() as house:
        password = add_operator(house.database, name, house.clock.now())
    if asked.as_json:
        put_json({"account": name.strip(), "password": password})
        return
    put(password)
    tell(_("This password is shown only now."))


@command(app, "reset-password", example="staffetta user reset-password operatrice")
def reset(asked: Asked, name: NameArgument) -> None:
    """Give an account a new password, shown once, and end every sign-in of it."""
    from models.accounts import reset_password

    with asked.house() as house:
        password = reset_password(house.database, name, house.clock.now())
    if asked.as_json:
        put_json({"account": name, "password": password})
        return
    put(password)
    tell(_("This password is shown only now. Whoever was signed in as {account} no longer is.").format(account=name))


@command(app, "sign-out", example="staffetta user sign-out operatrice")
def sign_out(asked: Asked, name: NameArgument) -> None:
    """End every sign-in of an account, at once. Its password stays."""
    from models.accounts import operator_named, operators, sign_out_everywhere

    with asked.house() as house:
        now = house.clock.now()
        operator_id = operator_named(house.database, name)
        ended = sum(one.open_sign_ins for one in operators(house.database, now) if one.operator_id == operator_id)
        sign_out_everywhere(house.database, operator_id, now)
    if asked.as_json:
        put_json({"account": name, "ended": ended})
    else:
        tell(_("Sign-ins of {account} that were ended: {count}.").format(account=name, count=ended))


program_keys.add_to(app)

"""`staffetta user`: the accounts of the desk, and the keys of programs."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli import program_keys
from cli.command import Asked, command
from cli.errors import NothingToChange
from cli.printing import moment, put, put_json, put_table, tell
from cli.speech import _, language
from notifiers.language import translator
from procedures.people import TITLES, Role

if TYPE_CHECKING:
    from models.composition import House

app = typer.Typer(
    no_args_is_help=True, help=_("The accounts of the desk: who may do what, and help for somebody who is locked out.")
)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help=_("The name of the account, such as operatrice."))]


SHELL = "shell"
"""How the acts name whoever has the machine."""

RolesOption = Annotated[
    list[Role] | None,
    typer.Option("--role", help=_("What the account is for; may be given several times. Else an operator.")),
]
GiveOption = Annotated[list[Role] | None, typer.Option("--give", help=_("A role that it holds from now on."))]
TakeOption = Annotated[list[Role] | None, typer.Option("--take", help=_("A role that it holds no more."))]


@command(app, "list", example="staffetta user list")
def list_users(asked: Asked) -> None:
    """List the accounts of the desk, what each may do, and how many sign-ins of it are open."""
    from models.accounts import operators

    with asked.house() as house:
        found = operators(house.database, house.clock.now())
    if asked.as_json:
        put_json(found)
        return
    put_table(
        (_("account"), _("roles"), _("of the network"), _("made"), _("open sign-ins")),
        (
            (one.name, titles(one.roles), one.person or "-", moment(one.created_at), str(one.open_sign_ins))
            for one in found
        ),
    )
    if not found:
        tell(_("There is no account yet. The first one is made by `staffetta serve`."))


@command(app, "add", example="staffetta user add coordinatrice --role coordinator")
def add(asked: Asked, name: NameArgument, role: RolesOption = None) -> None:
    """Make an account of the desk. Its password is shown once."""
    from models.adding_accounts import add_operator

    roles = frozenset(role or (Role.OPERATOR,))
    with asked.house() as house:
        password = add_operator(house.database, name, roles, house.clock.now(), SHELL)
    if asked.as_json:
        put_json({"account": name.strip(), "password": password, "roles": sorted(roles)})
        return
    put(password)
    tell(_("This password is shown only now."))


@command(app, "role", example="staffetta user role operatrice --take administrator")
def change_roles(asked: Asked, name: NameArgument, give: GiveOption = None, take: TakeOption = None) -> None:
    """Give roles to an account, or take them; its next page goes by it."""
    from models.accounts import operator_named
    from models.adding_accounts import give_role, take_role

    if not give and not take:
        raise NothingToChange
    with asked.house() as house:
        account, now = operator_named(house.database, name), house.clock.now()
        for one in give or ():
            give_role(house.database, account, one, now, SHELL)
        for one in take or ():
            take_role(house.database, account, one, now, SHELL)
        held = _held(house, account)
    if asked.as_json:
        put_json({"account": name, "roles": sorted(held)})
    else:
        tell(_("{account} is now: {roles}.").format(account=name, roles=titles(held)))


@command(app, "tie", example="staffetta user tie operatrice marta_luna")
def tie(
    asked: Asked,
    name: NameArgument,
    person: Annotated[
        str,
        typer.Argument(metavar="[PERSON]", help=_("Its id in the network's file; without one: nobody of the network.")),
    ] = "",
) -> None:
    """Say which person of the network an account is: whoever is excluded from a case never sees it at the desk."""
    from models.accounts import operator_named
    from models.tying import tie_account

    with asked.house() as house:
        tie_account(house, operator_named(house.database, name), person, SHELL)
    if asked.as_json:
        put_json({"account": name, "person": person or None})
    else:
        tell(_("From its next page on {account} is seen as: {person}.").format(account=name, person=person or "-"))


@command(app, "open", example="staffetta user open operatrice")
def open_again(asked: Asked, name: NameArgument) -> None:
    """Open an account that was shut when its person left the network; then invite that person anew."""
    from models.accounts import operator_named
    from models.shutting import open_account

    with asked.house() as house:
        open_account(house.database, operator_named(house.database, name), house.clock.now(), SHELL)
    if asked.as_json:
        put_json({"account": name, "shut": False})
    else:
        tell(
            _("{account} may be used again. Invite that person: whatever let her in before is gone.").format(
                account=name
            )
        )


@command(app, "invite", example="staffetta user invite coordinatrice")
def send_invitation(asked: Asked, name: NameArgument) -> None:
    """Print a link, good once and for three days, with which the person sets a password of her own."""
    from models.accounts import operator_named
    from models.invitations import GOOD_FOR, invite

    with asked.house() as house:
        now = house.clock.now()
        token = invite(house.database, operator_named(house.database, name), now, SHELL)
        link = f"{house.settings.desk.web_address}/join/{token}"
    if asked.as_json:
        put_json({"account": name, "link": link, "good_until": (now + GOOD_FOR).isoformat()})
        return
    put(link)
    tell(_("Give it to that person alone. It is good once, until {until}.").format(until=moment(now + GOOD_FOR)))


@command(app, "reset-password", example="staffetta user reset-password operatrice")
def reset(asked: Asked, name: NameArgument) -> None:
    """Give an account a new password, shown once, and end every sign-in of it."""
    from models.accounts import reset_password

    with asked.house() as house:
        password = reset_password(house.database, name, house.clock.now(), SHELL)
    if asked.as_json:
        put_json({"account": name, "password": password})
        return
    put(password)
    tell(_("This password is shown only now. Whoever was signed in as {account} no longer is.").format(account=name))


@command(app, "reset-factor", example="staffetta user reset-factor operatrice")
def reset_factor(asked: Asked, name: NameArgument) -> None:
    """Take the second factor of an account whose telephone is lost; it sets a new one at its next sign-in."""
    from models.accounts import operator_named
    from models.factors import take_factor

    with asked.house() as house:
        take_factor(house.database, operator_named(house.database, name), house.clock.now(), SHELL)
    if asked.as_json:
        put_json({"account": name})
        return
    told = _("At its next sign-in {account} sets a new second factor. Whoever was signed in no longer is.")
    tell(told.format(account=name))


@command(app, "sign-out", example="staffetta user sign-out operatrice")
def sign_out(asked: Asked, name: NameArgument) -> None:
    """End every sign-in of an account, at once. Its password stays."""
    from models.accounts import operator_named, operators, sign_out_everywhere

    with asked.house() as house:
        now = house.clock.now()
        operator_id = operator_named(house.database, name)
        ended = sum(one.open_sign_ins for one in operators(house.database, now) if one.operator_id == operator_id)
        sign_out_everywhere(house.database, operator_id, now, SHELL)
    if asked.as_json:
        put_json({"account": name, "ended": ended})
    else:
        tell(_("Sign-ins of {account} that were ended: {count}.").format(account=name, count=ended))


def titles(roles: frozenset[Role]) -> str:
    """Roles in words, in their own order."""
    words = translator(language(), "procedures")
    return ", ".join(words.gettext(TITLES[role]) for role in Role if role in roles) or "-"


def _held(house: "House", account: str) -> frozenset[Role]:
    from models.accounts import operators

    return next(one.roles for one in operators(house.database, house.clock.now()) if one.operator_id == account)


program_keys.add_to(app)

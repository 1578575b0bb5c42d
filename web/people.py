"""`/people`: the accounts of the desk, for an administrator: who may do what, links for passwords, sign-ins ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import RedirectResponse, Response

from models.accounts import OperatorRow, operators, sign_out_everywhere
from models.adding_accounts import AccountThere, BadAccountName, give_role, invite_new, take_role
from models.factors import take_factor
from models.identities import Elsewhere, identities_of, identity_of, take_identity, tie_identity, tied_accounts
from models.invitations import GOOD_FOR, invite
from models.shutting import open_account
from models.store_errors import NoNetwork
from models.tying import tie_account
from notifiers.language import said, translator
from procedures.errors import StaffettaError
from procedures.people import TITLES, Role, UnknownAccount, role_named
from web.doorkeeper import Administering, AdministeringProven, Visit
from web.forms import Form, FormNotUnderstood, under, word
from web.refusals import status_of
from web.rooms import rooms

router = rooms()
PLAIN = {"sign-out": sign_out_everywhere, "factor": take_factor, "open": open_account}
"""What needs no more than to be asked for."""


@dataclass(frozen=True)
class RoleLine:
    """A role of an account, or one that it may be given."""

    name: str
    title: str
    held: bool


@dataclass(frozen=True)
class AccountLine:
    """One account, ready to be shown."""

    account: str
    name: str
    roles: Sequence[RoleLine]
    made_at: datetime
    open_sign_ins: int
    factor: bool
    own: bool
    person: str
    """Who of the network it is, by id."""
    tied: bool
    """Whether a sign-in elsewhere lets into it."""
    shut: bool
    """Whether nobody gets in, since its person left the network."""


@dataclass(frozen=True)
class Handed:
    """A link that is shown once."""

    name: str
    link: str
    until: datetime


@router.api_route("/people", methods=["GET", "HEAD"])
def read(visit: Administering) -> Response:
    """The page."""
    return _page(visit)


@router.post("/people")
def add(form: Form, visit: AdministeringProven) -> Response:
    """Make an account and show the link for its password; what was typed wrong again. Raises FormNotUnderstood."""
    chosen = under(form, "role")
    roles = frozenset(role for name in chosen if (role := role_named(name)))
    if len(roles) < len(chosen) or set(chosen.values()) - {"yes"}:
        raise FormNotUnderstood
    name, house = word(form, "name"), visit.desk.house
    try:
        token = invite_new(house.database, name, roles, house.clock.now(), visit.operator.actor)
    except (AccountThere, BadAccountName) as refusal:
        return _page(visit, fault=said(refusal, visit.language), typed=name, chosen=roles, status=422)
    return _page(visit, handed=_handed(visit, name, token))


@router.post("/people/{account}")
def change(account: str, form: Form, visit: AdministeringProven) -> Response:
    """Roles, sign-ins, factors, who it is in the network and elsewhere, a link for a password.

    Raises FormNotUnderstood.
    """
    house, by, now = visit.desk.house, visit.operator.actor, visit.desk.house.clock.now()
    try:
        match word(form, "answer"):
            case "give":
                give_role(house.database, account, _role(form), now, by)
            case "take":
                take_role(house.database, account, _role(form), now, by)
            case "sign-out" | "factor" | "open" as asked:
                PLAIN[asked](house.database, account, now, by)
            case "tie":
                tie_account(house, account, word(form, "person"), by)
            case "identity" | "take-identities":
                _elsewhere(visit, account, form, now)
            case "invite":
                token = invite(house.database, account, now, by)
                return _page(visit, handed=_handed(visit, _name(visit, account), token))
            case _:
                raise FormNotUnderstood
    except UnknownAccount:
        raise
    except StaffettaError as refusal:
        return _page(visit, fault=said(refusal, visit.language), status=status_of(refusal))
    return RedirectResponse("/people", status_code=303)


def _role(form: Form) -> Role:
    role = role_named(word(form, "role"))
    if role is None:
        raise FormNotUnderstood
    return role


def _elsewhere(visit: Visit, account: str, form: Form, now: datetime) -> None:
    """Tie the account to whom the provider calls so, or take what it is tied to. Raises FormNotUnderstood, Refused."""
    house, by, provider = visit.desk.house, visit.operator.actor, visit.desk.provider
    if word(form, "answer") == "take-identities":
        for one in identities_of(house.database, account):
            take_identity(house.database, account, one.digest, now, by)
        return
    if provider is None:
        raise FormNotUnderstood
    digest = identity_of(house.keyring, Elsewhere(provider.issuer, word(form, "subject")))
    tie_identity(house.database, account, digest, now, by)


def _name(visit: Visit, account: str) -> str:
    house = visit.desk.house
    return next(one.name for one in operators(house.database, house.clock.now()) if one.operator_id == account)


def _handed(visit: Visit, name: str, token: str) -> Handed:
    return Handed(name, f"{visit.desk.origins.base_url}/join/{token}", visit.desk.now + GOOD_FOR)


def _page(
    visit: Visit,
    *,
    fault: str = "",
    handed: Handed | None = None,
    typed: str = "",
    chosen: frozenset[Role] = frozenset({Role.OPERATOR}),
    status: int = 200,
) -> Response:
    house = visit.desk.house
    tied = tied_accounts(house.database)
    rows = [_line(row, visit, tied) for row in operators(house.database, house.clock.now())]
    values = {
        "rows": rows,
        "fault": fault,
        "handed": handed,
        "typed": typed,
        "roles": _roles(chosen, visit.language),
        "persons": _persons(visit),
        "provider": visit.desk.provider.called if visit.desk.provider else "",
    }
    return visit.page("people.html", "people", values, status=status)


def _line(row: OperatorRow, visit: Visit, tied: frozenset[str]) -> AccountLine:
    roles = _roles(row.roles, visit.language)
    own = row.operator_id == visit.operator.operator_id
    said = (row.operator_id, row.name, roles, row.created_at, row.open_sign_ins, row.factor)
    return AccountLine(*said, own, row.person, row.operator_id in tied, row.shut)


def _persons(visit: Visit) -> Sequence[str]:
    """The people of the network, by id; none before there is a network."""
    try:
        return sorted(visit.desk.house.procedures.directory().people)
    except NoNetwork:
        return ()


def _roles(held: frozenset[Role], language: str) -> Sequence[RoleLine]:
    words = translator(language, "procedures")
    return [RoleLine(role.value, words.gettext(TITLES[role]), role in held) for role in Role]

"""`/account`: her own sign-ins, second factors, recovery codes and password. Each change asks for a fresh proof."""

from starlette.responses import RedirectResponse, Response

from models.identities import identities_of, take_identity
from models.own_account import (
    change_password,
    end_other_sign_ins,
    end_sign_in,
    factors_of,
    sign_ins_of,
)
from models.own_factors import new_recovery, take_app, take_passkey
from models.passkeys import passkeys_of
from models.passwords import TooManySignIns
from notifiers.language import said
from procedures.errors import Refused
from procedures.people import BY_PASSKEY
from web.doorkeeper import RENEWED, Oneself, OneselfProven, Visit, token_of
from web.forms import Form, FormNotUnderstood, word
from web.pages import page, say
from web.refusals import status_of
from web.rooms import rooms
from web.saying import N_

router = rooms()
DIFFERENT = N_("The two are not the same. Type the new password twice.")


@router.api_route("/account", methods=["GET", "HEAD"])
def read(visit: Oneself) -> Response:
    """The page."""
    return _page(visit)


@router.post("/account")
def change(form: Form, visit: OneselfProven) -> Response:
    """End sign-ins, set and take factors, draw recovery codes, set the password. Raises FormNotUnderstood."""
    desk, who = visit.desk, visit.operator
    database, token, now = desk.house.database, token_of(visit.came, desk), desk.sessions.now()
    try:
        match word(form, "answer"):
            case "end":
                end_sign_in(database, who, word(form, "sign-in"), now)
            case "end-others":
                end_other_sign_ins(database, who, token, now)
            case "set-passkey":
                token = desk.sessions.set_another(token, word(form, "passkey"), word(form, "label"))
                setattr(visit.came.state, RENEWED, token)
            case "take-passkey":
                take_passkey(database, who.operator_id, word(form, "digest"), token, now)
            case "take-app":
                take_app(database, who.operator_id, token, now)
            case "take-identity":
                take_identity(database, who.operator_id, word(form, "identity"), now, who.actor, but=token)
            case "recovery":
                return _recovery(visit)
            case "password":
                return _password(visit, form)
            case _:
                raise FormNotUnderstood
    except (Refused, TooManySignIns) as refusal:
        return _page(visit, fault=said(refusal, visit.language), status=status_of(refusal))
    return RedirectResponse("/account", status_code=303)


def _recovery(visit: Visit) -> Response:
    """New codes, shown once."""
    house, now = visit.desk.house, visit.desk.sessions.now()
    codes = new_recovery(house.database, house.keyring, visit.operator.operator_id, now)
    values = {"vendor": visit.desk.vendor, "operator": None, "here": "account", "codes": codes}
    return page("recovery.html", visit.language, values)


def _password(visit: Visit, form: Form) -> Response:
    """Keep it; her other sign-ins are over."""
    current, password, again = (str(form.get(name, "")) for name in ("current", "password", "again"))
    if password != again:
        return _page(visit, fault=say(visit.language, DIFFERENT), status=422)
    desk = visit.desk
    token, now = token_of(visit.came, desk), desk.sessions.now()
    change_password(desk.house.database, visit.operator, token, (current, password), now)
    return _page(visit, told=say(visit.language, N_("The password is set. Your other sign-ins are over.")))


def _page(visit: Visit, *, fault: str = "", told: str = "", status: int = 200) -> Response:
    desk, who = visit.desk, visit.operator
    database, token, now = desk.house.database, token_of(visit.came, desk), desk.sessions.now()
    values = {
        "fault": fault,
        "told": told,
        "wall": now,
        "sign_ins": sign_ins_of(database, who.operator_id, token, now),
        "factors": factors_of(database, who.operator_id),
        "passkeys": passkeys_of(database, who.operator_id),
        "identities": identities_of(database, who.operator_id),
        "provider": desk.provider.called if desk.provider else "",
        "options": desk.sessions.to_set(who.operator_id, who.name, token),
        "possible": desk.origins.site is not None,
        "needed": who.holds(BY_PASSKEY),
        "demanded": desk.demands_passkeys,
        "fresh": desk.sessions.is_fresh(who),
    }
    return visit.page("account.html", "account", values, status=status)

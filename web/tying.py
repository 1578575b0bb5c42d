"""`/account/provider`: her own account tied to a sign-in elsewhere, which begins and ends as in `web.by_provider`."""

from starlette.responses import RedirectResponse, Response

from models.identities import tie_identity
from procedures.errors import StaffettaError
from web.by_provider import failed, identity, sent
from web.doorkeeper import Oneself, OneselfProven
from web.forms import Form
from web.provider_ways import forget_way
from web.rooms import rooms

router = rooms()


@router.api_route("/account/provider", methods=["GET", "HEAD"])
def leave_to_tie(visit: Oneself) -> Response:
    """Send the browser to the provider, to come back for this account. Nothing is done yet."""
    return sent(visit.came, visit.desk, visit.language, visit.operator.operator_id)


@router.post("/account/provider")
def tie(form: Form, visit: OneselfProven) -> Response:
    """Tie one's own account to who came back."""
    desk, who = visit.desk, visit.operator
    try:
        digest = identity(visit.came, form, desk, who.operator_id)
        tie_identity(desk.house.database, who.operator_id, digest, desk.sessions.now(), who.actor)
    except StaffettaError as failure:
        return failed(visit.came, desk, visit.language, failure, visit)
    answer = RedirectResponse("/account", status_code=303)
    forget_way(answer, desk.origins)
    return answer

"""`/audit`: the last check of the trail, who looked at cases, and what was done with accounts.

No case is opened from here, and nothing personal is shown: codes, times, and the names of accounts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from models.adding_accounts import operator_names
from models.checks import TRAIL, last_check
from models.people import last_acts
from models.reads import READS, reads
from notifiers.language import translator
from procedures.people import OPERATOR_PREFIX, PERSON_ACTS, TITLES, PersonAct, Role
from web.actors import who
from web.doorkeeper import Auditing, Visit
from web.rooms import rooms

router = rooms()
MOST = 100
"""Lines of each table; the command line tells more."""


@dataclass(frozen=True)
class LookLine:
    """Somebody looked at a case."""

    at: datetime
    who: str
    code: str
    what: str


@dataclass(frozen=True)
class ActLine:
    """Something was done with an account."""

    at: datetime
    who: str
    what: str
    account: str
    roles: str


@router.api_route("/audit", methods=["GET", "HEAD"])
def read(visit: Auditing) -> Response:
    """The page."""
    database = visit.desk.house.database
    names = operator_names(database)
    values = {
        "check": last_check(database, TRAIL),
        "looks": [
            LookLine(one.at, who(visit, names, one.actor), one.case_code, _said(visit, READS[one.kind]))
            for one in reads(database, limit=MOST)
        ],
        "acts": [_act(visit, names, act) for act in last_acts(database, MOST)],
        "most": MOST,
    }
    return visit.page("audit.html", "audit", values)


def _act(visit: Visit, names: Mapping[str, str], act: PersonAct) -> ActLine:
    roles: Sequence[str] = [_said(visit, TITLES[role]) for role in Role if role in act.roles]
    account = names.get(f"{OPERATOR_PREFIX}{act.account}", act.account)
    actor, what = who(visit, names, act.actor), _said(visit, PERSON_ACTS[act.kind])
    return ActLine(act.at, actor, what, account, ", ".join(roles))


def _said(visit: Visit, sentence: str) -> str:
    return translator(visit.language, "procedures").gettext(sentence)

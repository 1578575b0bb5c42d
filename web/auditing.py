"""`/audit`: the last check of the trail, who looked at cases, and what was done with accounts.

No case is opened from here, and nothing personal is shown: codes, times, and the names of accounts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from models.adding_accounts import operator_names
from models.audited import hidden_codes
from models.checks import TRAIL, last_check
from models.fault_words import FAULTS
from models.glass import BrokenGlass, broken_glasses
from models.people import last_acts
from models.reads import READS, reads
from notifiers.language import translator
from procedures.glass import CATEGORIES, FOUND, category_named, found_named
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


@dataclass(frozen=True)
class GlassLine:
    """Somebody opened a case in an emergency."""

    at: datetime
    who: str
    code: str
    category: str
    found: str
    """What the review found; empty until then."""
    late: bool


@router.api_route("/audit", methods=["GET", "HEAD"])
def read(visit: Auditing) -> Response:
    """The page."""
    database = visit.desk.house.database
    names = operator_names(database)
    looks, glasses = reads(database, limit=MOST), broken_glasses(visit.desk.house, most=MOST)
    codes = {one.case_code for one in looks} | {one.code for one in glasses}
    hidden = hidden_codes(visit.desk.house, codes, visit.operator.actor)
    values = {
        "check": last_check(database, TRAIL),
        "looks": [
            LookLine(one.at, who(visit, names, one.actor), one.case_code, _said(visit, READS[one.kind]))
            for one in looks
            if one.case_code not in hidden
        ],
        "acts": [_act(visit, names, act) for act in last_acts(database, MOST)],
        "broken": [_glass(visit, names, one) for one in glasses if one.code not in hidden],
        "most": MOST,
    }
    return visit.page("audit.html", "audit", values)


@router.api_route("/audit/help", methods=["GET", "HEAD"])
def explain(visit: Auditing) -> Response:
    """How to read all this."""
    codes = [(code, _said(visit, meaning)) for code, meaning in FAULTS.items()]
    return visit.page("audit_help.html", "audit", {"codes": codes})


def _act(visit: Visit, names: Mapping[str, str], act: PersonAct) -> ActLine:
    roles: Sequence[str] = [_said(visit, TITLES[role]) for role in Role if role in act.roles]
    account = names.get(f"{OPERATOR_PREFIX}{act.account}", act.account)
    actor, what = who(visit, names, act.actor), _said(visit, PERSON_ACTS[act.kind])
    return ActLine(act.at, actor, what, account, ", ".join(roles))


def _glass(visit: Visit, names: Mapping[str, str], one: BrokenGlass) -> GlassLine:
    """Category and outcome; the reason is the vault's."""
    broken = one.broken
    category, found = category_named(broken.category), found_named(broken.found)
    return GlassLine(
        broken.broken_at,
        who(visit, names, f"{OPERATOR_PREFIX}{broken.account}"),
        one.code,
        _said(visit, CATEGORIES[category]) if category else broken.category,
        _said(visit, FOUND[found]) if found else broken.found,
        one.is_late(visit.desk.now),
    )


def _said(visit: Visit, sentence: str) -> str:
    return translator(visit.language, "procedures").gettext(sentence)

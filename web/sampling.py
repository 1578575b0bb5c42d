"""`/audit/samples`: cases drawn by a seed that anybody can use again, and what an auditor found in each."""

from collections import Counter
from collections.abc import Mapping, Sequence

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from models.adding_accounts import operator_names
from models.sampling import LONGEST_NOTE, SampleView, draw_sample, note_look, population, sample_view, samples
from notifiers.language import said, translator
from procedures.auditing import AUDIT_FINDINGS, LARGEST, AuditFinding
from procedures.errors import Refused, UnknownCase
from procedures.figures import SMALLEST, shown, total_shown
from web.actors import who
from web.doorkeeper import Auditing, Visit
from web.forms import Form, FormNotUnderstood, word
from web.refusals import status_of
from web.rooms import rooms

router = rooms()
MOST = 50


@router.api_route("/audit/samples", methods=["GET", "HEAD"])
def read(visit: Auditing) -> Response:
    """The samples, and the form that draws one."""
    return _page(visit)


@router.post("/audit/samples")
def draw(form: Form, visit: Auditing) -> Response:
    """Draw one; without a seed the house draws one. Raises FormNotUnderstood."""
    size = word(form, "size")
    if not (size.isascii() and size.isdigit() and len(size) <= 4):  # noqa: PLR2004  # digits of a number
        raise FormNotUnderstood
    seed = word(form, "seed") or str(visit.desk.house.ids.seed())
    try:
        number = draw_sample(visit.desk.house, seed, int(size), visit.operator.actor)
    except Refused as refusal:
        return _page(visit, fault=said(refusal, visit.language), status=status_of(refusal))
    return RedirectResponse(f"/audit/samples/{number}", status_code=303)


@router.api_route("/audit/samples/{number}", methods=["GET", "HEAD"])
def read_one(number: int, visit: Auditing) -> Response:
    """The cases of one."""
    return _one(visit, number)


@router.post("/audit/samples/{number}")
def look(number: int, form: Form, visit: Auditing) -> Response:
    """One was looked at. Raises FormNotUnderstood."""
    finding, note = word(form, "finding"), word(form, "note")
    if finding not in set(AuditFinding) or len(note) > LONGEST_NOTE or not word(form, "code"):
        raise FormNotUnderstood
    try:
        note_look(visit.desk.house, number, word(form, "code").upper(), visit.operator.actor, (finding, note))
    except UnknownCase:
        raise
    except Refused as refusal:
        return _one(visit, number, fault=said(refusal, visit.language), status=status_of(refusal))
    return RedirectResponse(f"/audit/samples/{number}", status_code=303)


def _page(visit: Visit, *, fault: str = "", status: int = 200) -> Response:
    house = visit.desk.house
    names = operator_names(house.database)
    found = [
        (number, one.drawn, who(visit, names, one.drawn.actor), len(one.looked))
        for number, one in samples(house.database)[:MOST]
    ]
    counts = Counter(visit.names.territory(one) for one in population(house.database))
    values = {
        "samples": found,
        "fault": fault,
        "largest": LARGEST,
        "smallest": SMALLEST,
        "figures": sorted(shown(counts).items()),
        "total": total_shown(counts),
    }
    return visit.page("audit_samples.html", "audit", values, status=status)


def _one(visit: Visit, number: int, *, fault: str = "", status: int = 200) -> Response:
    found = sample_view(visit.desk.house, number, visit.operator.actor)
    if found is None:
        raise HTTPException(404)
    names = operator_names(visit.desk.house.database)
    values = {
        "sample": found,
        "by": who(visit, names, found.drawn.actor),
        "lines": _lines(visit, found, names),
        "findings": [(str(one), _finding(visit, one)) for one in AuditFinding],
        "fault": fault,
        "longest": LONGEST_NOTE,
    }
    return visit.page("audit_sample.html", "audit", values, status=status)


def _lines(visit: Visit, found: SampleView, names: Mapping[str, str]) -> Sequence[dict[str, object]]:
    return [
        {
            "code": one.code,
            "looked": one.looked,
            "who": who(visit, names, one.looked.actor) if one.looked else "",
            "finding": _finding(visit, one.looked.finding) if one.looked else "",
            "note": one.note,
        }
        for one in found.cases
    ]


def _finding(visit: Visit, name: str) -> str:
    return translator(visit.language, "procedures").gettext(AUDIT_FINDINGS[AuditFinding(name)])

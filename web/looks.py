"""`/audit/reads`: who looked at which case, by case, person and day; handed out, which is an act itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from starlette.responses import Response

from models.adding_accounts import operator_names
from models.audit_acts import exports, note_export
from models.audited import hidden_codes
from models.database import Database
from models.reads import READS, Asked, Read, reads_asked
from notifiers.language import translator
from procedures.auditing import AuditAct, AuditActKind
from procedures.people import OPERATOR_PREFIX
from web.actors import who
from web.doorkeeper import Auditing, Visit
from web.forms import Form, FormNotUnderstood, word
from web.pages import say
from web.rooms import rooms
from web.saying import N_
from web.spans import ROME, machine
from web.spreadsheets import FORMATS, handed_out

router = rooms()
PAGE = 100
MOST = 10_000
"""Rows that are handed out at once; narrower questions give the rest."""
LONGEST_CODE = 16
LARGEST_NUMBER = 2**53
"""Of a row: more is no number that a page of ours would say."""
HEADS: Mapping[str, str] = {
    "number": N_("No."),
    "at": N_("When"),
    "who": N_("Who"),
    "case": N_("Case"),
    "what": N_("What"),
}


@dataclass(frozen=True)
class Filter:
    """What was asked for, as it was typed."""

    code: str = ""
    person: str = ""
    day: str = ""

    def asked(self, before: int = 0) -> Asked:
        """The question. Raises FormNotUnderstood."""
        if self.day:
            try:
                day = date.fromisoformat(self.day)
                since, until = (
                    datetime.combine(one, time(), ROME).astimezone(UTC) for one in (day, day + timedelta(days=1))
                )
            except (ValueError, OverflowError):
                raise FormNotUnderstood from None
            return replace(self._without_day(before), since=since, until=until)
        return self._without_day(before)

    def _without_day(self, before: int) -> Asked:
        plain = self.code.replace("-", "")
        if (
            len(self.code) > LONGEST_CODE
            or (plain and not (plain.isascii() and plain.isalnum()))
            or not 0 <= before <= LARGEST_NUMBER
        ):
            raise FormNotUnderstood
        return Asked(self.code.upper(), f"{OPERATOR_PREFIX}{self.person}" if self.person else "", before=before)


@router.api_route("/audit/reads", methods=["GET", "HEAD"])
def read(visit: Auditing, code: str = "", person: str = "", day: str = "", before: int = 0) -> Response:
    """The page. Raises FormNotUnderstood."""
    chosen = Filter(code.strip(), person, day)
    found = reads_asked(_db(visit), chosen.asked(before), PAGE + 1)
    page = found[:PAGE]
    names = operator_names(visit.desk.house.database)
    people = sorted((name, actor.removeprefix(OPERATOR_PREFIX)) for actor, name in names.items())
    values = {
        "chosen": chosen,
        "people": people,
        "looks": [
            (seq, one.at, who(visit, names, one.actor), one.case_code, _said(visit, READS[one.kind]))
            for seq, one in _shown(visit, page)
        ],
        "more": page[-1][0] if len(found) > PAGE else 0,
        "exports": [(one.at, who(visit, names, one.actor), one.what, one.of) for one in exports(_db(visit), PAGE)],
    }
    return visit.page("audit_reads.html", "audit", values)


@router.post("/audit/reads")
def export(form: Form, visit: Auditing) -> Response:
    """Hand it out, once that is chained. Raises FormNotUnderstood."""
    kind = word(form, "format")
    if kind not in FORMATS:
        raise FormNotUnderstood
    chosen = Filter(word(form, "code"), word(form, "person"), word(form, "day"))
    found = _shown(visit, reads_asked(_db(visit), chosen.asked(), MOST))
    names = operator_names(_db(visit))
    rows: Sequence[Sequence[str]] = [
        (str(seq), machine(one.at), who(visit, names, one.actor), one.case_code, _said(visit, READS[one.kind]))
        for seq, one in found
    ]
    act = AuditAct(AuditActKind.EXPORTED, visit.desk.now, visit.operator.actor, what="reads", of=len(rows))
    note_export(_db(visit), act)
    heads = {name: say(visit.language, head) for name, head in HEADS.items()}
    return handed_out("staffetta-reads", kind, heads, rows)


def _shown(visit: Visit, found: Sequence[tuple[int, Read]]) -> Sequence[tuple[int, Read]]:
    """The looks that this auditor is shown: none at a case from which she is excluded."""
    hidden = hidden_codes(visit.desk.house, {one.case_code for _seq, one in found}, visit.operator.actor)
    return [(seq, one) for seq, one in found if one.case_code not in hidden]


def _db(visit: Visit) -> Database:
    return visit.desk.house.database


def _said(visit: Visit, sentence: str) -> str:
    return translator(visit.language, "procedures").gettext(sentence)

"""`/cases/CODE/ways`: how she is reached safely. An address is seen only in the answer to a form, never on a page.

Whoever is not proven, or did not ask her again, is told so; and what is written to her leaves from here, in one of a
few fixed sentences, through the desk's own carrier.
"""

from datetime import date

from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from models.safe_ways import (
    HeldWay,
    Wanted,
    act_on_way,
    begin_text,
    name_way,
    settle_text,
    show_way,
)
from models.settings_carriers import every_carrier
from notifiers.errors import BadCarrier
from notifiers.her_words import LANGUAGES, SENTENCES
from notifiers.language import translator
from notifiers.to_her import ToHer, check_desks_carriers, write_to_her
from procedures.errors import Refused, UnknownCase
from procedures.safe_ways import (
    LONGEST_ADDRESS,
    LONGEST_TEXT,
    NAMEABLE,
    OUTCOMES,
    NoDesksCarrier,
    Outcome,
    Text,
    Way,
    WayActKind,
)
from web.doorkeeper import AtCases, Visit
from web.forms import Form, FormNotUnderstood, Typed, command_id, word, words
from web.pages import say
from web.refusals import status_of, told
from web.rooms import rooms
from web.saying import N_
from web.stepping import freshly_proven
from web.waylines import ways_page

router = rooms()
ACTS = {
    "end": WayActKind.ENDED,
    "asked": WayActKind.ASKED,
    "unasked": WayActKind.OPENED,
    "wish": WayActKind.WISHED,
    "unwish": WayActKind.WISH_ENDED,
}
SHOWING = frozenset({"asked", "unasked"})
"""After these she may use it at once."""
FILL_IN = N_("Say how and where she is reached; a day is written as 2027-02-28, and is not past.")
SAY_WHY = N_("Say in a sentence why nobody asked her again.")
CHOOSE = N_("Choose a sentence and a language from the lists.")


@router.api_route("/cases/{code}/ways", methods=["GET", "HEAD"])
def read(code: str, visit: AtCases) -> Response:
    """The page, with every address covered."""
    return _page(visit, code)


@router.post("/cases/{code}/ways")
def act(code: str, form: Form, visit: AtCases) -> Response:
    """Note something about a way, show one, or write to her. Raises FormNotUnderstood."""
    visit.case_id(code)  # first: whether there is such a case is not hers to ask
    freshly_proven(visit, form)
    kind = word(form, "answer")
    try:
        if kind == "write":
            return _write(visit, code, form)
        if kind == "name":
            return _name(visit, code, form)
        return _one(visit, code, form, kind)
    except UnknownCase:
        raise
    except Refused as refusal:
        return _page(visit, code, fault=told(refusal, visit.names), typed=words(form), status=status_of(refusal))


def _name(visit: Visit, code: str, form: FormData) -> Response:
    command, way = command_id(form, "way"), _way(form, visit)
    if way is None:
        return _page(visit, code, fault=say(visit.language, FILL_IN), typed=words(form), status=422)
    name_way(visit.desk.house, code.upper(), visit.operator.actor, way, command)
    return RedirectResponse(f"/cases/{code.upper()}/ways", status_code=303)


def _way(form: FormData, visit: Visit) -> Way | None:
    """What was filled in; None where it cannot be."""
    kind = next((one for one in NAMEABLE if one.value == word(form, "kind")), None)
    address, when, may_say = word(form, "address"), word(form, "when"), word(form, "may_say")
    until, is_day = _day(word(form, "until"))
    too_long = len(address) > LONGEST_ADDRESS or max(len(when), len(may_say)) > LONGEST_TEXT
    if kind is None or not address or too_long or not is_day or word(form, "may_leave_word") not in {"", "yes"}:
        return None
    way = Way(kind, address, when, word(form, "may_leave_word") == "yes", may_say, until)
    return None if way.is_over(visit.desk.now) else way


def _day(typed: str) -> tuple[date | None, bool]:
    """The day, if one was typed, and whether that was a day."""
    if not typed:
        return None, True
    try:
        return date.fromisoformat(typed), True
    except ValueError:
        return None, False


def _one(visit: Visit, code: str, form: FormData, kind: str) -> Response:
    house, by, way = visit.desk.house, visit.operator.actor, word(form, "way")
    if kind not in {"show", *ACTS} or not way:
        raise FormNotUnderstood
    reason = word(form, "reason") if kind == "unasked" else ""
    if kind == "unasked" and not 0 < len(reason) <= LONGEST_TEXT:
        return _page(visit, code, fault=say(visit.language, SAY_WHY), typed=words(form), status=422)
    if kind in ACTS:
        act_on_way(house, code.upper(), by, ACTS[kind], way, reason=reason)
    if kind == "show" or kind in SHOWING:
        return _page(visit, code, shown=show_way(house, code.upper(), by, way))
    return RedirectResponse(f"/cases/{code.upper()}/ways", status_code=303)


def _write(visit: Visit, code: str, form: FormData) -> Response:
    """Keep that a text leaves, let it leave, keep what became of it, and say that at once."""
    house, by = visit.desk.house, visit.operator.actor
    sentence, language = word(form, "sentence"), word(form, "language")
    command = command_id(form, "text")
    if sentence not in SENTENCES or language not in SENTENCES[sentence]:
        return _page(visit, code, fault=say(visit.language, CHOOSE), typed=words(form), status=422)
    urls = _urls(visit)
    wanted = Wanted(sentence, command, urls.keys())
    begun = begin_text(house, code.upper(), by, word(form, "way"), wanted)
    if isinstance(begun, Text):
        return _told(visit, code, Outcome(begun.outcome))
    outcome = write_to_her(urls, ToHer(begun.text, begun.channel, begun.address, sentence, language))
    settle_text(house, begun, by, outcome)
    return _told(visit, code, outcome)


def _urls(visit: Visit) -> dict[str, str]:
    """The desk's own carriers; none where they cannot be used. The house's are never taken."""
    set_ones = visit.desk.house.settings.desk.carriers
    try:
        urls = {name: one.read_url() for name, one in every_carrier(set_ones).items()}
        check_desks_carriers(urls)
    except (OSError, BadCarrier, UnicodeDecodeError):
        raise NoDesksCarrier from None
    return urls


def _told(visit: Visit, code: str, outcome: Outcome) -> Response:
    said = translator(visit.language, "procedures").gettext(OUTCOMES[outcome])
    if outcome is Outcome.ACCEPTED:
        return _page(visit, code, done=said)
    return _page(visit, code, fault=said, status=502 if outcome is Outcome.FAILED else 200)


def _page(  # each is one thing that the page shows
    visit: Visit,
    code: str,
    *,
    shown: HeldWay | None = None,
    done: str = "",
    fault: str = "",
    typed: Typed | None = None,
    status: int = 200,
) -> Response:
    values = {
        **ways_page(visit, code.upper(), shown),
        "sentences": [(name, texts.get(visit.language, texts["it"])) for name, texts in SENTENCES.items()],
        "languages": list(LANGUAGES.items()),
        "writes": bool(visit.desk.house.settings.desk.carriers),
        "done": done,
        "fault": fault,
        "typed": {
            "kind": "",
            "address": "",
            "when": "",
            "may_say": "",
            "until": "",
            "may_leave_word": "",
            **(typed or {}),
        },
    }
    return visit.page("ways.html", "case", values, status=status)

"""Every address of the desk, asked wrongly in every way that is known: a refusal in plain words, and nothing saved."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select

from models.accounts import FIRST_OPERATOR, operator_named
from models.adding_accounts import add_operator, give_role, invite_new
from models.adopting import adopt, propose
from models.columns import Base
from models.tying import tie_account
from procedures.events import AlertPurpose
from procedures.loading import SHIPPED
from procedures.people import Role
from tests.integration.badforms import (
    CARD_IN_THE_INBOX,
    FORMS,
    RESULT_BY_LINK,
    RESULT_IN_THE_INBOX,
    SIGNAL_BY_LINK,
    Form,
)
from tests.integration.badrequests import (
    LONG,
    METHODS,
    Asked,
    Got,
    ask,
    bad_addresses,
    bad_bodies,
    bad_fields,
    filled,
    routes,
)
from tests.integration.webhouse import CANARY, Letter, WebHouse, web_house
from web.app import ROOMS

pytestmark = pytest.mark.slow
SIGNALS = """signals:
  found:
    title: {it: Posto trovato altrove, en: A place was found elsewhere}
    from: [operator, emergency_shelter]
    evidence: {places_asked: integer}
"""
ENDS = "    ends_when: {no_place: signal.found}\n"
SAYS_WHAT_TO_DO = re.compile(
    r"Indietro|indietro|Tornare|tornare|Riprovare|riprovare|Ricaricare|ricaricare|Scegliere|Sceglierne|Scrivere|Accorciar|"
    r"Guardare|guardare|telefon|Aprire|Copiarl|compilar|Inviarl|Verificare|Controllare",
)
NO_ADDRESS = (
    "//", "//evil.example", "/..%2f", "/%00", "/static/..%2fapp.py", "/static/", "/h/", "/x" * 3000,
)  # fmt: skip
BOOKKEEPING = {"sign_ins", "reads", "wrong_passwords", "devices"}
LARGEST_PAGE = 48_000
GIVEN_BACK = re.compile(rf'value="{LONG}"|>{LONG}</textarea>')
"""What was typed too long stands once more in its own field, to be shortened there; nowhere else."""
SLOW = {"/sign-in"}
"""Passwords are checked slowly on purpose."""


@dataclass(frozen=True)
class Here:
    """A desk with somebody signed in, a case, the link of a message, a newer edition and one that is proposed."""

    made: WebHouse
    ids: Mapping[str, str]
    letter: str
    result: Letter
    """Of another case: somebody has taken it."""
    cookie: str
    member: str
    """The cookie of somebody of the service that is asked, and has taken the other case."""

    def counts(self) -> Mapping[str, int]:
        with self.made.house.database.read() as connection:
            return {
                name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                for name, table in Base.metadata.tables.items()
                if name not in BOOKKEEPING
            }

    def form(self, path: str) -> Form:
        """The form of that address, with what belongs to this case."""
        found = FORMS[path]
        words = {"CODE": self.ids["code"], "LETTER": self.letter, "RUN": self.ids["run"]}
        good = [(name, " ".join(words.get(one, one) for one in value.split())) for name, value in found.good]
        return Form(good, found.needed, found.wrong)


def put_edition(made: WebHouse, number: int, *, adopted: bool = True) -> None:
    """A file of the house's own says it, it is proposed, and two people adopt it. It reckons with a signal."""
    text = (SHIPPED / "shelter.yaml").read_text(encoding="utf-8").replace("edition: 1\n", f"edition: {number}\n")
    text = text.replace("accept_within: 15 min", f"accept_within: {10 + number} min", 1).replace(
        "steps:\n", f"{SIGNALS}steps:\n", 1
    )
    text = text.replace("    complete_within: 4 h\n", f"    complete_within: 4 h\n{ENDS}", 1)
    folder = made.house.settings.data / "procedures"
    folder.mkdir(exist_ok=True)
    (folder / "shelter.yaml").write_text(text, encoding="utf-8")
    propose(made.house, text, "shelter.yaml", "operator:2")
    for somebody in ("operator:2", "operator:3") if adopted else ():
        adopt(made.house, "shelter", number, somebody)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Here]:
    with web_house(Path(tmp_path_factory.mktemp("asked")) / "data") as made:
        put_edition(made, 2)
        code = made.open_case()
        letter = made.letter(code)
        taken = made.open_case(facts={"risk": "high"})
        asked = made.letter(taken)
        made.browser().post(asked.path, data={"code": asked.code, "answer": "accept"})
        result = made.letter(taken, AlertPurpose.RESULT_LINK)
        cookie = dict(made.operator().cookies)["staffetta"]
        put_edition(made, 3)
        put_edition(made, 4, adopted=False)
        ids = {"code": code, "ref": made.first(code).ref, "token": letter.token, "run": made.view(code).runs[0].ref}
        ids |= {"step": "find_place", "name": "shelter", "number": "4"}
        now = made.clock.now()
        ids["invitation"] = invite_new(made.house.database, "bruna", frozenset({Role.OPERATOR}), now, "shell")
        ids["account"] = operator_named(made.house.database, "bruna")
        give_role(made.house.database, operator_named(made.house.database, FIRST_OPERATOR), Role.AUDITOR, now, "shell")
        ids["taken"] = made.first(taken).ref
        yield Here(made, ids, letter.code, result, f"staffetta={cookie}", f"staffetta={member_of_the_service(made)}")


def member_of_the_service(made: WebHouse) -> str:
    """The token of a sign-in of the account of one who is of the service that is asked first."""
    house = made.house
    password = add_operator(house.database, "olga", frozenset({Role.SERVICE_MEMBER}), made.clock.now(), "shell")
    tie_account(house, operator_named(house.database, "olga"), "olga", "shell")
    return dict(made.signed_in("olga", password).cookies)["staffetta"]


def every_route(method: str) -> list[str]:
    return sorted({route.path for room in ROOMS for route in room.router.routes if method in route.methods})


async def asked_of(here: Here, asked: Asked, *, signed_in: bool = True) -> Got:
    headers = {"cookie": here.cookie, **asked.headers} if signed_in else dict(asked.headers)
    return await ask(here.made.app, Asked(asked.method, asked.path, asked.query, headers, asked.body, asked.pieces))


def check_refused(asked: Asked, got: Got, *, may_show: bool = False) -> None:
    assert got.status < 500, (asked.shown, got.status, got.body[:300])
    assert may_show or got.status in {303, 307, *range(400, 500)}, (asked.shown, got.status)
    packed = "spreadsheet" in got.headers.get("content-type", "")
    text = got.body.decode("utf-8", "replace" if packed else "strict")
    said = GIVEN_BACK.sub("", text, count=1)
    assert LONG not in said, asked.shown
    assert len(said.encode()) < LARGEST_PAGE, (asked.shown, len(said))
    assert "Traceback" not in text
    assert "<script>" not in text.replace('<script src="', ""), asked.shown
    assert "evil.example" not in text + str(got.headers), asked.shown
    assert got.headers.get("location", "/").startswith("/"), asked.shown
    if got.status >= 400 and asked.method != "HEAD" and text and "/livez" not in asked.path:
        assert SAYS_WHAT_TO_DO.search(text), (asked.shown, got.status, re.sub(r"<[^>]+>|\s+", " ", text)[:600])


def test_every_page_is_asked(here: Here) -> None:
    assert {path for method, path in routes(here.made.app) if method == "GET" and not path.startswith("/api/")} == set(
        every_route("GET")
    )


def test_every_address_that_takes_a_form_is_tried(here: Here) -> None:
    found = {path for method, path in routes(here.made.app) if method == "POST" and not path.startswith("/api/")}
    assert found == set(FORMS)


@pytest.mark.parametrize("path", every_route("GET"))
async def test_an_address_asked_wrongly_answers_and_saves_nothing(here: Here, path: str) -> None:
    before = here.counts()
    for asked in bad_addresses("GET", path, here.ids):
        for signed_in in (True, False):
            got = await asked_of(here, asked, signed_in=signed_in and "cookie" not in asked.headers)
            check_refused(asked, got, may_show=asked.why != "id")
            assert got.seconds < 2, asked.shown
    assert here.counts() == before


@pytest.mark.parametrize("path", every_route("GET"))
async def test_a_method_that_is_none_of_ours_does_nothing(here: Here, path: str) -> None:
    before = here.counts()
    for method in METHODS:
        asked = Asked(method, filled(path, here.ids))
        check_refused(asked, await asked_of(here, asked))
    assert here.counts() == before


@pytest.mark.parametrize("path", sorted(FORMS))
async def test_a_form_filled_in_wrongly_saves_nothing(here: Here, path: str) -> None:
    form = here.form(path)
    before = here.counts()
    place = filled(path, here.ids)
    trials = [*bad_addresses("POST", path, here.ids), *bad_bodies(place, form.good)]
    trials += bad_fields(place, form.good, form.needed, form.wrong)
    tried = 0
    for asked in trials:
        signed_in = path != "/sign-out"
        got = await asked_of(here, asked, signed_in=signed_in)
        check_refused(asked, got)
        assert path in SLOW or got.seconds < 2, asked.shown
        assert here.counts() == before, asked.shown
        tried += 1
    assert tried >= 15
    assert CANARY not in here.made.log.getvalue()


@pytest.mark.parametrize("form", [SIGNAL_BY_LINK, RESULT_BY_LINK], ids=["signal", "result"])
async def test_what_is_told_wrongly_by_a_link_saves_nothing(here: Here, form: Form) -> None:
    before = here.counts()
    good = [("code", here.result.code), *form.good]
    for asked in [*bad_bodies(here.result.path, good), *bad_fields(here.result.path, good, form.needed, form.wrong)]:
        got = await asked_of(here, asked, signed_in=False)
        check_refused(asked, got)
        assert got.seconds < 2, asked.shown
        assert here.counts() == before, asked.shown


@pytest.mark.parametrize(
    ("which", "form"), [("ref", CARD_IN_THE_INBOX), ("taken", RESULT_IN_THE_INBOX)], ids=["card", "result"]
)
async def test_what_somebody_of_a_service_answers_wrongly_saves_nothing(here: Here, which: str, form: Form) -> None:
    before, place = here.counts(), f"/inbox/{here.ids[which]}"
    page = await ask(here.made.app, Asked("GET", place, headers={"cookie": here.member}))
    assert page.status == 200
    for asked in [*bad_bodies(place, form.good), *bad_fields(place, form.good, form.needed, form.wrong)]:
        got = await ask(
            here.made.app, Asked("POST", place, asked.query, {"cookie": here.member, **asked.headers}, asked.body)
        )
        check_refused(asked, got)
        assert got.status != 404, asked.shown
        assert got.seconds < 2, asked.shown
        assert here.counts() == before, asked.shown


@pytest.mark.parametrize(
    "path",
    sorted(
        set(FORMS) - {"/sign-in", "/sign-out", "/language", "/h/{token}", "/join/{invitation}", "/sign-in/provider"}
    ),
)
async def test_a_form_without_a_good_sign_in_leads_to_the_door(here: Here, path: str) -> None:
    before = here.counts()
    form = here.form(path)
    for cookie in ("", "staffetta=forged", "staffetta=%00", f"staffetta={'x' * 4000}", "=", "staffetta"):
        for asked in bad_fields(filled(path, here.ids), form.good, form.needed[:1], {}):
            got = await ask(
                here.made.app, Asked("POST", asked.path, headers={**asked.headers, "cookie": cookie}, body=asked.body)
            )
            assert (got.status, got.headers.get("location")) == (303, "/sign-in"), asked.shown
    assert here.counts() == before


@pytest.mark.parametrize("path", NO_ADDRESS)
async def test_what_is_no_address_is_not_found(here: Here, path: str) -> None:
    for method in ("GET", "POST"):
        asked = Asked(method, path)
        check_refused(asked, await asked_of(here, asked))


async def test_an_address_is_refused_within_a_fifth_of_a_second(here: Here) -> None:
    """Each one's best of three: others may be at work on this machine."""
    for path in sorted(set(FORMS) - SLOW):
        form = here.form(path)
        for asked in bad_bodies(filled(path, here.ids), form.good):
            best = min([(await asked_of(here, asked, signed_in=path != "/sign-out")).seconds for _ in range(3)])
            assert best < 0.2, asked.shown

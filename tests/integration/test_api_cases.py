"""Programs open, read and steer cases over the JSON API."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.trail import verify
from tests.integration.apihouse import TO_OPEN, Caller, api_house
from tests.integration.webhouse import CANARY, WebHouse

KEY = "0197a3c2-5b1e-7c44-9a0e-3f6f8f1f2b10"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[tuple[WebHouse, Caller]]:
    with api_house(tmp_path / "data") as made:
        yield made


@pytest.fixture
def house(world: tuple[WebHouse, Caller]) -> WebHouse:
    return world[0]


@pytest.fixture
def program(world: tuple[WebHouse, Caller]) -> Caller:
    return world[1]


def test_whoever_opens_a_case_is_told_who_is_alerted_and_by_when(program: Caller) -> None:
    answer = program.post("/cases", TO_OPEN)

    assert answer.status_code == 201
    opened = answer.json()
    assert answer.headers["location"] == f"/api/v1/cases/{opened['code']}"
    (handoff,) = opened["handoffs"]
    assert {**handoff, "ref": ""} == {
        "ref": "",
        "step": "find_place",
        "service": "casa_approdo",
        "state": "requested",
        "accept_by": "2026-11-24T16:15:00Z",
    }


def test_on_a_word_that_the_network_does_not_know_no_case_is_opened_and_nobody_is_named(program: Caller) -> None:
    assert program.post("/cases", TO_OPEN | {"by": "police"}).status_code == 201

    refused = program.post("/cases", TO_OPEN | {"by": "neighbour"})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#/by")
    asked = program.get("/who-now?pathway=shelter&territory=valle_chiara&by=neighbour")
    assert (asked.status_code, asked.json()["errors"][0]["pointer"]) == (422, "query#/by")


def test_who_would_be_called_says_why_nobody_would(program: Caller) -> None:
    asked = program.get("/who-now?pathway=shelter&territory=valle_chiara").json()
    assert {step["because"] for step in asked["steps"]} == {None}


def test_the_same_request_again_gets_the_very_same_answer_whatever_happened_since(
    house: WebHouse, program: Caller
) -> None:
    first = program.post("/cases", TO_OPEN, KEY)
    house.send_everything(after=1)
    program.post(f"/handoffs/{first.json()['handoffs'][0]['ref']}/accept")

    again = program.post("/cases", TO_OPEN, KEY)

    assert (again.status_code, again.content) == (201, first.content)
    assert len(program.get("/cases").json()["cases"]) == 1


def test_another_request_under_the_same_id_is_refused_and_nothing_is_done(program: Caller) -> None:
    code = program.post("/cases", TO_OPEN, KEY).json()["code"]

    answers = [
        program.post("/cases", TO_OPEN | {"territory": "costa_serena"}, KEY),
        program.post(f"/cases/{code}/cancel", {"reason": "her_wish"}, KEY),
    ]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert {answer.json()["type"] for answer in answers} == {"urn:staffetta:problem:idempotency-key-reused"}
    assert [case["status"] for case in program.get("/cases").json()["cases"]] == ["open"]


def test_a_caller_whose_answer_was_lost_asks_what_became_of_its_id(program: Caller) -> None:
    assert program.get(f"/commands/{KEY}").json()["type"] == "urn:staffetta:problem:nothing-saved"

    code = program.post("/cases", TO_OPEN, KEY).json()["code"]
    done = program.get(f"/commands/{KEY}").json()

    assert (done["id"], done["state"], done["case"]) == (KEY, "done", code)
    assert done["events"][0] == "case_opened"
    assert "alert_queued" in done["events"]


def test_a_refused_command_left_nothing(program: Caller) -> None:
    assert program.post("/cases", TO_OPEN | {"territory": "atlantis"}, KEY).status_code == 422
    assert program.get(f"/commands/{KEY}").status_code == 404


def test_an_id_may_stand_in_quotes_as_the_draft_standard_writes_it(program: Caller) -> None:
    first = program.post("/cases", TO_OPEN, KEY)
    assert program.post("/cases", TO_OPEN, f'"{KEY}"').content == first.content


@pytest.mark.parametrize("key", ["short", "with spaces in it 0123", "x" * 101, '"'])
def test_a_change_without_an_id_of_its_own_is_not_done(program: Caller, key: str) -> None:
    answer = program.post("/cases", TO_OPEN, key)
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:staffetta:problem:idempotency-key-missing")


def test_pages_stand_still_while_cases_are_being_opened(house: WebHouse, program: Caller) -> None:
    there = []
    for _ in range(7):
        house.clock.pass_by(seconds=1)
        there.append(program.open_case()["code"])
    seen, path = [], "/cases?limit=3"
    while path:
        page = program.get(path).json()
        seen += [case["code"] for case in page["cases"]]
        house.clock.pass_by(seconds=1)
        program.open_case()
        path = page["next"] and f"/cases?limit=3&cursor={page['next']}"

    assert seen == there[::-1]


def test_cases_of_one_instant_are_told_apart(program: Caller) -> None:
    there = {program.open_case()["code"] for _ in range(5)}
    first = program.get("/cases?limit=2").json()
    second = program.get(f"/cases?limit=3&cursor={first['next']}").json()

    assert {case["code"] for case in [*first["cases"], *second["cases"]]} == there
    assert second["next"] is None


def test_a_cursor_belongs_to_one_list(program: Caller) -> None:
    for _ in range(2):
        program.open_case()
    cursor = program.get("/cases?limit=1").json()["next"]

    for path in (f"/cases?status=open&cursor={cursor}", f"/handoffs?cursor={cursor}", f"/cases?cursor=A{cursor[1:]}x"):
        answer = program.get(path)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "query#/cursor")


def test_cases_are_chosen_by_status_and_territory(program: Caller) -> None:
    valley = program.open_case()["code"]
    coast = program.open_case(territory="costa_serena")["code"]
    program.post(f"/cases/{coast}/cancel", {"reason": "opened_by_mistake"})

    def codes(query: str) -> list[str]:
        return [case["code"] for case in program.get(f"/cases?{query}").json()["cases"]]

    assert codes("status=open") == [valley]
    assert codes("status=cancelled") == [coast]
    assert codes("territory=valle_chiara") == [valley]
    assert codes("territory=valle_chiara&status=cancelled") == []


def test_a_case_that_did_not_change_is_not_sent_again(program: Caller) -> None:
    code = program.open_case()["code"]
    etag = program.get(f"/cases/{code}").headers["etag"]

    unchanged = program.get(f"/cases/{code}", If_None_Match=etag)
    assert (unchanged.status_code, unchanged.content, unchanged.headers["etag"]) == (304, b"", etag)

    program.post(f"/cases/{code}/consents", {"consent": "legal", "answer": "given"})
    assert program.get(f"/cases/{code}", If_None_Match=f'"other", W/{etag}').status_code == 200


def test_a_change_can_insist_on_what_was_read(program: Caller) -> None:
    code = program.open_case()["code"]
    path, reason = f"/cases/{code}/cancel", {"reason": "her_wish"}
    etag = program.get(f"/cases/{code}").headers["etag"]
    program.post(f"/cases/{code}/consents", {"consent": "legal", "answer": "given"})

    stale = program.post(path, reason, KEY, If_Match=etag)
    assert (stale.status_code, stale.json()["type"]) == (412, "urn:staffetta:problem:changed-meanwhile")
    assert program.get(f"/commands/{KEY}").status_code == 404

    fresh = program.get(f"/cases/{code}").headers["etag"]
    done = program.post(path, reason, KEY, If_Match=fresh)
    assert done.json()["status"] == "cancelled"
    # A repeat changed the case itself: it is the same request, not a second look.
    assert program.post(path, reason, KEY, If_Match=fresh).content == done.content


def test_her_answers_begin_and_stop_what_depends_on_them(program: Caller) -> None:
    opened = program.open_case(consents=[])
    code = opened["code"]
    assert opened["handoffs"] == []
    waiting = program.get(f"/cases/{code}").json()["awaited_consents"]
    assert waiting == [{"pathway": "shelter", "step": "find_place", "consent": "shelter"}]

    begun = program.post(f"/cases/{code}/consents", {"consent": "shelter", "answer": "given"}).json()
    assert [handoff["step"] for handoff in begun["handoffs"]] == ["find_place"]
    assert program.get(f"/cases/{code}").json()["awaited_consents"] == []

    stopped = program.post(f"/cases/{code}/consents", {"consent": "shelter", "answer": "revoked"}).json()
    assert stopped["cancelled"] == [begun["handoffs"][0]["ref"]]


def test_a_fact_that_changes_is_told_with_its_reason_and_never_repeated(house: WebHouse, program: Caller) -> None:
    code = program.open_case()["code"]
    told = {"facts": {"risk": "imminent"}, "reason": "something_happened"}

    answer = program.post(f"/cases/{code}/facts", told)
    assert (answer.status_code, answer.json()["status"]) == (200, "open")
    assert house.view(code).state.facts["risk"] == "imminent"
    trail = program.get(f"/cases/{code}/trail?limit=200").json()["events"]
    (changed,) = [event["event"] for event in trail if event["kind"] == "fact_changed"]
    assert changed == {"by": "operator", "reason": "something_happened", "run_id": None, "step": None}
    assert program.post("/cases/C-0000-0000/facts", told).status_code == 404


def test_a_fact_that_may_not_change_so_is_refused_at_its_place(program: Caller) -> None:
    path = f"/cases/{program.open_case()['code']}/facts"
    asked = {"reason": "new_assessment"}
    refused: list[tuple[dict[str, object], int, str, str]] = [
        ({"facts": {"risk": "high"}}, 409, "fact-unchanged", ""),
        ({"facts": {"risk": "low"}}, 409, "fact-only-rises", ""),
        ({"facts": {"injuries": True}, "on_word_of": "police"}, 409, "fact-not-changed-by", ""),
        ({"facts": {"risk": CANARY}}, 422, "does-not-fit", "#/facts/risk"),
        ({"facts": {CANARY: True}}, 422, "does-not-fit", "#/facts"),
        ({"facts": {}}, 422, "does-not-fit", "#/facts"),
        ({"facts": {"injuries": True, "stalking": True}}, 422, "does-not-fit", "#/facts"),
        ({"facts": {"risk": "low"}, "reason": CANARY}, 422, "does-not-fit", "#/reason"),
    ]
    for body, status, code, pointer in refused:
        answer = program.post(path, {**asked, **body})
        problem = answer.json()
        assert (answer.status_code, problem["type"]) == (status, f"urn:staffetta:problem:{code}")
        assert [error["pointer"] for error in problem.get("errors", [])] == ([pointer] if pointer else [])
        assert CANARY not in answer.text
    lowered = {**asked, "facts": {"risk": "low"}, "on_word_of": "risk_assessment"}
    assert program.post(path, lowered).status_code == 200


def test_the_trail_is_read_in_pages_without_what_is_sealed(house: WebHouse, program: Caller) -> None:
    code = program.open_case(person={"name": CANARY, "note": CANARY})["code"]
    events, path = [], f"/cases/{code}/trail?limit=2"
    while path:
        page = program.get(path).json()
        events += page["events"]
        path = page["next"] and f"/cases/{code}/trail?limit=2&cursor={page['next']}"

    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert [event["kind"] for event in events] == house.events(code)
    assert {event["actor"] for event in events} == {program.program.actor}
    opened = events[0]["event"]
    assert {"facts", "consents", "exclusions", "person", "seed", "case_id"}.isdisjoint(opened)


def test_no_answer_holds_what_was_told_of_her(house: WebHouse, program: Caller) -> None:
    opening = TO_OPEN | {"person": {"name": CANARY, "safe_contact": "+39 06 5550 999", "note": CANARY}}
    opened = program.post("/cases", opening, KEY)
    code = opened.json()["code"]
    paths = ["/cases", f"/cases/{code}", f"/cases/{code}/trail", "/handoffs", f"/commands/{KEY}"]
    told = opened.text + "".join(program.get(path).text for path in paths)

    assert house.view(code).person is not None
    for secret in (CANARY, "5550", '"risk"', '"high"', "needs_transport"):
        assert secret not in told


def test_an_exclusion_with_a_slip_of_the_pen_is_refused(program: Caller) -> None:
    answer = program.post("/cases", TO_OPEN | {"exclusions": ["casa_aprodo"]})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/exclusions")
    assert "aprodo" not in answer.text

    excluded = program.open_case(exclusions=["casa_approdo"])
    assert excluded["handoffs"][0]["service"] != "casa_approdo"


def test_a_desk_with_a_slip_of_the_pen_is_refused(program: Caller) -> None:
    answer = program.post("/cases", TO_OPEN | {"desk": "sportello_lunna"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/desk")


@pytest.mark.slow
def test_who_would_be_called_is_told_without_opening_anything(program: Caller) -> None:
    plain = program.get("/who-now?pathway=shelter&territory=valle_chiara").json()["steps"]
    agreed = program.post("/who-now", {name: TO_OPEN[name] for name in ("pathway", "territory", "facts", "consents")})

    assert (plain[0]["step"], plain[0]["when"]) == ("find_place", "consent")
    assert (agreed.json()["steps"][0]["service"], agreed.json()["steps"][0]["when"]) == ("casa_approdo", "now")
    assert program.get("/cases").json()["cases"] == []


def test_who_is_asked_in_an_open_case_is_told_step_by_step(house: WebHouse, program: Caller) -> None:
    code = program.open_case()["code"]
    before = house.events(code)

    steps = program.get(f"/cases/{code}/who-now").json()["steps"]

    assert (steps[0]["step"], steps[0]["service"], steps[0]["when"]) == ("find_place", "casa_approdo", "now")
    assert {"integrated_team", "escort"} <= {step["step"] for step in steps}
    assert CANARY not in str(steps)
    assert house.events(code) == before
    program.post(f"/cases/{code}/cancel", {"reason": "her_wish"})
    assert program.get(f"/cases/{code}/who-now").json()["steps"] == []
    assert program.get("/cases/C-0000-0000/who-now").status_code == 404


def test_facts_in_an_address_are_refused(program: Caller) -> None:
    answer = program.get("/who-now?pathway=shelter&territory=valle_chiara&facts=risk")
    assert (answer.status_code, answer.json()["errors"]) == (
        422,
        [{"pointer": "query#", "detail": "There is something here that this operation does not know."}],
    )


def test_the_trail_of_what_programs_did_is_sound(house: WebHouse, program: Caller) -> None:
    code = program.open_case()["code"]
    program.post(f"/cases/{code}/cancel", {"reason": "her_wish"})
    assert verify(house.house.database, house.house.keyring).sound


def test_codes_may_be_written_in_small_letters(program: Caller) -> None:
    code = program.open_case()["code"]
    assert program.get(f"/cases/{code.lower()}").json()["code"] == code


def test_the_networks_own_work_is_started_and_listed_apart_from_the_cases(program: Caller) -> None:
    asked = {
        "pathway": "tavolo_meeting",
        "territory": "valle_chiara",
        "facts": {"meeting_at": "2027-02-01T15:00:00+01:00"},
    }
    started = program.post("/network-work", asked, KEY)

    assert started.status_code == 201
    code = started.json()["code"]
    assert code.startswith("N-")
    assert program.post("/network-work", asked, KEY).content == started.content
    assert [one["code"] for one in program.get("/network-work").json()["cases"]] == [code]
    assert program.get("/cases").json()["cases"] == []
    assert program.post("/cases", {**TO_OPEN, "pathway": "tavolo_meeting"}).status_code == 409
    assert program.post(f"/cases/{code}/cancel", {"reason": "called_off"}).status_code == 200


def test_how_she_was_asked_and_for_which_service_goes_with_her_answer(program: Caller) -> None:
    code = program.open_case(consents=[])["code"]
    path = f"/cases/{code}/consents"
    noted = {"how": "interpreter", "language": "ro", "until": "2027-02-28T23:00:00Z"}
    first = program.post(path, {"consent": "shelter", "answer": "given", **noted}).json()["handoffs"][0]
    stopped = program.post(path, {"consent": "shelter", "answer": "revoked", "service": first["service"]}).json()
    assert stopped["cancelled"] == [first["ref"]]
    assert stopped["handoffs"][0]["service"] != first["service"]
    for wrong, pointer in (
        ({"answer": "given", "service": "nobody"}, "#/service"),
        ({"answer": "revoked", "how": "telephone"}, "#/how"),
        ({"answer": "refused", "until": "2027-02-28T23:00:00Z"}, "#/until"),
        ({"answer": "given", "language": "Romanian"}, "#/language"),
    ):
        refused = program.post(path, {"consent": "shelter", **wrong})
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["pointer"] == pointer

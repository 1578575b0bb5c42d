"""A body's own software answers for its services, and meets nothing of anybody else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.pins import WRONG_PINS, issue_pin, lose_pin
from procedures.events import AlertPurpose
from tests.integration.apihouse import Caller, api_house, caller
from tests.integration.webhouse import WebHouse

CONFIRMED = {"place_confirmed_at": "2026-11-24T17:00:00+01:00"}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[tuple[WebHouse, Caller]]:
    with api_house(tmp_path / "data") as made:
        yield made


@pytest.fixture
def coordination(world: tuple[WebHouse, Caller]) -> Caller:
    return world[1]


@pytest.fixture
def approdo(world: tuple[WebHouse, Caller]) -> Caller:
    """The software of the cooperative that runs the first protected house."""
    return caller(world[0], "approdo", body="cooperativa_approdo")


@pytest.fixture
def questura(world: tuple[WebHouse, Caller]) -> Caller:
    return caller(world[0], "questura", body="questura")


@pytest.fixture
def ref(coordination: Caller) -> str:
    """What the cooperative is asked for."""
    found: str = coordination.open_case()["handoffs"][0]["ref"]
    return found


def test_seen_taken_begun_done(coordination: Caller, approdo: Caller, ref: str) -> None:
    seen = approdo.post(f"/handoffs/{ref}/acknowledge").json()
    taken = approdo.post(f"/handoffs/{ref}/accept").json()
    begun = approdo.post(f"/handoffs/{ref}/note", {"note": "first_sign"}).json()
    done = approdo.post(f"/handoffs/{ref}/complete", {"result": "housed", "evidence": CONFIRMED}).json()

    assert [one["state"] for one in (seen, taken, begun, done)] == [
        "acknowledged",
        "accepted",
        "accepted",
        "completed",
    ]
    assert taken["complete_by"] == "2026-11-24T20:00:00Z"
    assert {"escort", "tell_social_services"} <= {one["step"] for one in done["asked_next"]}
    assert coordination.get(f"/handoffs/{ref}").json()["result"] == "housed"


def test_an_answer_twice_is_the_same_answer(approdo: Caller, ref: str) -> None:
    first = approdo.post(f"/handoffs/{ref}/accept", None, "an-id-of-my-own-1")
    approdo.post(f"/handoffs/{ref}/complete", {"result": "no_place", "evidence": {"places_asked": 4}})

    assert approdo.post(f"/handoffs/{ref}/accept", None, "an-id-of-my-own-1").content == first.content


def test_what_led_to_nothing_is_the_same_answer_too(approdo: Caller, ref: str) -> None:
    approdo.post(f"/handoffs/{ref}/acknowledge")
    second = approdo.post(f"/handoffs/{ref}/acknowledge", None, "an-id-of-my-own-2")
    approdo.post(f"/handoffs/{ref}/accept")

    again = approdo.post(f"/handoffs/{ref}/acknowledge", None, "an-id-of-my-own-2")
    assert again.json() == second.json()
    assert approdo.get("/commands/an-id-of-my-own-2").json()["events"] == []


def test_a_second_yes_is_recorded_as_late(coordination: Caller, approdo: Caller, ref: str) -> None:
    approdo.post(f"/handoffs/{ref}/accept")
    assert coordination.post(f"/handoffs/{ref}/accept").json()["late"]


def test_a_no_passes_the_baton_on_and_another_bodys_reference_is_not_told(
    coordination: Caller, approdo: Caller, ref: str
) -> None:
    declined = approdo.post(f"/handoffs/{ref}/decline", {"reason": "full"}).json()

    (following,) = declined["asked_next"]
    assert (declined["state"], following["step"], following["ref"]) == ("declined", "find_place", None)
    (open_now,) = coordination.get("/handoffs").json()["handoffs"]
    assert open_now["service"] == following["service"] != "casa_approdo"


def test_unknown_and_forbidden_are_the_same(approdo: Caller, questura: Caller, ref: str) -> None:
    answers = [
        answer
        for where in (ref, "00000-00000", "nonsense")
        for answer in (
            questura.get(f"/handoffs/{where}"),
            questura.post(f"/handoffs/{where}/accept"),
            questura.post(f"/handoffs/{where}/decline", {"reason": "full"}),
        )
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert approdo.get(f"/handoffs/{ref}").json()["state"] == "requested"


def test_a_body_lists_its_own_and_cannot_join_them_to_a_case(
    coordination: Caller, approdo: Caller, questura: Caller, ref: str
) -> None:
    (mine,) = approdo.get("/handoffs").json()["handoffs"]

    assert (mine["ref"], mine["case"], mine["pathway"]) == (ref, None, None)
    assert questura.get("/handoffs").json()["handoffs"] == []
    assert coordination.get(f"/handoffs/{ref}").json()["case"] is not None


def test_what_became_of_an_answer_does_not_tell_a_body_the_case(approdo: Caller, ref: str) -> None:
    approdo.post(f"/handoffs/{ref}/accept", None, "an-id-of-my-own-3")
    done = approdo.get("/commands/an-id-of-my-own-3").json()
    assert (done["state"], done["case"]) == ("done", None)


def test_one_programs_ids_are_not_anothers(approdo: Caller, questura: Caller, ref: str) -> None:
    approdo.post(f"/handoffs/{ref}/accept", None, "an-id-of-my-own-4")
    assert questura.get("/commands/an-id-of-my-own-4").status_code == 404


def test_a_body_that_opens_a_case_is_told_its_code_and_no_foreign_reference(questura: Caller, approdo: Caller) -> None:
    opened = questura.open_case()
    assert opened["code"]
    assert opened["handoffs"][0]["service"] == "casa_approdo"
    assert opened["handoffs"][0]["ref"] is None
    assert approdo.open_case()["handoffs"][0]["ref"] is not None


def test_ended_handoffs_are_found_by_their_state(approdo: Caller, ref: str) -> None:
    approdo.post(f"/handoffs/{ref}/decline", {"reason": "full"})
    assert approdo.get("/handoffs").json()["handoffs"] == []
    assert [one["ref"] for one in approdo.get("/handoffs?state=declined").json()["handoffs"]] == [ref]


@pytest.mark.slow
def test_handoffs_come_in_pages(coordination: Caller) -> None:
    there = {coordination.open_case()["handoffs"][0]["ref"] for _ in range(5)}
    seen, path = [], "/handoffs?limit=2"
    while path:
        page = coordination.get(path).json()
        seen += [one["ref"] for one in page["handoffs"]]
        path = page["next"] and f"/handoffs?limit=2&cursor={page['next']}"

    assert (len(seen), set(seen)) == (5, there)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"result": "lost"}, "#/result"),
        ({"result": "housed", "evidence": {}}, "#/evidence/place_confirmed_at"),
        ({"result": "housed", "evidence": {"place_confirmed_at": "soon"}}, "#/evidence/place_confirmed_at"),
        ({"result": "housed", "evidence": CONFIRMED | {"Maria": "x"}}, "#/evidence"),
        ({"result": "housed", "evidence": {"place_confirmed_at": ["x"]}}, "#/evidence"),
    ],
)
def test_a_result_that_does_not_fit_says_where(
    approdo: Caller, ref: str, body: dict[str, object], pointer: str
) -> None:
    approdo.post(f"/handoffs/{ref}/accept")
    answer = approdo.post(f"/handoffs/{ref}/complete", body)

    assert answer.status_code == 422, answer.text
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert "Maria" not in answer.text


def test_a_result_before_it_was_taken_is_refused_by_the_rules(approdo: Caller, ref: str) -> None:
    answer = approdo.post(f"/handoffs/{ref}/complete", {"result": "housed", "evidence": CONFIRMED})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:staffetta:problem:not-accepted-yet")


def test_an_answer_can_insist_on_what_was_read(coordination: Caller, approdo: Caller, ref: str) -> None:
    seen = approdo.get(f"/handoffs/{ref}").headers["etag"]
    coordination.post(f"/handoffs/{ref}/acknowledge")

    assert approdo.post(f"/handoffs/{ref}/accept", If_Match=seen).status_code == 412
    assert approdo.post(f"/handoffs/{ref}/accept", If_Match="*").status_code == 200


def imminent(coordination: Caller) -> str:
    """What the cooperative is asked for, in imminent danger."""
    facts = {"risk": "imminent", "needs_transport": True}
    found: str = coordination.open_case(facts=facts)["handoffs"][0]["ref"]
    return found


def test_in_imminent_danger_the_pin_of_whoever_takes_it_makes_it_count(
    world: tuple[WebHouse, Caller], coordination: Caller, approdo: Caller
) -> None:
    ref = imminent(coordination)
    pin = issue_pin(world[0].house, "olga", "shell")
    taken = approdo.post(f"/handoffs/{ref}/accept", {"person": "olga", "pin": pin})
    assert (taken.json()["state"], taken.json()["waits_to_be_confirmed"]) == ("accepted", False)
    assert pin not in taken.text


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"person": "olga"},
        {"person": "olga", "pin": ""},
        {"person": "olga", "pin": "wrong"},
        {"pin": "hers"},
        {"person": "paola", "pin": "hers"},
    ],
)
def test_without_her_pin_it_waits_to_be_confirmed(
    world: tuple[WebHouse, Caller], coordination: Caller, approdo: Caller, said: dict[str, str]
) -> None:
    """Nor does hers count for a colleague, nor for nobody; and what was not proved can be proved after it."""
    ref = imminent(coordination)
    pin = issue_pin(world[0].house, "olga", "shell")
    wrong = "000000" if pin != "000000" else "000001"
    typed = {"hers": pin, "wrong": wrong}
    body = {name: typed.get(value, value) for name, value in said.items()}
    kept = approdo.post(f"/handoffs/{ref}/accept", body).json()
    assert (kept["state"], kept["waits_to_be_confirmed"]) == ("requested", True)
    assert coordination.get(f"/handoffs/{ref}").json()["state"] == "requested"
    then = approdo.post(f"/handoffs/{ref}/accept", {"person": "olga", "pin": pin}).json()
    assert (then["state"], then["waits_to_be_confirmed"]) == ("accepted", False)


def test_a_pin_that_was_lost_proves_nothing_to_a_program_either(
    world: tuple[WebHouse, Caller], coordination: Caller, approdo: Caller
) -> None:
    pin = issue_pin(world[0].house, "olga", "shell")
    lose_pin(world[0].house, "olga", "shell")
    kept = approdo.post(f"/handoffs/{imminent(coordination)}/accept", {"person": "olga", "pin": pin}).json()
    assert kept["waits_to_be_confirmed"]


def test_the_pin_of_somebody_of_another_service_takes_nothing(
    world: tuple[WebHouse, Caller], coordination: Caller, approdo: Caller
) -> None:
    pin = issue_pin(world[0].house, "irene", "shell")
    ref = imminent(coordination)
    refused = approdo.post(f"/handoffs/{ref}/accept", {"person": "irene", "pin": pin})
    assert refused.status_code == 422
    assert coordination.get(f"/handoffs/{ref}").json()["state"] == "requested"


def test_names_that_are_nobodys_of_the_service_try_no_pin_and_call_nobody(
    world: tuple[WebHouse, Caller], coordination: Caller, approdo: Caller
) -> None:
    """A lost key of a body wakes no coordinator by names that somebody made up."""
    opened = coordination.open_case(facts={"risk": "imminent", "needs_transport": True})
    ref = opened["handoffs"][0]["ref"]
    for person in ("irene", "made_up"):
        for number in range(WRONG_PINS):
            refused = approdo.post(f"/handoffs/{ref}/accept", {"person": person, "pin": f"00000{number}"})
            assert refused.status_code == 422
    assert not world[0].alerts(opened["code"], AlertPurpose.WRONG_PINS)
    with world[0].house.database.read() as connection:
        assert not connection.exec_driver_sql("SELECT count(*) FROM pin_tries").scalar()


def test_the_coordination_is_told_once_for_a_handoff_however_many_people_were_tried(
    world: tuple[WebHouse, Caller], coordination: Caller, approdo: Caller
) -> None:
    opened = coordination.open_case(facts={"risk": "imminent", "needs_transport": True})
    ref = opened["handoffs"][0]["ref"]
    for person in ("olga", "paola"):
        for _ in range(WRONG_PINS):
            kept = approdo.post(f"/handoffs/{ref}/accept", {"person": person, "pin": "wrong"})
            assert kept.json()["waits_to_be_confirmed"]
    told = [alert.person for alert in world[0].alerts(opened["code"], AlertPurpose.WRONG_PINS)]
    assert told
    assert len(told) == len(set(told))


def test_a_proved_acceptance_sent_again_gets_the_same_answer(
    world: tuple[WebHouse, Caller], coordination: Caller, approdo: Caller
) -> None:
    ref, key = imminent(coordination), approdo.fresh()
    body = {"person": "olga", "pin": issue_pin(world[0].house, "olga", "shell")}
    first, again = (approdo.post(f"/handoffs/{ref}/accept", body, key=key) for _ in range(2))
    assert (first.json()["state"], first.status_code) == ("accepted", 200)
    assert again.json() == first.json()


def test_where_nobody_is_in_imminent_danger_a_program_needs_no_pin(approdo: Caller, ref: str) -> None:
    taken = approdo.post(f"/handoffs/{ref}/accept", {"person": "olga", "pin": "000000"}).json()
    assert (taken["state"], taken["waits_to_be_confirmed"]) == ("accepted", False)

"""Every door of a case, for every role, relation and state of the case (trust.md, T17): open, or what unknown is."""

import itertools
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import pytest
from starlette.testclient import TestClient

from models.glass import break_glass
from models.passing import end_relation, give_case
from models.tying import tie_account
from procedures.commands import CancelCase, Road
from procedures.glass import GlassCategory
from procedures.people import AT_CASES, Role, TiedAlready
from tests.integration.badforms import FORMS, ID
from tests.integration.test_web_people import door_of, rooms_of
from tests.integration.test_web_relations import NOWHERE, account, actor, opened_by, somebody
from tests.integration.webhouse import WebHouse

pytestmark = pytest.mark.slow
ELSEWHERE, HERE = "mara", "ines"
"""People of the invented network: one co-ordinates the other territory alone, one the territory of these cases."""
RELATIONS = ("none", "opened", "given", "ended", "coordinates", "glass", "glass over", "excluded")
OPENS = frozenset({"opened", "given", "coordinates", "glass"})
STATES = ("open", "cancelled")
NOTHING_THERE = ("/cases/{code}/anew/", "/reviews/")
"""Where nothing waits in these cases: nothing is decided anew, or was done without her consent."""
WITHOUT_NAMES = "/audit/cases/"
"""Auditors read the trail of every case, without what identifies anybody, but of one from which they are excluded."""


@dataclass(frozen=True)
class Scene:
    """A case, and what somebody has to do with it."""

    code: str
    ref: str
    run: str


def made(desk: WebHouse, relation: str, state: str) -> Scene:
    """A case to which the account `me` stands so; `other` has it all the while."""
    me, other = account(desk, "me"), account(desk, "other")
    opener = "me" if relation in {"opened", "ended", "excluded"} else "other"
    exclusions = frozenset({ELSEWHERE}) if relation == "excluded" else frozenset[str]()
    code = opened_by(desk, opener, exclusions=exclusions)
    first = desk.first(code)
    if state == "cancelled":
        about = {"id": desk.house.ids.new_id(), "case_id": first.case_id, "actor": actor(desk, "other")}
        desk.house.handling.handle(CancelCase.model_validate({**about, "road": Road.DESK, "reason": "her_wish"}))
    if relation == "given":
        give_case(desk.house, code, me, actor(desk, "other"), keep=True)
    elif relation == "ended":
        give_case(desk.house, code, other, actor(desk, "boss"), keep=True)
        end_relation(desk.house, code, me, actor(desk, "boss"))
    elif relation.startswith("glass"):
        why = (GlassCategory.IN_DANGER, "invented")
        break_glass(desk.house, code, actor(desk, "me"), why, desk.house.ids.new_id())
    if relation == "glass over":
        desk.clock.pass_by(hours=1)
    return Scene(code, first.ref, desk.view(code).runs[0].ref)


def doors(desk: WebHouse, scene: Scene, code: str, role: Role) -> Iterator[tuple[str, str, str]]:
    """Method, template and address of every route that names a case and is for that role, or for any with cases."""
    for method, path, route in rooms_of(desk):
        door = door_of(route)
        if "{code}" in path and door is not None and (role in door.roles or role not in AT_CASES):
            real = path.replace("{code}", code).replace("{ref}", scene.ref)
            yield method, path, real.replace("{run}", scene.run).replace("{step}", "find_place")


def ask(browser: TestClient, method: str, path: str, address: str) -> tuple[int, bytes]:
    form = {**dict(FORMS[path].good), "command": ID} if method == "POST" else None
    answer = browser.request(method, address, data=form, follow_redirects=False)
    return answer.status_code, answer.content


def without_alarm(desk: WebHouse, code: str) -> list[str]:
    """What happened to the case, but for the word to its coordination that somebody tries at many."""
    return [kind for kind in desk.events(code) if kind != "alert_queued"]


@pytest.mark.parametrize("role", Role)
def test_a_case_is_open_by_role_and_relation_and_else_it_is_not_there(desk: WebHouse, role: Role) -> None:
    somebody(desk, "other")
    somebody(desk, "boss", frozenset({Role.COORDINATOR}))
    browser = somebody(desk, "me", frozenset({role}))
    tried, unknown = 0, list[tuple[int, bytes]]()
    for relation, state in itertools.product(RELATIONS, STATES):
        with suppress(TiedAlready):
            tie_account(desk.house, account(desk, "me"), HERE if relation == "coordinates" else ELSEWHERE, "shell")
        if relation in {"given", "glass", "glass over"} and role not in AT_CASES:
            continue  # nobody gives them one, or lets them break one
        scene = made(desk, relation, state)
        is_open = relation in OPENS and role in AT_CASES and (relation != "coordinates" or role is Role.COORDINATOR)
        unknown = unknown or [ask(browser, *door) for door in doors(desk, scene, NOWHERE, role)]
        before = without_alarm(desk, scene.code)
        for door, nothing in zip(doors(desk, scene, scene.code, role), unknown, strict=True):
            status, body = ask(browser, *door)
            here = (role, relation, state, door[:2])
            if role is Role.AUDITOR and door[1].startswith(WITHOUT_NAMES) and relation != "excluded":
                assert status != 404, here
            elif not is_open:
                assert (status, body) == nothing, here
                # The form of an export is wrong on purpose, and refused before anybody looks for the case.
                assert status == 404 or (status == 400 and role is Role.AUDITOR and door[1].endswith("/export")), here
            elif not door[1].startswith(NOTHING_THERE):
                assert status != 404, here
            tried += 1
        assert is_open or without_alarm(desk, scene.code) == before
    assert tried >= len(STATES) * 5 * 12

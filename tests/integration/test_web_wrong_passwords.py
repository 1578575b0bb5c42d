"""Wrong passwords: whoever tries many rests, and nobody who signed in here before is kept out by it."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from models import passwords
from models.accounts import FIRST_OPERATOR, ensure_first_operator
from models.failures import MOST_WRONG, REST, DoorRests
from tests.authenticator import Authenticator
from tests.houses import CARRIERS, Told
from tests.integration.test_web_account import HOME, Site, options
from tests.integration.test_web_desk import opened
from tests.integration.test_web_door import whole
from tests.integration.webhouse import BASE, SETTINGS, WebHouse, text_of, web_house
from web.sessions import Sessions

pytestmark = pytest.mark.slow


class Door:
    """The door of a house, and the time on the wall."""

    def __init__(self, told: Told) -> None:
        self.told = told
        self.wall = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
        self.password = ensure_first_operator(told.house.database, self.wall) or ""
        self.sessions = Sessions(told.house.database, told.house.keyring, now=lambda: self.wall)

    def tries(self, times: int, *, name: str = FIRST_OPERATOR, device: str = "") -> None:
        for _ in range(times):
            assert self.sessions.sign_in(name, "not the password", device) is None

    def right(self, device: str = "") -> bool:
        return self.sessions.sign_in(FIRST_OPERATOR, self.password, device) is not None

    def known_device(self) -> str:
        return self.sessions.know_device(whole(self.sessions, self.password), "")


@pytest.fixture
def door(tmp_path: Path, database_settings: str) -> Iterator[Door]:
    told = Told(tmp_path / "data", CARRIERS + database_settings)
    yield Door(told)
    told.close()


def test_after_ten_wrong_passwords_even_the_right_one_rests(door: Door) -> None:
    door.tries(MOST_WRONG)
    with pytest.raises(DoorRests):
        door.right()
    door.wall += REST - timedelta(seconds=1)
    with pytest.raises(DoorRests):
        door.right()
    door.wall += timedelta(seconds=1)
    assert door.right()


def test_a_device_that_is_known_goes_on_while_others_rest(door: Door) -> None:
    device = door.known_device()
    door.tries(MOST_WRONG)
    with pytest.raises(DoorRests):
        door.right()
    assert door.right(device)


def test_a_known_device_has_a_counter_of_its_own(door: Door) -> None:
    device = door.known_device()
    door.tries(MOST_WRONG, device=device)
    with pytest.raises(DoorRests):
        door.right(device)
    assert door.right()


def test_a_device_is_known_for_its_own_account_alone(door: Door) -> None:
    device = door.known_device()
    door.tries(MOST_WRONG, name="olga", device=device)
    with pytest.raises(DoorRests):
        door.tries(1, name="olga", device="")
    assert door.right(device)


def test_a_name_that_nobody_has_rests_like_any_other(door: Door) -> None:
    door.tries(MOST_WRONG, name="nobody")
    with pytest.raises(DoorRests):
        door.tries(1, name="nobody")
    with pytest.raises(DoorRests):
        door.tries(1, name=" Nobody ")


def test_the_right_password_begins_the_count_anew(door: Door) -> None:
    door.tries(MOST_WRONG - 1)
    assert door.right()
    door.tries(MOST_WRONG - 1)
    assert door.right()


def test_what_was_counted_is_forgotten_and_names_nobody(door: Door) -> None:
    for number in range(5):
        door.tries(1, name=f"somebody {number}")
    with door.told.house.database.read() as connection:
        kept = str(connection.execute(text("SELECT * FROM wrong_passwords")).all())
    assert "somebody" not in kept
    door.wall += REST
    door.tries(1)
    with door.told.house.database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM wrong_passwords")).scalar() == 1


def test_the_page_says_so_and_a_browser_that_signed_in_before_still_gets_in(desk: WebHouse) -> None:
    known = desk.operator()
    known.post("/sign-out")
    stranger = desk.browser()
    for _ in range(MOST_WRONG):
        assert stranger.post("/sign-in", data={"name": FIRST_OPERATOR, "password": "wrong"}).status_code == 422
    answer = stranger.post("/sign-in", data={"name": FIRST_OPERATOR, "password": desk.password})
    assert answer.status_code == 429
    assert "quarto d" in answer.text
    assert desk.telephones.sign_in(known, FIRST_OPERATOR, desk.password).url.path == "/"


def test_a_passkey_lets_in_while_codes_rest_and_is_never_counted(tmp_path: Path) -> None:
    with web_house(tmp_path / "data", settings=SETTINGS.replace(BASE, HOME)) as made:
        site = Site(made, HOME)
        site.sets_first()
        browser = site.comes()
        for _ in range(MOST_WRONG):
            assert browser.post("/sign-in/code", data={"code": "123456"}).status_code == 422
        assert browser.post("/sign-in/code", data={"code": "123456"}).status_code == 429
        stranger = Authenticator(origin=HOME, rp_id="localhost")
        for _ in range(MOST_WRONG + 1):
            forged = stranger.use(options(browser.get("/sign-in/code")))
            assert browser.post("/sign-in/code", data={"code": forged}).status_code == 422
        assert site.signs_in().get("/").status_code == 200


def test_the_doors_of_sign_in_are_full_and_cases_are_opened_and_answered_all_the_same(
    desk: WebHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator, stranger = desk.operator(), desk.browser()
    for _ in range(MOST_WRONG):
        stranger.post("/sign-in", data={"name": FIRST_OPERATOR, "password": "wrong"})
    full = threading.BoundedSemaphore(1)
    full.acquire()
    monkeypatch.setattr(passwords.SIGN_INS, "_waiting", full)
    assert stranger.post("/sign-in", data={"name": "olga", "password": "wrong"}).status_code == 429

    letter = desk.letter(opened(operator))
    for _ in range(MOST_WRONG + 5):
        assert stranger.get(letter.path).status_code == 200
    answer = stranger.post(letter.path, data={"code": letter.code, "answer": "accept"})
    assert answer.status_code == 200, text_of(answer)
    assert opened(operator)

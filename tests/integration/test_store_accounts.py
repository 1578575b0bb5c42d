"""The first operator, and signing in and out."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from models import accounts, passwords
from models.account_tables import Operator, SignIn
from models.accounts import (
    FIRST_OPERATOR,
    UnknownOperator,
    ensure_first_operator,
    operators,
    reset_password,
    sign_in,
    sign_out,
    sign_out_everywhere,
    signed_in,
)
from models.passwords import TooManySignIns
from tests.houses import CARRIERS, START, Told
from tests.prepared import HASHED_IN_SERVICE
from tests.signing import Telephones

TELEPHONES = Telephones()


@pytest.fixture
def told(tmp_path: Path, database_settings: str) -> Iterator[Told]:
    told = Told(tmp_path / "data", CARRIERS + database_settings)
    yield told
    told.close()


def first_sign_in(told: Told) -> tuple[str, str]:
    password = ensure_first_operator(told.house.database, told.clock.now())
    assert password is not None
    token = TELEPHONES.token(told.house, FIRST_OPERATOR, password, told.clock.now())
    assert token is not None
    return password, token


def test_the_first_password_is_shown_once(told: Told) -> None:
    assert ensure_first_operator(told.house.database, told.clock.now()) is not None
    assert ensure_first_operator(told.house.database, told.clock.now()) is None


def test_who_signs_in_is_known_by_the_token(told: Told) -> None:
    _, token = first_sign_in(told)
    operator = signed_in(told.house.database, token, told.clock.now())
    assert operator is not None
    assert operator.name == FIRST_OPERATOR
    assert operator.actor.startswith("operator:")


def test_neither_password_nor_token_is_kept(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_hasher", HASHED_IN_SERVICE)
    password, token = first_sign_in(told)
    with told.house.database.read() as connection:
        kept = [*connection.execute(select(Operator.password_hash)).scalars()]
        kept += connection.execute(select(SignIn.token_hash)).scalars()
    assert kept[0].startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert not any(password in text or token in text for text in kept)


@pytest.mark.parametrize(("name", "password"), [(FIRST_OPERATOR, "wrong"), ("nobody", "wrong"), ("", "x" * 500)])
def test_a_wrong_name_or_password_signs_nobody_in(told: Told, name: str, password: str) -> None:
    ensure_first_operator(told.house.database, told.clock.now())
    assert sign_in(told.house.database, name, password, told.clock.now()) is None


def test_a_sign_in_goes_idle_after_a_quarter_of_an_hour(told: Told) -> None:
    _, token = first_sign_in(told)
    told.clock.pass_by(minutes=14)
    assert signed_in(told.house.database, token, told.clock.now()) is not None
    told.clock.pass_by(minutes=14)
    assert signed_in(told.house.database, token, told.clock.now()) is not None
    told.clock.pass_by(minutes=15)
    assert signed_in(told.house.database, token, told.clock.now()) is None


def test_no_sign_in_lasts_longer_than_eight_hours(told: Told) -> None:
    _, token = first_sign_in(told)
    for _ in range(47):
        told.clock.pass_by(minutes=10)
        assert signed_in(told.house.database, token, told.clock.now()) is not None
    told.clock.pass_by(minutes=10)
    assert signed_in(told.house.database, token, told.clock.now()) is None


def test_signing_out_ends_it_at_once(told: Told) -> None:
    _, token = first_sign_in(told)
    sign_out(told.house.database, token, told.clock.now())
    assert signed_in(told.house.database, token, told.clock.now()) is None


def test_every_sign_in_of_an_operator_can_be_ended_together(told: Told) -> None:
    password, first = first_sign_in(told)
    second = TELEPHONES.token(told.house, FIRST_OPERATOR, password, told.clock.now())
    operator = signed_in(told.house.database, first, told.clock.now())
    assert operator is not None
    assert second is not None
    sign_out_everywhere(told.house.database, operator.operator_id, told.clock.now(), "shell")
    assert signed_in(told.house.database, first, told.clock.now()) is None
    assert signed_in(told.house.database, second, told.clock.now()) is None


def test_an_invented_token_is_nobody(told: Told) -> None:
    first_sign_in(told)
    assert signed_in(told.house.database, "x" * 43, told.clock.now()) is None


def test_a_crowd_at_the_door_is_asked_to_wait(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    ensure_first_operator(told.house.database, told.clock.now())
    taken = 0
    while passwords.SIGN_INS._waiting.acquire(blocking=False):
        taken += 1
    try:
        with pytest.raises(TooManySignIns):
            sign_in(told.house.database, FIRST_OPERATOR, "wrong", told.clock.now())
    finally:
        for _ in range(taken):
            passwords.SIGN_INS._waiting.release()
    assert taken == passwords.AT_ONCE + passwords.QUEUE


def test_the_list_counts_the_sign_ins_that_are_still_good(told: Told) -> None:
    password, token = first_sign_in(told)
    told.clock.pass_by(minutes=14)
    TELEPHONES.token(told.house, FIRST_OPERATOR, password, told.clock.now())

    (row,) = operators(told.house.database, told.clock.now())
    assert (row.name, row.created_at, row.open_sign_ins) == (FIRST_OPERATOR, START, 2)

    told.clock.pass_by(minutes=1)
    assert operators(told.house.database, told.clock.now())[0].open_sign_ins == 1
    assert signed_in(told.house.database, token, told.clock.now()) is None


def test_a_reset_gives_a_new_password_and_signs_everybody_out(told: Told) -> None:
    old, token = first_sign_in(told)

    new = reset_password(told.house.database, FIRST_OPERATOR, told.clock.now(), "shell")

    assert signed_in(told.house.database, token, told.clock.now()) is None
    assert sign_in(told.house.database, FIRST_OPERATOR, old, told.clock.now()) is None
    assert sign_in(told.house.database, FIRST_OPERATOR, new, told.clock.now()) is not None


def test_a_reset_while_the_old_password_is_being_checked_wins(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    old, _ = first_sign_in(told)
    slowly = passwords.fits

    def reset_meanwhile(kept: str, password: str) -> bool:
        fits = slowly(kept, password)
        reset_password(told.house.database, FIRST_OPERATOR, told.clock.now(), "shell")
        return fits

    monkeypatch.setattr(accounts, "fits", reset_meanwhile)
    assert sign_in(told.house.database, FIRST_OPERATOR, old, told.clock.now()) is None
    assert operators(told.house.database, told.clock.now())[0].open_sign_ins == 0


def test_nobody_without_an_account_gets_a_password(told: Told) -> None:
    with pytest.raises(UnknownOperator) as refused:
        reset_password(told.house.database, "a-password-by-mistake", told.clock.now(), "shell")
    assert "a-password-by-mistake" not in str(refused.value)

"""The second factor: nobody gets in without, no code is good twice, and a lost telephone locks nobody out for ever."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pyotp.totp import TOTP
from sqlalchemy import select

from models.account_tables import Operator, RecoveryCode, SignIn
from models.accounts import FIRST_OPERATOR, TO_PROVE, ensure_first_operator, operator_named, sign_in, signed_in
from models.composition import House, open_house
from models.factors import (
    MOST_WRONG,
    REST,
    FactorRests,
    NotOnTheWay,
    Proved,
    WrongFactorCode,
    on_the_way,
    prove,
    take_factor,
)
from models.keyring_errors import NoVaultKey
from models.trail import verify
from procedures.people import NotYoursToGive
from tests.houses import CARRIERS, Told

SHELL = "shell"


@pytest.fixture
def told(tmp_path: Path, database_settings: str) -> Iterator[Told]:
    told = Told(tmp_path / "data", CARRIERS + database_settings)
    yield told
    told.close()


class Person:
    """The first operator, her password and her app."""

    def __init__(self, told: Told) -> None:
        self.told = told
        self.password = ensure_first_operator(told.house.database, told.clock.now()) or ""
        token = self.comes()
        secret = on_the_way(told.house.database, told.house.keyring, token, told.clock.now()).secret
        assert secret is not None
        self.app = TOTP(secret)
        self.first = self.shows(token, self.code())

    def comes(self) -> str:
        """With her password."""
        token = sign_in(self.told.house.database, FIRST_OPERATOR, self.password, self.told.clock.now())
        assert token is not None
        return token

    def shows(self, token: str, code: str) -> Proved:
        """A code."""
        house = self.told.house
        return prove(house.database, house.keyring, token, code, self.told.clock.now())

    def code(self, later: float = 0) -> str:
        """Of the app, so many seconds from now."""
        return str(self.app.at(self.told.clock.now() + timedelta(seconds=later)))


def who(told: Told, token: str) -> object:
    return signed_in(told.house.database, token, told.clock.now())


def test_a_password_alone_opens_nothing(told: Told) -> None:
    password = ensure_first_operator(told.house.database, told.clock.now())
    token = sign_in(told.house.database, FIRST_OPERATOR, password or "", told.clock.now())
    assert token is not None
    assert who(told, token) is None


def test_the_first_code_sets_the_factor_and_hands_out_recovery_codes_once(told: Told) -> None:
    olga = Person(told)
    assert who(told, olga.first.token) is not None
    assert len(set(olga.first.recovery)) == 10
    told.clock.pass_by(seconds=30)
    again = olga.shows(olga.comes(), olga.code())
    assert again.recovery == ()
    assert verify(told.house.database, told.house.keyring).sound


def test_the_token_of_the_password_is_worth_nothing_afterwards(told: Told) -> None:
    olga = Person(told)
    told.clock.pass_by(seconds=30)
    half = olga.comes()
    olga.shows(half, olga.code())
    assert who(told, half) is None
    with pytest.raises(NotOnTheWay):
        olga.shows(half, olga.code(30))


def test_no_code_is_good_twice(told: Told) -> None:
    olga = Person(told)
    with pytest.raises(WrongFactorCode):
        olga.shows(olga.comes(), olga.code())


@pytest.mark.parametrize(("late", "good"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_telephone_may_be_half_a_minute_early_or_late(
    told: Told, late: float, good: bool
) -> None:  # a case of the table
    olga = Person(told)
    told.clock.pass_by(minutes=5)
    token = olga.comes()
    if good:
        assert who(told, olga.shows(token, olga.code(late)).token) is not None
        return
    with pytest.raises(WrongFactorCode):
        olga.shows(token, olga.code(late))


def test_a_recovery_code_is_good_once_in_the_place_of_the_telephone(told: Told) -> None:
    olga = Person(told)
    lost, *_ = olga.first.recovery
    assert who(told, olga.shows(olga.comes(), lost.lower().replace("-", " ")).token) is not None
    with pytest.raises(WrongFactorCode):
        olga.shows(olga.comes(), lost)


def test_after_ten_wrong_codes_they_rest_for_a_quarter_of_an_hour(told: Told) -> None:
    olga = Person(told)
    token = olga.comes()
    for _ in range(MOST_WRONG):
        with pytest.raises(WrongFactorCode):
            olga.shows(token, "000000X")
    told.clock.pass_by(seconds=30)
    with pytest.raises(FactorRests):
        olga.shows(olga.comes(), olga.code())
    told.clock.pass_by(seconds=REST.total_seconds())
    assert who(told, olga.shows(olga.comes(), olga.code()).token) is not None


def test_whoever_takes_too_long_begins_again(told: Told) -> None:
    olga = Person(told)
    token = olga.comes()
    told.clock.pass_by(seconds=TO_PROVE.total_seconds())
    with pytest.raises(NotOnTheWay):
        olga.shows(token, olga.code())


def test_the_same_drawing_stands_on_the_page_when_it_is_loaded_again(told: Told) -> None:
    password = ensure_first_operator(told.house.database, told.clock.now())
    token = sign_in(told.house.database, FIRST_OPERATOR, password or "", told.clock.now()) or ""
    seen = {on_the_way(told.house.database, told.house.keyring, token, told.clock.now()).secret for _ in range(3)}
    assert len(seen) == 1


def test_an_administrator_lets_somebody_begin_anew(told: Told) -> None:
    olga = Person(told)
    account = operator_named(told.house.database, FIRST_OPERATOR)
    take_factor(told.house.database, account, told.clock.now(), SHELL)
    assert who(told, olga.first.token) is None
    token = olga.comes()
    with pytest.raises(WrongFactorCode):
        olga.shows(token, olga.first.recovery[0])
    assert on_the_way(told.house.database, told.house.keyring, token, told.clock.now()).secret is not None


def test_nobody_takes_the_factor_of_another_who_is_no_administrator(told: Told) -> None:
    Person(told)
    account = operator_named(told.house.database, FIRST_OPERATOR)
    with pytest.raises(NotYoursToGive):
        take_factor(told.house.database, account, told.clock.now(), "operator:somebody")


def test_neither_the_secret_nor_a_code_is_kept(told: Told) -> None:
    olga = Person(told)
    codes = {code.replace("-", "") for code in olga.first.recovery}
    with told.house.database.read() as connection:
        kept = list(connection.execute(select(Operator.factor)).scalars())
        kept += connection.execute(select(SignIn.drawn).where(SignIn.drawn.is_not(None))).scalars()
        hashes = list(connection.execute(select(RecoveryCode.code_hash)).scalars())
    assert len(kept) == 1
    assert olga.app.secret.encode() not in (kept[0] or b"")
    assert codes.isdisjoint(hashes)


def without_vault(told: Told) -> House:
    return open_house(told.house.settings.data, with_vault=False, clock=told.clock)


def test_a_process_without_the_vault_key_reads_no_second_factor(told: Told) -> None:
    olga = Person(told)
    other = without_vault(told)
    try:
        with pytest.raises(NoVaultKey):
            prove(other.database, other.keyring, olga.comes(), olga.code(30), told.clock.now())
    finally:
        other.close()

"""Whoever tied a sign-in elsewhere to a stolen account is out once its person gets a new start."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from models.accounts import FIRST_OPERATOR, ensure_first_operator, operator_named, reset_password, signed_in
from models.factors import take_factor
from models.identities import UnknownIdentity, identities_of, sign_in_by, tie_identity
from models.invitations import invite, join
from models.own_account import change_password
from models.trail import verify
from procedures.people import OPERATOR_PREFIX
from tests.houses import Told
from tests.signing import Telephones

pytestmark = pytest.mark.slow

THIEFS, SHELL, NEW = "digest-of-a-thief", "shell", "correct horse battery staple"


@pytest.fixture
def told(tmp_path: Path, database_settings: str) -> Iterator[Told]:
    told = Told(tmp_path / "data", database_settings)
    yield told
    told.close()


def joined_anew(told: Told, account: str, _password: str) -> None:
    database, now = told.house.database, told.clock.now()
    join(database, invite(database, account, now, SHELL), NEW, now)


def reset(told: Told, _account: str, _password: str) -> None:
    reset_password(told.house.database, FIRST_OPERATOR, told.clock.now(), SHELL)


def factor_taken(told: Told, account: str, _password: str) -> None:
    take_factor(told.house.database, account, told.clock.now(), SHELL)


def changed_by_herself(told: Told, _account: str, password: str) -> None:
    house, now = told.house, told.clock.now()
    token = Telephones().token(house, FIRST_OPERATOR, password, now) or ""
    who = signed_in(house.database, token, now)
    assert who is not None
    change_password(house.database, who, token, (password, NEW), now)


@pytest.mark.parametrize("begin_anew", [joined_anew, reset, factor_taken, changed_by_herself])
def test_a_new_start_ends_the_sign_in_elsewhere_that_a_thief_tied(
    told: Told, begin_anew: Callable[[Told, str, str], None]
) -> None:
    database, now = told.house.database, told.clock.now()
    password = ensure_first_operator(database, now) or ""
    account = operator_named(database, FIRST_OPERATOR)
    tie_identity(database, account, THIEFS, now, f"{OPERATOR_PREFIX}{account}")

    begin_anew(told, account, password)

    with pytest.raises(UnknownIdentity):
        sign_in_by(database, THIEFS, now)
    assert identities_of(database, account) == []
    assert verify(database, told.house.keyring).faults == ()

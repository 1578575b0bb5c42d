"""Accounts in a house: roles that count at once, links that are good once, and a chain that shows all of it."""

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from models.accounts import ensure_first_operator, operator_named, sign_in, signed_in
from models.adding_accounts import add_operator, give_role, invite_new, take_role
from models.composition import House, open_house
from models.invitations import GOOD_FOR, InvitationOver, invite, invited, join
from models.migrations.running import settings_for
from models.trail import verify
from procedures.passwords import PasswordGuessed
from procedures.people import FOUNDING, NotYoursToGive, Role
from tests.houses import Told
from tests.signing import Telephones

PASSWORD = "lampone trattore nuvola grigia"  # invented
SHELL = "shell"
STRANGER = (
    "INSERT INTO operators (operator_id, name, password_hash, created_at, roles) "
    "VALUES ('x', 'eva', 'x', '2026-11-24 16:00:00', 'operator')"
)
"""An account that nobody made."""
OPERATOR = frozenset({Role.OPERATOR})


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    told = Told(tmp_path / "house")
    ensure_first_operator(told.house.database, told.clock.now())
    yield told
    told.close()


def faults(house: House) -> set[str]:
    return {fault.code for fault in verify(house.database, house.keyring).faults}


def altered(told: Told, *sentences: str) -> None:
    raw = sqlite3.connect(told.house.settings.data / "staffetta.sqlite")
    with raw:
        raw.execute("DROP TRIGGER person_acts_no_update")
        raw.execute("DROP TRIGGER person_acts_no_delete")
        for sentence in sentences:
            raw.execute(sentence)
    raw.close()


def olga(told: Told) -> str:
    """The token of a second account's sign-in."""
    database, now = told.house.database, told.clock.now()
    password = add_operator(database, "olga", OPERATOR, now, SHELL)
    token = Telephones().token(told.house, "olga", password, now)
    assert token is not None
    return token


def test_a_role_counts_from_the_next_request_on(told: Told) -> None:
    database, now, token = told.house.database, told.clock.now(), olga(told)
    account = operator_named(database, "olga")
    give_role(database, account, Role.AUDITOR, now, SHELL)
    given = signed_in(database, token, now)
    take_role(database, account, Role.OPERATOR, now, SHELL)
    taken = signed_in(database, token, now)
    assert given is not None
    assert taken is not None
    assert given.roles == {Role.OPERATOR, Role.AUDITOR}
    assert taken.roles == {Role.AUDITOR}
    assert faults(told.house) == set()


def test_what_somebody_may_not_do_leaves_nothing(told: Told) -> None:
    database, now = told.house.database, told.clock.now()
    token = olga(told)
    account = signed_in(database, token, now)
    assert account is not None
    with pytest.raises(NotYoursToGive):
        add_operator(database, "eva", FOUNDING, now, account.actor)
    with pytest.raises(NotYoursToGive):
        invite(database, account.operator_id, now, account.actor)
    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM operators")).scalar() == 2
        assert connection.execute(text("SELECT count(*) FROM person_acts")).scalar() == 3
        assert connection.execute(text("SELECT count(*) FROM invitations")).scalar() == 0


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        ("UPDATE operators SET roles = 'administrator operator' WHERE name = 'olga'", {"account"}),
        (STRANGER, {"account"}),
        ("UPDATE operators SET person = 'ada' WHERE name = 'olga'", {"account"}),
        ('UPDATE person_acts SET payload = \'{"roles":["auditor"]}\' WHERE seq = 2', {"hash", "account"}),
        ("DELETE FROM person_acts WHERE seq = 3", {"tail"}),
        ("DELETE FROM person_acts WHERE seq = 2", {"chain", "act"}),
        ("DELETE FROM person_acts WHERE seq = 1", {"chain", "account"}),
    ],
)
def test_the_check_finds_a_role_that_nobody_gave(damage: str, found: set[str], told: Told) -> None:
    olga(told)
    assert faults(told.house) == set()
    altered(told, damage)
    assert faults(told.house) >= found


def test_the_database_itself_refuses_to_change_what_was_done(told: Told) -> None:
    raw = sqlite3.connect(told.house.settings.data / "staffetta.sqlite")
    for damage in ("UPDATE person_acts SET actor = 'x'", "DELETE FROM person_acts"):
        with pytest.raises(sqlite3.IntegrityError):
            raw.execute(damage)
    raw.close()


def test_somebody_who_is_invited_sets_a_password_that_nobody_else_knew(told: Told) -> None:
    database, now = told.house.database, told.clock.now()
    token = invite_new(database, "olga", OPERATOR, now, SHELL)
    assert invited(database, token, now).name == "olga"
    join(database, token, PASSWORD, now)
    assert sign_in(database, "olga", PASSWORD, now) is not None
    assert faults(told.house) == set()


def test_a_link_is_good_once(told: Told) -> None:
    database, now = told.house.database, told.clock.now()
    token = invite_new(database, "olga", OPERATOR, now, SHELL)
    join(database, token, PASSWORD, now)
    with pytest.raises(InvitationOver):
        join(database, token, f"{PASSWORD} due", now)
    assert sign_in(database, "olga", PASSWORD, now) is not None


def test_a_link_is_good_for_three_days_and_until_the_next_is_made(told: Told) -> None:
    database, now = told.house.database, told.clock.now()
    first = invite_new(database, "olga", OPERATOR, now, SHELL)
    second = invite(database, operator_named(database, "olga"), now, SHELL)
    with pytest.raises(InvitationOver):
        invited(database, first, now)
    assert invited(database, second, now + GOOD_FOR - timedelta(seconds=1)).name == "olga"
    with pytest.raises(InvitationOver):
        invited(database, second, now + GOOD_FOR)


def test_a_password_that_is_tried_first_leaves_the_link_good(told: Told) -> None:
    database, now = told.house.database, told.clock.now()
    token = invite_new(database, "olga", OPERATOR, now, SHELL)
    with pytest.raises(PasswordGuessed):
        join(database, token, "passwordpassword", now)
    join(database, token, PASSWORD, now)


def test_a_new_password_by_link_ends_the_sign_ins_of_before(told: Told) -> None:
    database, now, old = told.house.database, told.clock.now(), olga(told)
    join(database, invite(database, operator_named(database, "olga"), now, SHELL), PASSWORD, now)
    assert signed_in(database, old, now) is None


def test_whoever_had_an_account_before_there_were_roles_keeps_what_she_could_do(told: Told) -> None:
    data = told.house.settings.data
    olga(told)
    with told.house.database.write() as connection:
        command.downgrade(settings_for(connection), "0004")
    again = open_house(data, with_vault=False, clock=told.clock)
    with again.database.read() as connection:
        kept = connection.execute(text("SELECT roles FROM operators")).scalars().all()
    assert kept == ["administrator coordinator operator"] * 2
    assert verify(again.database, told.house.keyring).sound
    again.close()

"""Who may do what: roles are given and taken by administrators, never to oneself, and never the last one."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procedures.errors import Refused
from procedures.people import (
    FOUNDING,
    OPERATOR_PREFIX,
    AccountMadeAlready,
    LastAdministrator,
    NotYoursToGive,
    People,
    PersonAct,
    PersonActKind,
    Role,
    RoleForOneself,
    RoleHeld,
    RoleNotHeld,
    UnknownAccount,
    after,
    people_of,
)

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
SHELL = "shell"


def act(kind: PersonActKind, account: str, *roles: Role, by: str = SHELL) -> PersonAct:
    actor = by if by == SHELL else f"{OPERATOR_PREFIX}{by}"
    return PersonAct(kind, NOON, actor, account, frozenset(roles))


def house(*more: PersonAct) -> People:
    ada = act(PersonActKind.MADE, "ada", Role.ADMINISTRATOR)
    olga = act(PersonActKind.MADE, "olga", Role.OPERATOR)
    return people_of([ada, olga, *more])


def test_an_administrator_gives_a_role_and_takes_it() -> None:
    given_ = house(act(PersonActKind.ROLE_GIVEN, "olga", Role.COORDINATOR, by="ada"))
    assert given_["olga"].roles == {Role.OPERATOR, Role.COORDINATOR}

    taken = after(given_, act(PersonActKind.ROLE_TAKEN, "olga", Role.OPERATOR, by="ada"))
    assert taken["olga"].roles == {Role.COORDINATOR}


def test_nobody_gives_a_role_to_herself() -> None:
    with pytest.raises(RoleForOneself):
        house(act(PersonActKind.ROLE_GIVEN, "ada", Role.OPERATOR, by="ada"))


@pytest.mark.parametrize("kind", [PersonActKind.ROLE_GIVEN, PersonActKind.ROLE_TAKEN, PersonActKind.INVITED])
def test_whoever_is_no_administrator_does_nothing_with_accounts(kind: PersonActKind) -> None:
    with pytest.raises(NotYoursToGive):
        house(act(kind, "ada", Role.ADMINISTRATOR, by="olga"))


def test_a_stranger_does_nothing_with_accounts() -> None:
    with pytest.raises(NotYoursToGive):
        house(act(PersonActKind.MADE, "eva", Role.ADMINISTRATOR, by="eva"))


def test_everybody_sets_her_own_password_and_nobody_elses() -> None:
    house(act(PersonActKind.PASSWORD_SET, "olga", by="olga"))
    with pytest.raises(NotYoursToGive):
        house(act(PersonActKind.PASSWORD_SET, "ada", by="olga"))


@pytest.mark.parametrize("kind", [PersonActKind.FACTOR_TAKEN, PersonActKind.PASSWORD_SET])
def test_no_sign_in_elsewhere_outlives_what_it_stood_beside(kind: PersonActKind) -> None:
    tied = PersonAct(PersonActKind.IDENTITY_TIED, NOON, f"{OPERATOR_PREFIX}olga", "olga", identity="d")
    assert house(tied, act(kind, "olga"))["olga"].identities == frozenset()


def test_the_last_administrator_stays_one() -> None:
    with pytest.raises(LastAdministrator):
        house(act(PersonActKind.ROLE_TAKEN, "ada", Role.ADMINISTRATOR))

    two = house(act(PersonActKind.ROLE_GIVEN, "olga", Role.ADMINISTRATOR))
    assert after(two, act(PersonActKind.ROLE_TAKEN, "ada", Role.ADMINISTRATOR, by="ada"))["ada"].roles == frozenset()


def test_what_would_change_nothing_is_said() -> None:
    with pytest.raises(RoleHeld):
        house(act(PersonActKind.ROLE_GIVEN, "olga", Role.OPERATOR))
    with pytest.raises(RoleNotHeld):
        house(act(PersonActKind.ROLE_TAKEN, "olga", Role.AUDITOR))
    with pytest.raises(AccountMadeAlready):
        house(act(PersonActKind.MADE, "olga", Role.OPERATOR))
    with pytest.raises(UnknownAccount):
        house(act(PersonActKind.ROLE_GIVEN, "nobody", Role.OPERATOR))


ACCOUNTS = st.sampled_from(["ada", "olga", "bea", "cleo"])
ACTS = st.builds(
    PersonAct,
    st.sampled_from(PersonActKind),
    st.just(NOON),
    st.one_of(ACCOUNTS.map(lambda account: f"{OPERATOR_PREFIX}{account}")),
    ACCOUNTS,
    st.frozensets(st.sampled_from(Role), min_size=1, max_size=2),
)


@given(st.lists(ACTS, max_size=30))
def test_whatever_they_try_nobody_gains_a_role_but_by_another_administrator(tried: list[PersonAct]) -> None:
    known = people_of([act(PersonActKind.MADE, "ada", *FOUNDING)])
    for one in tried:
        try:
            new = after(known, one)
        except Refused:
            continue
        who = one.actor.removeprefix(OPERATOR_PREFIX)
        gained = new[one.account].roles - (known[one.account].roles if one.account in known else frozenset())
        assert not gained or (who != one.account and Role.ADMINISTRATOR in known[who].roles)
        assert any(Role.ADMINISTRATOR in held.roles for held in new.values())
        known = new

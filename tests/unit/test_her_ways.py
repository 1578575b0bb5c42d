"""Somebody's own rules order her channels, at every hour and in every danger, and never silence one of them."""

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procedures.directory import Contact, ContactKind, Directory, NetworkPerson, OwnRule, OwnWays
from procedures.her_ways import first_channel, ways_of
from procedures.own_rules import (
    ChannelRule,
    EverythingOff,
    RuleUnclear,
    check_rules,
    fits_hour,
    hours_without,
)
from procedures.values import ROME

MAIL = Contact(kind=ContactKind.EMAIL, address="anna@example.org")
SMS = Contact(kind=ContactKind.SMS, address="+39 06 5550 1001")
CALL = Contact(kind=ContactKind.VOICE, address="+39 06 5550 1001")
PEC = Contact(kind=ContactKind.PEC, address="anna@pec.example.org")
ANNA = NetworkPerson(id="anna", name="Anna", contacts=(PEC, MAIL, SMS, CALL))
NOON, NIGHT = (datetime(2026, 12, 1, hour, tzinfo=ROME) for hour in (12, 3))
BY_DAY = {"since": "08:00", "until": "20:00"}
HOURS = st.sampled_from(["", "00:00", "07:30", "12:00", "23:59"])
RULES = st.lists(
    st.builds(
        OwnRule, contact=st.integers(1, 3), after=st.integers(0, 60), since=HOURS, until=HOURS, off=st.booleans()
    ),
    unique_by=lambda one: one.contact,
)


def network(*rules: OwnRule, verified: tuple[int, ...] = ()) -> Directory:
    own = {"anna": OwnWays(rules=rules, verified=verified)}
    return Directory(bodies={}, people={"anna": ANNA}, services={}, coordinators={}, desks={}, own=own)


def order(made: Directory, now: datetime = NOON, *, imminent: bool = False) -> list[Contact]:
    return [one.contact for one in ways_of(made, ANNA, now, imminent=imminent)]


def test_where_she_said_nothing_the_file_counts_and_calls_come_last() -> None:
    assert order(network()) == [MAIL, SMS, CALL]
    assert [one.after for one in ways_of(network(), ANNA, NOON)] == [timedelta(), None, None]


def test_her_order_counts_and_after_how_long() -> None:
    made = network(OwnRule(contact=3, after=9), OwnRule(contact=2, after=5), OwnRule(contact=1, after=10))
    ways = ways_of(made, ANNA, NOON)
    assert [one.contact for one in ways] == [CALL, SMS, MAIL]
    assert [one.after for one in ways] == [timedelta(), timedelta(minutes=5), timedelta(minutes=10)]


def test_what_is_off_or_closed_comes_after_the_others_and_only_if_they_fail() -> None:
    made = network(OwnRule(contact=2, **BY_DAY), OwnRule(contact=1, off=True), OwnRule(contact=3, after=5))
    assert order(made) == [SMS, CALL, MAIL]
    assert order(made, NIGHT) == [CALL, MAIL, SMS]
    assert [one.after for one in ways_of(made, ANNA, NIGHT)] == [timedelta(), None, None]


def test_in_imminent_danger_no_quiet_hours_count_and_what_is_off_stays_last() -> None:
    made = network(OwnRule(contact=2, **BY_DAY), OwnRule(contact=1, off=True), OwnRule(contact=3, **BY_DAY))
    assert order(made, NIGHT) == [MAIL, SMS, CALL], "no hour fits, so the file counts"
    assert order(made, NIGHT, imminent=True) == [SMS, CALL, MAIL]
    assert first_channel(made, "anna", NIGHT, imminent=False) == "email"
    assert first_channel(made, "anna", NIGHT, imminent=True) == "sms"
    assert first_channel(made, None, NIGHT, imminent=True) is None


def test_a_channel_that_was_not_verified_comes_after_those_that_were() -> None:
    assert order(network(verified=(2,))) == [SMS, MAIL, CALL]
    assert order(network(OwnRule(contact=1), verified=(3,))) == [CALL, MAIL, SMS]


@given(rules=RULES, verified=st.sets(st.integers(0, 3)), minute=st.integers(0, 1439), imminent=st.booleans())
def test_no_rule_ever_silences_a_channel_and_the_first_goes_at_once(
    rules: list[OwnRule], verified: set[int], minute: int, imminent: bool
) -> None:
    now = datetime.combine(NOON.date(), time(minute // 60, minute % 60), ROME)
    ways = ways_of(network(*rules, verified=tuple(verified)), ANNA, now, imminent=imminent)
    assert sorted(one.contact.kind for one in ways) == ["email", "sms", "voice"]
    assert ways[0].after == timedelta()


def test_hours_go_past_midnight() -> None:
    assert fits_hour("22:00", "07:00", time(23))
    assert fits_hour("22:00", "07:00", time(6, 59))
    assert not fits_hour("22:00", "07:00", time(7))
    assert fits_hour("", "", time(3))


def rule(channel: str = "email.a", since: str = "08:00", until: str = "20:00", **more: bool) -> ChannelRule:
    return ChannelRule(channel, 0, since, until, **more)


def test_the_hours_are_said_at_which_none_fits() -> None:
    assert hours_without([rule()]) == [("20:00", "08:00")]
    assert hours_without([rule(), rule("sms.b", "20:00", "22:00")]) == [("22:00", "08:00")]
    assert hours_without([rule(), rule("sms.b", "12:00", "08:00")]) == ()
    assert hours_without([rule(), rule("sms.b", "12:00", "08:00", off=True)]) == [("20:00", "08:00")]
    assert hours_without([rule(until="12:00"), rule("sms.b", "13:00", "20:00")]) == [
        ("12:00", "13:00"),
        ("20:00", "08:00"),
    ]
    assert hours_without([]) == ()


@pytest.mark.parametrize(
    "wrong",
    [
        [rule(), rule()],
        [rule(since="8")],
        [rule(since="25:00")],
        [rule(until="")],
        [rule(since="20:00")],
        [ChannelRule("email.a", 61)],
        [ChannelRule("email.a", -1)],
        [ChannelRule("")],
    ],
)
def test_rules_that_nobody_understands_are_not_kept(wrong: list[ChannelRule]) -> None:
    with pytest.raises(RuleUnclear):
        check_rules(wrong)


def test_not_everything_is_off() -> None:
    with pytest.raises(EverythingOff):
        check_rules([rule(off=True), rule("sms.b", off=True)])
    check_rules([rule(off=True), rule("sms.b")])
    check_rules([])

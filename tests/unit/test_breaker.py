"""When a carrier rests, who tries it again, and what says nothing against it."""

from collections.abc import Callable

import pytest

from models.tried import CARRIER_RESTS
from notifiers.breaker import (
    IN_A_ROW,
    LINE_AGAIN_SECONDS,
    REST_SECONDS,
    RESTS,
    SIGN_IN_AGAIN_SECONDS,
    TRIED_FOR_SECONDS,
    Breaker,
    Trouble,
    trouble_in,
)
from notifiers.outcomes import Accepted, FailedTemporary, Outcome, RejectedPermanent, Uncertain

DOWN = FailedTemporary("connect")


class Told:
    """A breaker whose seconds are told."""

    def __init__(self) -> None:
        self.seconds = 100.0
        self.breaker = Breaker(lambda: self.seconds)

    def came(self, *outcomes: Outcome) -> None:
        for outcome in outcomes:
            self.breaker.note(outcome)


def test_the_outbox_knows_the_code_by_the_same_name() -> None:
    assert RESTS == CARRIER_RESTS


def test_one_that_works_is_always_tried() -> None:
    told = Told()
    told.came(*[Accepted()] * 50)
    assert told.breaker.may_try()
    assert told.breaker.trouble is None
    assert told.breaker.has_worked


def test_before_the_third_failure_in_a_row_it_is_tried_by_everybody() -> None:
    told = Told()
    told.came(*[DOWN] * (IN_A_ROW - 1))
    assert told.breaker.may_try()
    assert told.breaker.trouble == Trouble("connect", IN_A_ROW - 1)


def test_after_it_nobody_tries_for_a_while_and_then_one() -> None:
    told = Told()
    told.came(*[DOWN] * IN_A_ROW)
    assert not told.breaker.may_try()
    told.seconds += REST_SECONDS
    assert told.breaker.may_try()
    assert not told.breaker.may_try()


def test_the_one_that_tried_opens_the_way_or_shuts_it_again() -> None:
    told = Told()
    told.came(*[DOWN] * IN_A_ROW)
    told.seconds += REST_SECONDS
    assert told.breaker.may_try()
    told.came(DOWN)
    assert not told.breaker.may_try()
    told.seconds += REST_SECONDS
    assert told.breaker.may_try()
    told.came(Accepted())
    assert told.breaker.may_try()
    assert told.breaker.trouble is None


def test_whoever_tried_it_and_was_not_let_go_or_never_came_back_stops_nobody_for_ever() -> None:
    told = Told()
    told.came(*[DOWN] * IN_A_ROW)
    told.seconds += REST_SECONDS
    assert told.breaker.may_try()
    told.breaker.let_go()
    assert told.breaker.may_try()
    told.seconds += TRIED_FOR_SECONDS
    assert told.breaker.may_try()


@pytest.mark.parametrize(
    "outcome",
    [
        Accepted("x"),
        RejectedPermanent("550 5.1.1"),
        FailedTemporary("450 4.2.1"),
        FailedTemporary("452 4.2.2"),
        FailedTemporary("busy"),
    ],
)
def test_what_concerns_a_recipient_or_our_own_queue_says_nothing_against_the_carrier(outcome: Outcome) -> None:
    assert trouble_in(outcome) is None


@pytest.mark.parametrize(
    "outcome",
    [
        FailedTemporary("connect"),
        FailedTemporary("sign-in"),
        FailedTemporary("421"),
        FailedTemporary("429", 3.0),
        FailedTemporary("402"),
        Uncertain("timeout"),
        Uncertain("503"),
        RejectedPermanent("redirect"),
    ],
)
def test_what_concerns_the_carrier_does(outcome: Outcome) -> None:
    assert trouble_in(outcome)


def test_a_full_mailbox_neither_ends_a_trouble_nor_begins_one() -> None:
    told = Told()
    told.came(DOWN, FailedTemporary("452 4.2.2"), DOWN)
    assert told.breaker.trouble == Trouble("connect", 2)


def test_two_connections_that_do_not_come_about_are_trouble_and_let_no_message_rest() -> None:
    told = Told()
    for _look in range(IN_A_ROW):
        told.breaker.note_line(DOWN)
    assert told.breaker.trouble == Trouble("connect", IN_A_ROW)
    assert told.breaker.may_try()


@pytest.mark.parametrize("over", [lambda one: one.note_line(None), lambda one: one.note(Accepted())])
def test_a_connection_or_a_message_that_was_taken_ends_it(over: Callable[[Breaker], None]) -> None:
    told = Told()
    told.breaker.note_line(DOWN)
    told.breaker.note_line(DOWN)
    over(told.breaker)
    assert told.breaker.trouble is None


@pytest.mark.parametrize(("code", "seconds"), [("connect", LINE_AGAIN_SECONDS), ("sign-in", SIGN_IN_AGAIN_SECONDS)])
def test_a_server_that_is_away_is_asked_less_often_and_least_of_all_with_a_wrong_password(
    code: str, seconds: float
) -> None:
    told = Told()
    allowed = []
    for elapsed in (0, 0, seconds - 1, 1):
        told.seconds += elapsed
        allowed.append(told.breaker.may_open_line)
        if len(allowed) <= 2:
            told.breaker.note_line(FailedTemporary(code))
    assert allowed == [True, True, False, True]

"""When a carrier rests, who tries it again, and what says nothing against it."""

import pytest

from models.tried import CARRIER_RESTS
from notifiers.breaker import IN_A_ROW, REST_SECONDS, RESTS, TRIED_FOR_SECONDS, Breaker, Trouble, trouble_in
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

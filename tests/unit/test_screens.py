"""Screens of danger: they may see it, and never say that there is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procedures.screens import DA5, DASH_ITEMS, Answer, at_least_high, da5, dash

LEVELS = ("low", "medium", "high", "imminent")
ANSWERS = st.dictionaries(st.sampled_from(sorted(DA5)), st.sampled_from(Answer))


def answered(yes: int, no: int = 0) -> dict[str, Answer]:
    items = list(DA5)
    return dict.fromkeys(items[:yes], Answer.YES) | dict.fromkeys(items[yes : yes + no], Answer.NO)


@pytest.mark.parametrize(("yes", "high"), [(0, False), (2, False), (3, True), (5, True)])
def test_three_of_the_five_items_are_high_danger(yes: int, *, high: bool) -> None:
    assert da5(answered(yes)).high is high


def test_what_was_not_answered_may_still_make_it_high_and_is_no_no() -> None:
    assert da5(answered(2)).open
    assert da5(answered(2, no=2)).open
    assert not da5(answered(2, no=3)).open
    assert not da5(answered(1, no=3)).open
    assert not da5(answered(3)).open


@pytest.mark.parametrize(("count", "high"), [(0, False), (13, False), (14, True), (DASH_ITEMS, True)])
def test_fourteen_items_of_dash_are_high_danger_and_judgement_comes_before_the_count(count: int, *, high: bool) -> None:
    assert dash(count, judged=False).high is high
    assert dash(count, judged=True).high


@given(ANSWERS, st.sampled_from(sorted(DA5)))
def test_another_yes_never_makes_it_less(answers: dict[str, Answer], item: str) -> None:
    assert da5(answers | {item: Answer.YES}).high >= da5(answers).high


@given(st.sampled_from(["", *LEVELS]))
def test_a_score_raises_the_level_and_never_lowers_it(told: str) -> None:
    after = at_least_high(told, LEVELS)
    assert LEVELS.index(after) >= LEVELS.index("high")
    assert told == "" or LEVELS.index(after) >= LEVELS.index(told)


def test_a_vocabulary_without_that_level_is_left_alone() -> None:
    assert at_least_high("red", ("green", "red")) == "red"

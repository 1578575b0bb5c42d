"""What acts make of editions: two people adopt, numbers rise, and nothing else comes into force."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procedures.edition_errors import (
    AdoptedAlready,
    AlreadyProposed,
    EditionInForce,
    EditionLowerThanLast,
    EditionNotHigher,
    EditionTaken,
    NothingInForce,
    NotInForce,
    NotProposed,
    TakenOutAlready,
)
from procedures.editions import Act, ActKind, EditionState, after, editions_of, in_force, last_in_force
from procedures.errors import Refused

AT = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
SHIPPED = ("shipped", 1, "one", "product")


def act(kind: str, edition: int, text: str, actor: str = "anna") -> Act:
    return Act(ActKind(kind), AT, actor, "shelter", edition, text)


def states(*acts: tuple[str, int, str, str]) -> dict[tuple[int, str], str]:
    known = editions_of(act(*one) for one in acts)
    return {(one.edition, one.content_hash): one.state.value for one in known["shelter"]}


def test_what_ships_first_is_in_force_at_once() -> None:
    assert states(SHIPPED) == {(1, "one"): "in_force"}


def test_what_ships_later_waits_to_be_adopted() -> None:
    assert states(SHIPPED, ("shipped", 2, "two", "product")) == {(1, "one"): "in_force", (2, "two"): "beside"}


def test_a_proposal_is_in_force_with_the_second_person() -> None:
    one = (SHIPPED, ("proposed", 2, "two", "anna"), ("adopted", 2, "two", "anna"))
    assert states(*one) == {(1, "one"): "in_force", (2, "two"): "proposed"}
    assert states(*one, ("adopted", 2, "two", "berta")) == {(1, "one"): "past", (2, "two"): "in_force"}


def test_a_lower_proposal_is_overtaken() -> None:
    made = states(
        SHIPPED,
        ("proposed", 2, "two", "anna"),
        ("proposed", 3, "three", "anna"),
        ("adopted", 3, "three", "anna"),
        ("adopted", 3, "three", "berta"),
    )
    assert made == {(1, "one"): "past", (2, "two"): "past", (3, "three"): "in_force"}


def test_a_withdrawn_number_may_be_proposed_with_another_text() -> None:
    made = states(
        SHIPPED, ("proposed", 2, "two", "anna"), ("withdrawn", 2, "two", "anna"), ("proposed", 2, "2", "anna")
    )
    assert made == {(1, "one"): "in_force", (2, "two"): "withdrawn", (2, "2"): "proposed"}


def test_a_later_shipped_text_that_was_proposed_and_withdrawn_waits_as_before() -> None:
    made = states(
        SHIPPED,
        ("shipped", 2, "two", "product"),
        ("proposed", 2, "two", "anna"),
        ("withdrawn", 2, "two", "anna"),
    )
    assert made[2, "two"] == "beside"


PROPOSED = (SHIPPED, ("proposed", 3, "three", "anna"))
WRONG = [
    (EditionInForce, PROPOSED, ("proposed", 1, "one", "anna")),
    (EditionTaken, PROPOSED, ("proposed", 1, "another", "anna")),
    (EditionTaken, PROPOSED, ("proposed", 3, "another", "berta")),
    (AlreadyProposed, PROPOSED, ("proposed", 3, "three", "berta")),
    (EditionNotHigher, (("shipped", 2, "two", "product"),), ("proposed", 1, "one", "anna")),
    (NotProposed, PROPOSED, ("adopted", 2, "two", "anna")),
    (NotProposed, PROPOSED, ("adopted", 3, "another", "anna")),
    (NotProposed, PROPOSED, ("withdrawn", 1, "one", "anna")),
    (AdoptedAlready, (*PROPOSED, ("adopted", 3, "three", "anna")), ("adopted", 3, "three", "anna")),
]


@pytest.mark.parametrize(("error", "before", "wrong"), WRONG)
def test_what_cannot_be_done_is_refused_by_name(
    error: type[Refused], before: tuple[tuple[str, int, str, str], ...], wrong: tuple[str, int, str, str]
) -> None:
    known = editions_of(act(*one) for one in before)
    with pytest.raises(error):
        after(known, act(*wrong))


ACTS = st.tuples(
    st.sampled_from(list(ActKind)),
    st.integers(1, 4),
    st.sampled_from(["a", "b", "c"]),
    st.sampled_from(["anna", "berta", "carla"]),
)


@given(st.lists(ACTS, max_size=25))
def test_whatever_is_tried_nothing_but_the_first_shipped_comes_into_force_without_two_people(
    tried: list[tuple[ActKind, int, str, str]],
) -> None:
    known, highest = editions_of([]), 0
    for one in tried:
        try:
            known = after(known, act(*one))
        except Refused:
            continue
        now = in_force(known, "shelter")
        if now is None:
            continue
        assert now.shipped or len({actor for actor, _at in now.adopted}) == 2
        assert now.edition >= highest
        highest = now.edition
        one_in_force = [edition for edition in known["shelter"] if edition.state is EditionState.IN_FORCE]
        assert one_in_force == [now]


OUT = (("taken_out", 1, "one", "anna"), ("taken_out", 1, "one", "berta"))


def test_a_pathway_is_out_of_force_with_the_second_person() -> None:
    assert states(SHIPPED, OUT[0]) == {(1, "one"): "in_force"}
    assert states(SHIPPED, *OUT) == {(1, "one"): "out_of_force"}


@pytest.mark.parametrize(
    ("acts", "refusal"),
    [
        ((SHIPPED, OUT[0], OUT[0]), TakenOutAlready),
        ((SHIPPED, ("taken_out", 2, "two", "anna")), NotInForce),
        ((SHIPPED, ("taken_out", 1, "another", "anna")), NotInForce),
        ((SHIPPED, *OUT, ("taken_out", 1, "one", "carla")), NothingInForce),
        ((SHIPPED, *OUT, ("proposed", 0, "zero", "anna")), EditionLowerThanLast),
    ],
)
def test_what_cannot_be_taken_out_is_refused(
    acts: tuple[tuple[str, int, str, str], ...], refusal: type[Refused]
) -> None:
    with pytest.raises(refusal):
        states(*acts)


def test_one_persons_wish_is_taken_back_and_counts_no_more() -> None:
    back = (SHIPPED, OUT[0], ("withdrawn", 1, "one", "berta"), OUT[1])
    assert states(*back) == {(1, "one"): "in_force"}


def test_the_next_release_does_not_bring_back_what_two_people_took_out() -> None:
    made = states(SHIPPED, *OUT, ("shipped", 2, "two", "product"))
    assert made == {(1, "one"): "out_of_force", (2, "two"): "beside"}


def test_what_was_taken_out_comes_back_when_two_people_adopt_it_again() -> None:
    again = (SHIPPED, *OUT, ("proposed", 1, "one", "anna"))
    known = editions_of(act(*one) for one in again)
    assert (in_force(known, "shelter"), last_in_force(known, "shelter")) == (None, known["shelter"][0])
    assert states(*again, ("withdrawn", 1, "one", "anna")) == {(1, "one"): "out_of_force"}
    assert states(*again, ("adopted", 1, "one", "anna"), ("adopted", 1, "one", "berta")) == {(1, "one"): "in_force"}

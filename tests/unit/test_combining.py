"""Callers that come together are answered together; each gets its own answer, and its own failure."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from models.combining import Combiner


class Desk:
    """Doubles numbers, refuses thirteen, and notes how many came at a time."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.open = threading.Event()
        self.busy = threading.Event()

    def work(self, questions: Sequence[int]) -> list[int | BaseException]:
        self.busy.set()
        assert self.open.wait(5)
        self.batches.append(len(questions))
        return [ValueError(number) if number == 13 else 2 * number for number in questions]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_whoever_comes_alone_is_answered_alone(desk: Desk) -> None:
    desk.open.set()
    combiner = Combiner(desk.work)
    assert combiner.ask(21, within=1) == 42
    assert desk.batches == [1]


def test_those_who_come_meanwhile_share_the_next_turn(desk: Desk) -> None:
    combiner = Combiner(desk.work)
    with ThreadPoolExecutor(9) as callers:
        first = callers.submit(combiner.ask, 0, 5)
        assert desk.busy.wait(5)
        others = [callers.submit(combiner.ask, number, 5) for number in range(1, 9)]
        while len(combiner._waiting) < 8:
            threading.Event().wait(0.01)
        desk.open.set()
        assert [first.result(5), *(other.result(5) for other in others)] == [2 * number for number in range(9)]
    assert desk.batches == [1, 8]


def test_a_failure_is_its_askers_alone(desk: Desk) -> None:
    combiner = Combiner(desk.work)
    with ThreadPoolExecutor(4) as callers:
        waiting = [callers.submit(combiner.ask, number, 5) for number in (1, 13, 2)]
        desk.open.set()
        assert waiting[0].result(5) == 2
        assert waiting[2].result(5) == 4
        with pytest.raises(ValueError, match="13"):
            waiting[1].result(5)


def test_a_failure_of_the_whole_work_is_everybodys() -> None:
    def break_down(questions: Sequence[int]) -> list[int | BaseException]:
        raise OSError(len(questions))

    with pytest.raises(OSError, match="1"):
        Combiner(break_down).ask(1, within=1)


def test_whoever_waited_too_long_takes_the_question_back(desk: Desk) -> None:
    combiner = Combiner(desk.work)
    with ThreadPoolExecutor(1) as callers:
        first = callers.submit(combiner.ask, 1, 5)
        assert desk.busy.wait(5)
        with pytest.raises(TimeoutError):
            combiner.ask(2, within=0.05)
        desk.open.set()
        assert first.result(5) == 2
    assert desk.batches == [1]


def test_no_batch_is_larger_than_it_may_be(desk: Desk) -> None:
    combiner = Combiner(desk.work, most=3)
    with ThreadPoolExecutor(8) as callers:
        first = callers.submit(combiner.ask, 0, 5)
        assert desk.busy.wait(5)
        others = [callers.submit(combiner.ask, number, 5) for number in range(1, 8)]
        while len(combiner._waiting) < 7:
            threading.Event().wait(0.01)
        desk.open.set()
        assert [first.result(5), *(other.result(5) for other in others)] == [2 * number for number in range(8)]
    assert max(desk.batches) == 3


def test_whoever_takes_a_question_back_takes_back_her_own(desk: Desk) -> None:
    combiner = Combiner(desk.work)
    with ThreadPoolExecutor(2) as callers:
        first = callers.submit(combiner.ask, 1, 5)
        assert desk.busy.wait(5)
        patient = callers.submit(combiner.ask, 2, 5)
        while not combiner._waiting:
            threading.Event().wait(0.01)
        with pytest.raises(TimeoutError):
            combiner.ask(2, within=0.05)
        desk.open.set()
        assert (first.result(5), patient.result(5)) == (2, 4)
    assert desk.batches == [1, 1]

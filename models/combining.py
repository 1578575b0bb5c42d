"""Callers that come together share one transaction: the first does the work of all who wait, and hands each its own.

SQLite has one pen and each commit waits for the disk. Two hundred cases opened at once would wait two hundred times,
one behind the other; together they wait a few times. A caller who comes alone waits for nobody.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Q = TypeVar("Q")
A = TypeVar("A")
MOST = 50
"""As many at once: the last of them waits for the decisions of all before it, some 3 ms each."""


@dataclass(slots=True, eq=False)  # two equal questions are two: each takes back its own
class _Asked(Generic[Q, A]):
    """One caller's question, and what became of it."""

    question: Q
    answer: A | None = None
    failure: BaseException | None = None
    done: bool = False


class Combiner(Generic[Q, A]):
    """Answers questions in batches, each in the thread of one of those who ask."""

    def __init__(self, work: Callable[[Sequence[Q]], Sequence[A | BaseException]], most: int = MOST) -> None:
        """`work` answers all of these questions in their order, a failure standing where its answer would.

        What `work` raises is everybody's.
        """
        self._work = work
        self._most = most
        self._waiting: deque[_Asked[Q, A]] = deque()
        self._turn = threading.Lock()

    def ask(self, question: Q, within: float) -> A:
        """The answer. Raises what became of this question alone, or of the whole batch.

        Raises:
            TimeoutError: nobody's turn ended within so many seconds; the question was taken back.
        """
        asked: _Asked[Q, A] = _Asked(question)
        self._waiting.append(asked)
        if not self._turn.acquire(timeout=within):
            return self._taken_back(asked)
        try:
            while not asked.done:
                self._answer_some()
        finally:
            self._turn.release()
        return _told(asked)

    def _taken_back(self, asked: _Asked[Q, A]) -> A:
        try:
            self._waiting.remove(asked)
        except ValueError:
            # Somebody has it under way: what becomes of it must be known.
            with self._turn:
                return _told(asked)
        raise TimeoutError

    def _answer_some(self) -> None:
        batch = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
        try:
            answers = self._work([asked.question for asked in batch])
        except BaseException as failure:
            for asked in batch:
                asked.failure, asked.done = failure, True
            if not isinstance(failure, Exception):
                raise
            return
        for asked, answer in zip(batch, answers, strict=True):
            if isinstance(answer, BaseException):
                asked.failure = answer
            else:
                asked.answer = answer
            asked.done = True


def _told(asked: _Asked[Q, A]) -> A:
    if asked.failure is not None:
        raise asked.failure
    return asked.answer  # type: ignore[return-value]  # done without a failure: it was answered

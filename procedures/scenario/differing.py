"""What was expected and did not happen, what happened and was not expected, and what was never to happen."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from procedures.scenario.language import Line, Scenario
from procedures.scenario.running import BlockRun, ScenarioRun, Told


class Sort(StrEnum):
    """What is wrong with a line."""

    MISSING = "missing"
    """It was expected, and did not happen."""
    UNEXPECTED = "unexpected"
    """It happened, and nobody expected it."""
    NEVER = "never"
    """It happened, and was never to."""
    STANDS = "stands"
    """It does not stand as it was to."""


@dataclass(frozen=True, slots=True)
class Divergence:
    """One line that differs. `happened` is what most looks like it, where anything does."""

    sort: Sort
    line: int
    column: int
    expected: str
    happened: str


@dataclass(frozen=True, slots=True)
class Failure:
    """The first moment of a scenario that is not as it says; what follows from there is not compared."""

    scenario: Scenario
    block: BlockRun
    divergences: tuple[Divergence, ...]
    so_far: tuple[Told, ...]
    """Everything that happened up to the end of that moment."""
    rehearsed: bool = False
    """Whether a real house made something else of it than the rules."""


def failure(run: ScenarioRun) -> Failure | None:
    """Where the run first is not what its scenario says; None where it is."""
    so_far: list[Told] = []
    for block in run.blocks:
        so_far += block.told
        found = tuple(_of_block(run.scenario, block))
        if found:
            return Failure(run.scenario, block, found, tuple(so_far))
    return None


def unlike(ruled: ScenarioRun, rehearsed: ScenarioRun) -> Failure | None:
    """Where a real house made something else of a scenario than the rules; None where both agree."""
    so_far: list[Told] = []
    for by_rules, in_house in zip(ruled.blocks, rehearsed.blocks, strict=True):
        so_far += in_house.told
        lines = tuple(Line(words, by_rules.block.node) for words in by_rules.happened)
        asked = replace(in_house, block=replace(in_house.block, expected=lines, open_ended=False, never=()))
        found = tuple(_of_block(replace(ruled.scenario, never=()), asked))
        if found:
            return Failure(ruled.scenario, in_house, found, tuple(so_far), rehearsed=True)
    return None


def _of_block(scenario: Scenario, block: BlockRun) -> Iterator[Divergence]:
    missing, left = [], list(block.happened)
    for line in block.block.expected:
        if line.words in left:
            left.remove(line.words)
        else:
            missing.append(line)
    others = list(left)
    for line in missing:
        like = _like(line.words, others)
        if like:
            others.remove(like)
        yield _divergence(Sort.MISSING, line, like)
    if not block.block.open_ended:
        # What stands beside a missing line is told there already.
        node = block.block.node
        yield from (Divergence(Sort.UNEXPECTED, node.line, node.column, "", words) for words in others)
    for line in (*block.block.never, *scenario.never):
        yield from (_divergence(Sort.NEVER, line, words) for words in block.happened if holds_words(words, line.words))
    for line in block.block.now:
        if line.words not in block.stands:
            yield _divergence(Sort.STANDS, line, _like(line.words, sorted(block.stands)))


def _divergence(sort: Sort, line: Line, happened: str) -> Divergence:
    return Divergence(sort, line.node.line, line.node.column, line.words, happened)


def _like(words: str, others: list[str]) -> str:
    """The line that most looks like it, among those about the same thing."""
    same = [other for other in others if other.split(" ")[:2] == words.split(" ")[:2]]
    return next(iter(difflib.get_close_matches(words, same, n=1, cutoff=0.3)), "")


def holds_words(line: str, words: str) -> bool:
    """Whether the words stand side by side in the line."""
    return f" {words} " in f" {line} "

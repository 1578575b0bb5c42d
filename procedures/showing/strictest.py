"""Which of several limits is the strictest, in the words of the procedure that set it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from procedures.case import Handoff, LimitState, PathwayRun
from procedures.language.limits import Clock, Limit
from procedures.remeasuring import limits_of
from procedures.schema import Fact, Pathway
from procedures.showing.conditions import Speaker


@dataclass(frozen=True, slots=True)
class Ending:
    """One end of time, and the rule that set it."""

    at: datetime
    passed: bool
    clock: Clock
    rule: str
    """Empty where the trail does not say it: it is older than that."""
    strictest: bool


class Rules:
    """Says the rules of one text in one language."""

    def __init__(
        self, pathway: Pathway, facts: Mapping[str, Fact], translate: Callable[[str], str], language: str
    ) -> None:
        self._pathway = pathway
        self._speaker = Speaker(pathway, facts, translate, language)

    def of_handoff(self, handoff: Handoff) -> tuple[Ending, ...]:
        """The ends of time for its result, earliest first."""
        step = self._pathway.steps.get(handoff.step)
        return self._endings(handoff.limits, limits_of(step) if step else ())

    def of_run(self, run: PathwayRun) -> tuple[Ending, ...]:
        """Those of the pathway as a whole."""
        return self._endings(run.limits, self._pathway.within)

    def _endings(self, ends: tuple[LimitState, ...], limits: tuple[Limit, ...]) -> tuple[Ending, ...]:
        said = {limit.words: self._speaker.limit(limit) for limit in limits}
        coming = sorted(end.at for end in ends if not end.passed)
        return tuple(
            Ending(end.at, end.passed, end.clock, said.get(end.words, ""), end.at in coming[:1])
            for end in sorted(ends, key=lambda end: end.at)
        )

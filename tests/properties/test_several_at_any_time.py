"""Pathways drawn at random that ask several at once: whatever anybody does, no place is lost."""

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from procedures.case import HandoffState, PathwayRun, StepState
from procedures.choosing_terms import choice_of
from procedures.evolving import replay
from procedures.language.choosing import HowMany
from procedures.loading import check_texts, load_pathway
from procedures.schema import Pathway
from tests.properties.pathways_drawn import drawn_pathway
from tests.properties.test_anything_at_any_time import ACTS, Anybody
from tests.properties.test_exploring_agrees import FACTS_OF_THE_DRAWN, library_of_text, opened

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
OTHERS = (("edition: 1", "edition: 2"), ("how_many: 2", "how_many: 3"), ("15 min", "18 min"))


class OfSeveral(Anybody):
    """Anybody, in a case of a pathway that was drawn."""

    text = ""

    def editions_of(self, name: str) -> Sequence[Pathway]:
        """The drawn text, and another in which its times differ, and how many are asked."""
        assert name == "drawn"
        other = self.text
        for old, new in OTHERS:
            other = other.replace(old, new)
        return [load_pathway(text, "drawn.yaml", FACTS_OF_THE_DRAWN) for text in (self.text, other)]

    def most_at_work(self, run: PathwayRun, name: str) -> int:
        step = self.story.library.by_hash[run.content_hash].steps[name]
        if not choice_of(step).each:
            return super().most_at_work(run, name)
        return max(choice_of(step).fewest, 2)  # two services offer each competence

    def no_place_is_lost(self) -> None:
        """Of those who bring their result each, as many are at work or done as were asked for."""
        for run in self.story.state.runs.values():
            for name, step in run.steps.items():
                choice = choice_of(self.story.library.by_hash[run.content_hash].steps[name])
                handoffs = [self.story.state.handoffs[ref] for ref in step.handoffs]
                if choice.each and step.state in {StepState.ACTIVE, StepState.DONE} and handoffs:
                    closed = any(one.state is HandoffState.CANCELLED for one in handoffs)  # a signal ended it
                    held = sum(one.is_open or one.state is HandoffState.COMPLETED for one in handoffs)
                    assert closed or held >= choice.fewest, step
                    assert choice.how_many is HowMany.ALL or closed or held == choice.fewest, step


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
@given(drawn_pathway(), st.data())
def test_whatever_anybody_does_no_place_of_several_is_lost_and_the_case_comes_home(
    text: str, data: st.DataObject
) -> None:
    # Of `first`, the coordinator holds all of them through one: nothing is due for the others.
    assume("how_many: " in text and "how_many: first" not in text)
    assume(not check_texts({"drawn.yaml": text}, FACTS_OF_THE_DRAWN))
    library = library_of_text(text)
    begun = opened(data, library, next(iter(library.current.values())))
    case = OfSeveral(data, begun.story, begun.pathway)
    case.text = text
    for _ in range(data.draw(st.integers(0, 40))):
        getattr(case, data.draw(st.sampled_from(ACTS)))()
        case.no_place_is_lost()
    case.said_once()
    case.is_brought_to_its_end()
    assert replay(case.story.trail) == case.story.state

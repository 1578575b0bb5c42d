"""The guide's meeting that counts with so many, and with one that must be among them, does what the page says."""

from collections.abc import Mapping

import pytest

from procedures import commands as c
from procedures.case import StepState
from procedures.loading import load_pathway, shipped_facts
from procedures.schema import Library
from tests.making import Story, directory, service
from tests.unit.pieces import ROOT, pieces

TEXT = next(one.text for one in pieces(ROOT / "docs" / "language.md") if "pathway: conference\n" in one.text)
MEMBERS = ("police", "social", "health", "legal")
COMPETENCES = ("police", "social_services", "emergency_health", "legal_aid", "risk_assessment")


def answered(said: Mapping[str, str]) -> Story:
    pathway = load_pathway(TEXT, "conference.yaml", shipped_facts())
    known = Library(
        current={pathway.name: pathway}, by_hash={pathway.content_hash: pathway}, facts=dict(shipped_facts())
    )
    network = directory(*(service(name, name) for name in COMPETENCES))
    story = Story(known, network).opened(pathway="conference", consents=frozenset({"conference"}), facts={})
    for member, result in said.items():
        ref = story.handoff(f"{member}_member").ref
        story.say(c.AcceptHandoff, ref=ref)
        story.say(c.CompleteHandoff, ref=ref, result=result)
    return story


@pytest.mark.parametrize(
    ("answers", "meets"),
    [
        (("comes", "comes", "comes", None), True),
        (("comes", "cannot", "comes", "comes"), True),
        (("cannot", "comes", "comes", "comes"), False),
        (("comes", "cannot", "cannot", None), False),
        (("comes", "comes", None, None), None),
        ((None, "comes", "comes", "comes"), None),
    ],
)
def test_the_meeting_is_held_with_three_of_four_and_the_police_among_them(
    answers: tuple[str | None, ...], meets: bool | None
) -> None:
    story = answered({member: said for member, said in zip(MEMBERS, answers, strict=True) if said})
    (run,) = story.state.runs.values()
    stands = {name: run.steps[name].state for name in ("meet", "put_off")}
    assert (
        stands
        == {
            True: {"meet": StepState.ACTIVE, "put_off": StepState.WAITING},
            False: {"meet": StepState.SKIPPED, "put_off": StepState.ACTIVE},
            None: {"meet": StepState.WAITING, "put_off": StepState.WAITING},
        }[meets]
    )

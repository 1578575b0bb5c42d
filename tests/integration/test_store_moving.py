"""Moving running cases in a house: previewed, recorded in the trail, derived again from it, told in the history."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.adopting import adopt, propose
from models.history import attempts_of_run, events_of_run, run_facts
from models.moves import CasePreview, previews
from models.telling import tell
from models.trail import verify
from models.views import all_cases, case_view
from procedures.commands import AcceptHandoff, CompleteHandoff, MovePathway, Road
from procedures.errors import UnknownPathway
from procedures.loading import SHIPPED
from tests.houses import Told

pytestmark = pytest.mark.slow

ANNA, BERTA = "operator:anna", "operator:berta"
SHIPPED_SHELTER = (SHIPPED / "shelter.yaml").read_text(encoding="utf-8")
SOONER = SHIPPED_SHELTER.replace("edition: 1\n", "edition: 2\n").replace(
    "accept_within: 15 min", "accept_within: 12 min", 1
)
OTHERWISE = SOONER.replace("ask: emergency_shelter", "ask: social_services", 1)


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    told = Told(tmp_path / "house")
    told.opened()
    yield told
    told.close()


def adopted(told: Told, text: str) -> None:
    propose(told.house, text, "shelter.yaml", ANNA)
    number = told.house.procedures.editions()["shelter"][-1].edition
    adopt(told.house, "shelter", number, ANNA)
    adopt(told.house, "shelter", number, BERTA)


def moved(told: Told, one: CasePreview) -> None:
    said = {"run": one.preview.run_id, "edition": one.preview.edition, "reason": "procedure_changed"}
    told.say(MovePathway, road=Road.DESK, actor=ANNA, **said)


def test_each_running_pathway_by_another_text_is_previewed_and_nothing_is_changed(told: Told) -> None:
    assert previews(told.house, "shelter") == []
    adopted(told, SOONER)
    before = case_view(told.house.database, told.house.keyring, previews(told.house, "shelter")[0].code)
    (one,) = previews(told.house, "shelter")
    assert (one.preview.old_edition, one.preview.edition, one.preview.at_work) == (1, 2, ["find_place"])
    (end,) = one.preview.ends
    assert (end.is_answer, end.new_at is not None and end.old_at is not None and end.new_at < end.old_at) == (
        True,
        True,
    )
    after = case_view(told.house.database, told.house.keyring, one.code)
    assert after.state == before.state


def test_a_moved_case_is_recorded_and_its_state_follows_from_the_trail(told: Told) -> None:
    adopted(told, SOONER)
    (one,) = previews(told.house, "shelter")
    moved(told, one)
    assert previews(told.house, "shelter") == []
    view = case_view(told.house.database, told.house.keyring, one.code)
    by_hash = told.house.procedures.library().by_hash
    assert [by_hash[run.content_hash].edition for run in view.runs] == [2]
    assert "pathway_moved" in [entry.kind for entry in view.timeline]
    assert verify(told.house.database, told.house.keyring).sound


def test_what_was_at_work_goes_on_to_its_end_after_the_move(told: Told) -> None:
    adopted(told, SOONER)
    moved(told, previews(told.house, "shelter")[0])
    (code,) = [one.code for one in all_cases(told.house.database)]
    ref = case_view(told.house.database, told.house.keyring, code).handoffs[0].ref
    told.say(AcceptHandoff, ref=ref)
    told.say(CompleteHandoff, ref=ref, result="no_place", evidence={"places_asked": 2})
    assert verify(told.house.database, told.house.keyring).sound


@pytest.mark.slow
def test_an_obstacle_is_previewed_with_its_reason(told: Told) -> None:
    adopted(told, OTHERWISE)
    (one,) = previews(told.house, "shelter")
    assert [why.code for why in one.preview.obstacles] == ["step-would-differ"]
    assert not one.preview.may_move


def test_the_history_tells_the_move(told: Told) -> None:
    adopted(told, SOONER)
    (one,) = previews(told.house, "shelter")
    moved(told, one)
    database = told.house.database
    run = run_facts(database, one.preview.run_id)
    assert run is not None
    story = tell(run, events_of_run(database, run), attempts_of_run(database, run.run_id), ())
    (line,) = [line for line in story.tellings if line.name.startswith("moved")]
    assert (line.name, line.state) == ("moved to edition 2", "done")
    assert "edition 1 until" in line.note
    assert "procedure_changed" in line.note


def test_a_pathway_that_nobody_knows_cannot_be_previewed(told: Told) -> None:
    with pytest.raises(UnknownPathway):
        previews(told.house, "nothing")

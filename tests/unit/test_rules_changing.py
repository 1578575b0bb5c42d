"""A changed copy is what pydantic would have made of it, only sooner."""

from procedures.changing import changed
from tests.making import Story


def test_a_changed_copy_equals_pydantics_own() -> None:
    state = Story().opened().state
    mine, theirs = (
        changed(state, version=7, desk="sportello_luna"),
        state.model_copy(update={"version": 7, "desk": "sportello_luna"}),
    )
    assert mine == theirs
    assert mine.model_fields_set == theirs.model_fields_set
    assert mine.model_dump_json() == theirs.model_dump_json()


def test_the_one_it_was_made_from_stays() -> None:
    state = Story().opened().state
    before = state.model_dump_json()
    changed(state, version=99)
    assert state.model_dump_json() == before

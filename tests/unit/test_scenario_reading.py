"""Scenario files are read strictly: a slip of the pen is a fault at its place, never a test that passes."""

from datetime import UTC, datetime

import pytest

from procedures.faults import ProcedureFaults
from procedures.scenario.moments import moment_words, read_moment
from tests.unit.marked import place_of_mark
from tests.unit.scenariohouse import STORY, read

RESULT = "complete: find_place, result: »bed"
WRONG_SCENARIOS = [
    ("missing", "»{}"),
    ("misspelt-word", STORY.replace("given:", "»givn:")),
    ("unknown-word", STORY.replace("desk:", "»room:")),
    ("expected", STORY.replace("2026-11-25 10:00", "»tomorrow")),
    ("expected", STORY.replace("12 min", "»at noon")),
    ("expected", STORY.replace("{risk: low}", "{risk: »[low]}")),
    ("missing", STORY.replace("{decline: find_place, reason: full}", "»{decline: find_place}")),
    ("misspelt-word", STORY.replace("decline:", "»declin:")),
    ("unknown-word", STORY.replace("reason: full", "»because: full")),
    ("unknown-word", STORY.replace("[case opened, …]", "[»something happens, …]")),
    ("scenario-not-later", STORY.replace("- at: start", "- at: 13 min").replace("- at: 12", "- »at: 12")),
    ("scenario-unknown-name", STORY.replace("pathway: shelter", "pathway: »sheltr")),
    ("scenario-unknown-name", STORY.replace("valle_chiara", "»valle")),
    ("scenario-unknown-name", STORY.replace("desk: sportello_luna", "desk: »sportello")),
    ("scenario-unknown-name", STORY.replace("{risk: low}", "{»rsik: low}")),
    ("scenario-unknown-name", STORY.replace("{risk: low}", "{risk: »lowest}")),
    ("scenario-unknown-name", STORY.replace("[shelter]", "[»home]")),
    ("scenario-unknown-name", STORY.replace("consents:", "exclusions: [»nobody]\n      consents:")),
    ("scenario-unknown-name", STORY.replace("{decline: find_place,", "{decline: »find_plce,")),
    ("scenario-unknown-name", STORY.replace("{decline: find_place,", "{decline: »find_place/casa_mare,")),
    ("scenario-unknown-name", STORY.replace("reason: full", "reason: »tired")),
    ("scenario-unknown-name", STORY.replace("reason: full", "reason: full, by: »nobody")),
    ("scenario-unknown-name", STORY.replace("decline: find_place, reason: full", "revoke_consent: »home")),
    ("scenario-unknown-name", STORY.replace("decline: find_place, reason: full", "carrier_refuses: »nobody")),
    ("scenario-unknown-name", STORY.replace("decline: find_place, reason: full", "cancel_case: »whim")),
    ("scenario-unknown-name", STORY.replace("decline: find_place, reason", "cancel_pathway: »home, reason")),
    ("scenario-unknown-name", STORY.replace("decline: find_place, reason: full", RESULT)),
    (
        "scenario-unknown-word",
        STORY.replace("handoff find_place asks casa_mirto", "»handoff find_place asks casa_mito"),
    ),
    ("scenario-unknown-word", STORY.replace("never: [casa_ulivo]", "never: [»casa_uliva]")),
    ("scenario-unknown-word", STORY.replace("now: [handoff find_place is held", "now: [»handoff find_place is helt")),
]


@pytest.mark.parametrize(("code", "text"), WRONG_SCENARIOS)
def test_a_wrong_scenario_is_refused_at_its_place(code: str, text: str) -> None:
    text, line, column = place_of_mark(text)
    with pytest.raises(ProcedureFaults) as refused:
        read(text)
    assert (code, line, column) in [(f.code, f.line, f.column) for f in refused.value.faults]


def test_a_moment_says_what_must_happen_or_that_anything_may() -> None:
    with pytest.raises(ProcedureFaults, match="expect is missing"):
        read(STORY.replace("        expect: [case opened, …]\n", ""))
    read(STORY.replace("[case opened, …]", "[case opened, ...]"))


def test_a_title_is_in_one_language_or_in_both() -> None:
    (one,) = read(STORY.replace("    given:", "    title: La casa rifiuta\n    given:"))
    (both,) = read(STORY.replace("    given:", "    title: {it: La casa rifiuta, en: The house declines}\n    given:"))
    assert one.title is not None
    assert both.title is not None
    assert one.title.said("en") == "La casa rifiuta"
    assert both.title.said("en") == "The house declines"


NIGHT_OF_THE_CLOCKS = datetime(2026, 10, 24, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "moment"),
    [
        ("start", NIGHT_OF_THE_CLOCKS),
        ("12 min", datetime(2026, 10, 24, 18, 12, tzinfo=UTC)),
        ("7 h 30 min", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        ("2 days", datetime(2026, 10, 26, 18, 0, tzinfo=UTC)),
        ("day 2, 09:00", datetime(2026, 10, 25, 8, 0, tzinfo=UTC)),
        ("day 0, 09:00", None),
        ("day 2, 25:00", None),
        ("", None),
        ("soon", None),
    ],
)
def test_a_moment_is_elapsed_or_by_the_wall_in_rome(words: str, moment: datetime | None) -> None:
    assert read_moment(words, NIGHT_OF_THE_CLOCKS) == moment


@pytest.mark.parametrize("words", ["start", "12 min", "4 h", "4 h 30 min", "day 3, 09:00", "day 40, 23:59"])
def test_a_moment_is_told_as_it_is_written(words: str) -> None:
    moment = read_moment(words, NIGHT_OF_THE_CLOCKS)
    assert moment is not None
    assert moment_words(moment, NIGHT_OF_THE_CLOCKS) == words

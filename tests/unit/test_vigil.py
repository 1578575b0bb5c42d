"""When people are told that a house went silent: in time, again, and once when it is back."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from models.heartbeat import SILENT_SECONDS
from models.watch_settings import LONGEST_EVERY, LONGEST_SILENCE, LOOK_WITHIN
from notifiers.patience import Patience as Sending
from procedures.vigil import STEADY_LOOKS, Patience, Seen, Sight, Telling, Vigil, Word, looked

PATIENCE = Patience(silent_after=timedelta(seconds=60), again_every=timedelta(minutes=15))
WELL, GONE = Sight(Seen.WELL), Sight(Seen.SILENT)
LAW = 180
NOW = datetime(2026, 11, 24, 2, 10, tzinfo=UTC)


def watched(sights: Iterable[Sight], every: float = 5) -> list[tuple[float, Word]]:
    """What was said, and how many seconds after the beginning, with a look every so many seconds."""
    vigil, said = Vigil(), []
    for number, sight in enumerate(sights):
        vigil, word = looked(vigil, sight, NOW + timedelta(seconds=number * every), PATIENCE)
        if word is not None:
            said.append((number * every, word))
    return said


def test_a_house_that_is_well_is_not_talked_about() -> None:
    assert watched([WELL] * 1000) == []


def test_people_are_told_after_a_minute_of_silence_and_again_each_quarter_of_an_hour() -> None:
    said = watched([WELL] * 2 + [GONE] * 400)
    assert [at for at, _ in said] == [70, 970, 1870]
    assert {word.telling for _, word in said} == {Telling.TROUBLE}
    assert {word.since for _, word in said} == {NOW + timedelta(seconds=10)}


def test_a_lost_look_wakes_nobody() -> None:
    assert watched([*[WELL] * 5, GONE, *[WELL] * 20, GONE, *[WELL] * 20]) == []


def test_it_is_said_once_that_it_is_back_and_since_when() -> None:
    said = watched([GONE] * 13 + [WELL] * 100)
    assert [(at, word.telling) for at, word in said] == [(60, Telling.TROUBLE), (75, Telling.BACK)]
    assert said[-1][1].since == NOW + timedelta(seconds=65)


def test_a_house_that_comes_and_goes_is_not_back() -> None:
    said = watched([GONE, WELL] * 30)
    assert [word.telling for _, word in said] == [Telling.TROUBLE]


def test_silence_after_health_counts_anew() -> None:
    said = watched([GONE] * 11 + [WELL] * STEADY_LOOKS + [GONE] * 5)
    assert said == []


def test_what_a_house_says_of_itself_is_told_like_its_silence() -> None:
    troubled = Sight(Seen.TROUBLED, ("dispatcher-silent",))
    ((at, word),) = watched([WELL, *[troubled] * 14])
    assert (at, word.sight) == (65, troubled)


def test_with_the_longest_settings_and_the_slowest_carrier_the_law_is_kept() -> None:
    """A part stops just after it was marked; the look that would see it comes as late as it can."""
    unseen = SILENT_SECONDS + LONGEST_EVERY + LOOK_WITHIN
    assert unseen + LONGEST_SILENCE + Sending().whole <= LAW

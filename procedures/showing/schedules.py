"""What the network's own work does of itself, in words and in the head of its drawing."""

from collections.abc import Iterator

from procedures.marking import N_
from procedures.schema import Pathway
from procedures.showing.conditions import Speaker

BY_ITSELF_MONTHLY = N_("It begins by itself every month, on day {day} at {time}, in each territory.")
BY_ITSELF_BEFORE = N_("It begins by itself: {time}, for each such day that the network's file names.")
TESTS = N_("The moment it begins, a test goes over every channel of everybody who may be called in the territory.")
MONTHLY, LEADING_UP = N_("by itself on day {day} of every month, {time}"), N_("by itself: {time}")
TESTS_SHORT = N_("tests every channel")


def said_of_itself(pathway: Pathway, speaker: Speaker) -> Iterator[str]:
    """When it begins without anybody's doing, and what it then sends, in whole sentences."""
    return _told(pathway, speaker, (BY_ITSELF_BEFORE, BY_ITSELF_MONTHLY, TESTS))


def head_of_itself(pathway: Pathway, speaker: Speaker) -> Iterator[str]:
    """The same, for the head of a drawing."""
    return _told(pathway, speaker, (LEADING_UP, MONTHLY, TESTS_SHORT))


def _told(pathway: Pathway, speaker: Speaker, words: tuple[str, str, str]) -> Iterator[str]:
    before, monthly, tests = words
    schedule = pathway.schedule
    if schedule and schedule.point:
        yield speaker.say(before).format(time=speaker.point(schedule.point))
    elif schedule and schedule.at:
        yield speaker.say(monthly).format(day=schedule.day, time=f"{schedule.at:%H:%M}")
    if pathway.tests_channels:
        yield speaker.say(tests)

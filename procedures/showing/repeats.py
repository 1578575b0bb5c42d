"""How often a step is done again, and what ends that, in plain sentences."""

from collections.abc import Iterator

from procedures.marking import N_
from procedures.schema import Repetition
from procedures.showing import names
from procedures.showing.conditions import Speaker

AGAIN = N_("It is done again {time} after each time, in all at most {times} times.")
AGAIN_ENDLESS = N_("It is done again {time} after each time.")
AGAIN_BY = N_("{times}; otherwise {time}")
AGAIN_WHERE = N_("{time} where {fact} is {value}")
FIRST_TIME = N_("The first time it begins {time} after it could.")
AGAIN_WHILE = N_("It is repeated as long as this holds: {condition}.")
AGAIN_UNTIL = N_("It is repeated until {needs}.")


def repeated(repeat: Repetition, speaker: Speaker) -> Iterator[str]:
    """The sentences about it."""
    yield speaker.say(AGAIN if repeat.at_most else AGAIN_ENDLESS).format(
        time=_interval(repeat, speaker), times=repeat.at_most
    )
    if repeat.first:
        yield speaker.say(FIRST_TIME).format(time=names.time(repeat.first.words, speaker.language))
    if repeat.while_:
        yield speaker.say(AGAIN_WHILE).format(condition=speaker.condition(repeat.while_))
    if repeat.until:
        yield speaker.say(AGAIN_UNTIL).format(needs=speaker.need(repeat.until))


def _interval(repeat: Repetition, speaker: Speaker) -> str:
    every = repeat.every
    time = names.time(every.otherwise.words, speaker.language)
    if every.fact is None:
        return time
    fact = names.fact(every.fact, speaker.facts, speaker.language)
    each = [
        speaker.say(AGAIN_WHERE).format(
            time=names.time(length.words, speaker.language),
            fact=fact,
            value=names.value(word, speaker.facts.get(every.fact), speaker.language),
        )
        for word, length in every.by_value.items()
    ]
    return speaker.say(AGAIN_BY).format(times=", ".join(each), time=time)

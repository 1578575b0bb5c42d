"""How often a step is done again, and what ends that, in plain sentences."""

from collections.abc import Iterator

from procedures.marking import N_
from procedures.schema import Interval, Repetition
from procedures.showing import names
from procedures.showing.conditions import Speaker
from procedures.showing.fixed_days import days

AGAIN = N_("It is done again {time} after each time, in all at most {times} times.")
AGAIN_ENDLESS = N_("It is done again {time} after each time.")
AGAIN_BY = N_("{times}; otherwise {time}")
AGAIN_WHERE = N_("{time} where {fact} is {value}")
ON_DAYS = N_("It is done on fixed days, the first time too: {days}, at {time} in Rome; in all at most {times} times.")
ON_DAYS_ENDLESS = N_("It is done on fixed days, the first time too: {days}, at {time} in Rome.")
IN_TURN = N_("{times}, then always {time}")
MOVED = {
    (False, False): N_("Where such a day is no working day, it is the next one that is."),
    (True, False): N_("Where such a day is no working day, it is the last one before that is."),
    (False, True): N_("Where such a day is no working day in {country}, it is the next one that is."),
    (True, True): N_("Where such a day is no working day in {country}, it is the last one before that is."),
}
FIRST_TIME = N_("The first time it begins {time} after it could.")
AGAIN_WHILE = N_("It is repeated as long as this holds: {condition}.")
AGAIN_UNTIL = N_("It is repeated until {needs}.")


def repeated(repeat: Repetition, speaker: Speaker) -> Iterator[str]:
    """The sentences about it."""
    if repeat.on_days:
        yield speaker.say(ON_DAYS if repeat.at_most else ON_DAYS_ENDLESS).format(
            days=days(repeat.on_days, speaker.language), time=f"{repeat.on_days.at:%H:%M}", times=repeat.at_most
        )
        if moves_to := repeat.on_days.moves_to:
            yield speaker.say(MOVED[moves_to.back, bool(moves_to.country)]).format(country=moves_to.country)
    if repeat.every:
        yield speaker.say(AGAIN if repeat.at_most else AGAIN_ENDLESS).format(
            time=_interval(repeat.every, speaker), times=repeat.at_most
        )
    if repeat.first:
        yield speaker.say(FIRST_TIME).format(time=names.time(repeat.first.words, speaker.language))
    if repeat.while_:
        yield speaker.say(AGAIN_WHILE).format(condition=speaker.condition(repeat.while_))
    if repeat.until:
        yield speaker.say(AGAIN_UNTIL).format(needs=speaker.need(repeat.until))


def _interval(every: Interval, speaker: Speaker) -> str:
    time = names.time(every.otherwise.words, speaker.language)
    if every.by_count:
        times = ", ".join(names.time(length.words, speaker.language) for length in every.by_count)
        return speaker.say(IN_TURN).format(times=times, time=time)
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

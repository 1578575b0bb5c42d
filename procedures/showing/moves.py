"""A preview of a move in plain words: for the coordinator, on the terminal and at the desk."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from procedures.errors import Refused
from procedures.marking import N_
from procedures.previewing import MovedEnd, Preview

STAYS = N_("It stays where it is. {why}")
DONE, AT_WORK = N_("Done, and stays done: {steps}."), N_("At work, and goes on: {steps}.")
LEFT_OUT = N_("Will not take place: {steps}.")
LOOKED_AT = N_("Looked at anew: {steps}.")
BEGINS, ASKED = N_("Begins at once: {step}."), N_("Begins at once: {step}, asked of {service}.")
LATER, WAITS = N_("Begins on {at}: {step}."), N_("New, and waits for its turn: {steps}.")
TO_ANSWER = N_("Time to answer for {step}: {new} (before: {old}).")
TO_END = N_("Time for {step}: {new} (before: {old}).")
WHOLE = N_("Time for the whole pathway: {new} (before: {old}).")
NO_LIMIT, COORDINATOR, OVER = N_("no limit"), N_("the coordinator"), N_("The pathway is over with it.")
NOTHING = N_("Nothing changes for it now; what comes goes by the new text.")


@dataclass(frozen=True, slots=True)
class Telling:
    """How names, times and refusals are said where the preview is read."""

    step: Callable[[str], str]
    service: Callable[[str], str]
    when: Callable[[datetime], str]
    refusal: Callable[[Refused], str]
    say: Callable[[str], str]


def preview_lines(preview: Preview, telling: Telling) -> list[str]:
    """Everything that would become of one running pathway, one sentence each."""
    say = telling.say
    if preview.obstacles:
        return [say(STAYS).format(why=telling.refusal(why)) for why in preview.obstacles]
    lines = [*_steps(preview, telling), *(_end(end, telling) for end in preview.ends)]
    if preview.over:
        lines.append(say(OVER))
    quiet = not (preview.ends or preview.over or preview.begins or preview.new or preview.left_out)
    if quiet and not (preview.looked_at or preview.later):
        lines.append(say(NOTHING))
    return lines


def _steps(preview: Preview, telling: Telling) -> Iterator[str]:
    say, asked = telling.say, dict(preview.asked)
    begins, later = set(preview.begins), {step for step, _at in preview.later}
    yield from _listed(DONE, preview.done, telling)
    yield from _listed(AT_WORK, preview.at_work, telling)
    yield from _listed(LEFT_OUT, preview.left_out, telling)
    yield from _listed(LOOKED_AT, (one for one in preview.looked_at if one not in preview.left_out), telling)
    for step in preview.begins:
        if step in asked:
            service = asked[step]
            whom = telling.service(service) if service else say(COORDINATOR)
            yield say(ASKED).format(step=telling.step(step), service=whom)
        else:
            yield say(BEGINS).format(step=telling.step(step))
    for step, at in preview.later:
        yield say(LATER).format(step=telling.step(step), at=telling.when(at))
    waiting = (one for one in preview.new if one not in begins | later | set(preview.left_out))
    yield from _listed(WAITS, waiting, telling)


def _listed(sentence: str, steps: Iterable[str], telling: Telling) -> Iterator[str]:
    if named := [telling.step(step) for step in steps]:
        yield telling.say(sentence).format(steps=", ".join(named))


def _end(end: MovedEnd, telling: Telling) -> str:
    say = telling.say
    old, new = (telling.when(at) if at else say(NO_LIMIT) for at in (end.old_at, end.new_at))
    if end.step is None:
        return say(WHOLE).format(old=old, new=new)
    return say(TO_ANSWER if end.is_answer else TO_END).format(step=telling.step(end.step), old=old, new=new)

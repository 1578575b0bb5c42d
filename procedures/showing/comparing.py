"""What changed from one edition to the next, in the same plain words."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from procedures.showing.words import Part


class Change(StrEnum):
    """What became of a part."""

    NEW = "new"
    GONE = "gone"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One part that is not as it was: what it said before and what it says now, without what stayed."""

    change: Change
    heading: str
    before: tuple[str, ...]
    now: tuple[str, ...]


def differences(old: Sequence[Part], new: Sequence[Part]) -> list[Difference]:
    """Every part that changed, in the order of the new text; what is gone stands last."""
    before, after = {part.name: part for part in old}, {part.name: part for part in new}
    found = []
    for name, part in after.items():
        was = before.get(name)
        if was is None:
            found.append(Difference(Change.NEW, part.heading, (), part.sentences))
        elif was != part:
            said, says = (was.heading, *was.sentences), (part.heading, *part.sentences)
            gone = tuple(sentence for sentence in said if sentence not in says)
            come = tuple(sentence for sentence in says if sentence not in said)
            found.append(Difference(Change.CHANGED, part.heading, gone, come))
    gone_parts = [part for name, part in before.items() if name not in after]
    return found + [Difference(Change.GONE, part.heading, part.sentences, ()) for part in gone_parts]

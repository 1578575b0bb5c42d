"""One seed, and everything that could go otherwise drawn from it by name.

A decision has a name that does not depend on what was drawn before it. So a run can be repeated with some of its
decisions only: that is how a failing seed becomes a short story.
"""

import hashlib
import random
from collections.abc import Collection, Sequence
from typing import TypeVar

T = TypeVar("T")
WHOLE = float(1 << 64)


class Draws:
    """Draws by name, and remembers which decisions were taken."""

    def __init__(self, seed: int, only: Collection[str] | None = None) -> None:
        """With `only`, no other decision is taken: everything else goes the ordinary way."""
        self._seed = seed
        self._only = None if only is None else frozenset(only)
        self.taken: dict[str, None] = {}
        """The decisions taken, in their order."""

    def unit(self, *name: object) -> float:
        """From 0 to below 1, always the same for this name."""
        digest = hashlib.blake2b(f"{self._seed}/{name}".encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big") / WHOLE

    def between(self, low: float, high: float, *name: object) -> float:
        """A number between these two."""
        return low + (high - low) * self.unit(*name)

    def one_of(self, choices: Sequence[T], *name: object) -> T:
        """One of these, each as likely."""
        return choices[int(self.unit(*name) * len(choices))]

    def bytes_for(self, count: int, *name: object) -> bytes:
        """Bytes that stand in for the system's randomness."""
        return random.Random(f"{self._seed}/{name}").randbytes(count)  # noqa: S311  # nothing here is secret

    def happens(self, chance: float, *name: object) -> bool:
        """Whether this takes place, with this chance. It is a decision: a shorter story may leave it out."""
        return self.takes(*name) if self.unit(*name) < chance else False

    def takes(self, *name: object) -> bool:
        """Take this decision, unless the story is told without it."""
        said = " ".join(map(str, name))
        if self._only is not None and said not in self._only:
            return False
        self.taken[said] = None
        return True

    def choose(self, likely: Sequence[tuple[str, float]], *name: object) -> str | None:
        """One of these by its chance, as a decision; None where none of them, which is the ordinary way."""
        drawn = self.unit(*name)
        for what, chance in likely:
            if drawn < chance:
                return what if self.takes(*name, what) else None
            drawn -= chance
        return None

"""Ids and randomness, injected at the edge so that the rules stay pure and a test can repeat itself."""

import random
import secrets
from typing import Protocol

import uuid_utils

from procedures.case import OWN_WORK

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Base 32 without I, L, O and U: what people read out on the telephone stays what they read."""


class Ids(Protocol):
    """Draws what must be unique or unguessable."""

    def new_id(self) -> str:
        """An id that sorts by time (UUID 7)."""
        ...

    def case_code(self) -> str:
        """A case's code, for example `C-7KQ4-M9TX`."""
        ...

    def seed(self) -> str:
        """32 hex digits from which a case's references are derived."""
        ...


def _code(letters: list[str]) -> str:
    drawn = "".join(letters)
    return f"C-{drawn[:4]}-{drawn[4:]}"


def code_for(ids: Ids, *, own_work: bool) -> str:
    """A code drawn for a case, or for the network's own work: `N-7KQ4-M9TX`."""
    drawn = ids.case_code()
    return OWN_WORK + drawn[len(OWN_WORK) :] if own_work else drawn


class RandomIds:
    """From the system's randomness."""

    def new_id(self) -> str:
        """An id that sorts by time (UUID 7)."""
        return str(uuid_utils.uuid7())

    def case_code(self) -> str:
        """A case's code."""
        return _code([secrets.choice(CROCKFORD) for _ in range(8)])

    def seed(self) -> str:
        """32 hex digits."""
        return secrets.token_hex(16)


class CountedIds:
    """The same ids each time for the same `seed`: for tests only."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)  # noqa: S311  # nothing of a test is secret
        self._count = 0

    def new_id(self) -> str:
        """Counted, in the form of a UUID 7."""
        self._count += 1
        return f"00000000-0000-7000-8000-{self._count:012x}"

    def case_code(self) -> str:
        """A case's code."""
        return _code(self._random.choices(CROCKFORD, k=8))

    def seed(self) -> str:
        """32 hex digits."""
        return f"{self._random.getrandbits(128):032x}"

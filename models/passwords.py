"""Passwords as they are kept: argon2id with the parameters of RFC 9106 for little memory (trust.md, surfaces)."""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from procedures.errors import StaffettaError

LONGEST_PASSWORD = 128
AT_ONCE = 2
QUEUE = 20
PASSWORD_LETTERS = "23456789abcdefghjkmnpqrstvwxyz"  # noqa: S105  # the letters, not the password

_hasher = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


class Turns:
    """Each hash takes 64 MiB: at most so many at once, and a short queue."""

    def __init__(self, at_once: int = AT_ONCE, queue: int = QUEUE) -> None:
        self._hashing = threading.BoundedSemaphore(at_once)
        self._waiting = threading.BoundedSemaphore(at_once + queue)

    @contextmanager
    def taken(self) -> Iterator[None]:
        """One turn. Raises TooManySignIns."""
        if not self._waiting.acquire(blocking=False):
            raise TooManySignIns
        try:
            with self._hashing:
                yield
        finally:
            self._waiting.release()


class TooManySignIns(StaffettaError):
    """More than twenty people are waiting for their password to be checked."""

    template = "Too many sign-ins at once. Wait a moment and try again."


def random_password() -> str:
    """Twenty letters that nobody confuses."""
    return "-".join("".join(secrets.choice(PASSWORD_LETTERS) for _ in range(5)) for _ in range(4))


def hashed_password(password: str) -> str:
    """A password as it is kept."""
    return _hasher.hash(password)


def needs_anew(kept: str) -> bool:
    """Whether it was kept with other parameters than those of today."""
    return _hasher.check_needs_rehash(kept)


@lru_cache(maxsize=1)
def hash_of_nobody() -> str:
    """For a name that nobody has: checking it costs the same time as a wrong password."""
    return _hasher.hash(secrets.token_urlsafe(32))


SIGN_INS = Turns()


def fits(kept: str, password: str, turns: Turns = SIGN_INS) -> bool:
    """Whether this is the password. `turns`: those of sign-ins are never shared with answers. Raises TooManySignIns."""
    with turns.taken():
        try:
            return len(password) <= LONGEST_PASSWORD and _hasher.verify(kept, password)
        except (VerificationError, InvalidHashError):
            return False

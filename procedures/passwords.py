"""Which passwords somebody may choose (trust.md, surfaces; ASVS 6.2): long, and nothing that is tried first.

No rule says which characters must be in it, and none ever expires.
"""

import re
from itertools import pairwise

from procedures.errors import Refused

SHORTEST, LONGEST = 15, 128
FEWEST_DIFFERENT = 6
LEAST_OF_ITS_OWN = 6
"""Characters that must be left once whatever everybody knows is taken out."""
KNOWN = (
    "staffetta", "password", "passwort", "parola", "segreta", "segreto", "secret", "benvenuta", "benvenuto", "welcome",
    "ciaociao", "amoremio", "iloveyou", "tiamo", "admin", "administrator", "amministratore", "operatrice", "operatore",
    "operator", "coordinatrice", "coordinatore", "letmein", "changeme", "cambiami", "qwertyuiop", "qwerty", "asdfghjkl",
    "asdfgh", "zxcvbnm", "zxcvbn", "antiviolenza", "centroantiviolenza", "italia", "gennaio", "febbraio", "settembre",
)  # fmt: skip


class PasswordTooShort(Refused):
    """Fewer than fifteen characters."""

    template = "Take 15 characters at least. Four words that have nothing to do with each other are easy to keep."


class PasswordTooLong(Refused):
    """More than a form would send."""

    template = "A password has 128 characters at most."


class PasswordGuessed(Refused):
    """Among those that are tried first."""

    template = "Passwords like this are tried first. Take four words that have nothing to do with each other."


def check_password(password: str, name: str) -> None:
    """Whether the account of this name may have it.

    Raises:
        PasswordTooShort, PasswordTooLong, PasswordGuessed.
    """
    if len(password) < SHORTEST:
        raise PasswordTooShort
    if len(password) > LONGEST:
        raise PasswordTooLong
    rest = password.casefold()
    for word in sorted({*KNOWN, name.casefold()}, key=len, reverse=True):
        rest = rest.replace(word, "")
    rest = _without_runs(re.sub(r"(.{1,8}?)\1+", r"\1", rest))
    if len(set(password)) < FEWEST_DIFFERENT or len(rest) < LEAST_OF_ITS_OWN:
        raise PasswordGuessed


def _without_runs(text: str) -> str:
    """Of `12345` or `abcd` only the first is left."""
    return text[:1] + "".join(after for before, after in pairwise(text) if abs(ord(after) - ord(before)) > 1)

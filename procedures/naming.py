"""References derived from a case's random seed, so that the rules can name things and stay pure.

Whoever has the seed can derive them; nobody else can guess or join them (HMAC-SHA-256 over a 128-bit secret).
"""

import hashlib
import hmac

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U, so that a reference can be read out on the telephone."""
REFERENCE_LETTERS = 10
"""50 bits: with half a million handoffs the chance of one pair alike is about 1 in 9,000, and it is refused."""


def _digest(seed: str, kind: str, number: int) -> bytes:
    return hmac.new(bytes.fromhex(seed), f"{kind}:{number}".encode(), hashlib.sha256).digest()


def reference(seed: str, kind: str, number: int) -> str:
    """A reference for people, for example `7KQ4M-9TX2C`. `seed` is hex; `number` counts what was drawn before."""
    value = int.from_bytes(_digest(seed, kind, number)[:8], "big")
    letters = "".join(ALPHABET[(value >> (5 * place)) & 31] for place in range(REFERENCE_LETTERS))
    return f"{letters[:5]}-{letters[5:]}"


def opaque_id(seed: str, kind: str, number: int) -> str:
    """An id for programs: 32 hex digits."""
    return _digest(seed, kind, number)[:16].hex()

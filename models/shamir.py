"""Shamir's sharing of a secret, two of three: over GF(256), byte by byte (Shamir 1979; the field is that of AES).

Written here because none of our libraries has it, and the case of two is a straight line: each byte of the secret is
the height at 0 of a line with a random slope, and the shares are its heights at 1, 2 and 3. One point says nothing of a
line; two give it whole.
"""

import os

NUMBERS = (1, 2, 3)
"""The three shares."""
NEEDED = 2
_POLYNOMIAL = 0x11B


def split(secret: bytes) -> dict[int, bytes]:
    """The share of each number."""
    slopes = os.urandom(len(secret))
    heights = {number: zip(secret, slopes, strict=True) for number in NUMBERS}
    return {number: bytes(at ^ multiplied(slope, number) for at, slope in line) for number, line in heights.items()}


def joined(first: tuple[int, bytes], second: tuple[int, bytes]) -> bytes:
    """The secret of two shares, each with its number. Of shares that do not belong together: something else."""
    (one, left), (two, right) = first, second
    over = inverse(one ^ two)
    from_left, from_right = multiplied(two, over), multiplied(one, over)
    both = zip(left, right, strict=True)
    return bytes(multiplied(a, from_left) ^ multiplied(b, from_right) for a, b in both)


def multiplied(a: int, b: int) -> int:
    """In GF(256)."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        a <<= 1
        if a & 0x100:
            a ^= _POLYNOMIAL
        b >>= 1
    return product


def inverse(a: int) -> int:
    """What gives 1 with it; `a` is not 0."""
    return next(b for b in range(1, 256) if multiplied(a, b) == 1)

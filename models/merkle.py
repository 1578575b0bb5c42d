"""A Merkle tree whose leaves change and grow, hashed as RFC 6962 (2.1) says: 0x00 before a leaf, 0x01 before a node."""

import hashlib
from collections.abc import Iterable, Mapping

EMPTY = hashlib.sha256(b"").hexdigest()
"""The root of no leaf at all."""


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two neighbours."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """Every level is kept, so that a change costs one path and not the whole tree.

    The standard parts n leaves at the largest power of two below n. It is the same tree as this one, in which the last
    node of an odd level goes up as it is.
    """

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        """`leaves` are their data, in order."""
        self._levels: list[list[bytes]] = [[]]
        self.change(dict(enumerate(leaves)))

    def __len__(self) -> int:
        return len(self._levels[0])

    @property
    def root(self) -> str:
        """The root, in hexadecimal digits."""
        return self._levels[-1][0].hex() if self._levels[0] else EMPTY

    def change(self, leaves: Mapping[int, bytes]) -> None:
        """Put these leaves (their data) at these places; new ones stand right behind those that are there.

        Raises:
            ValueError: a place is left out.
        """
        level = self._levels[0]
        for place, data in sorted(leaves.items()):
            if place < len(level):
                level[place] = leaf_hash(data)
            elif place == len(level):
                level.append(leaf_hash(data))
            else:
                raise ValueError(place)
        self._rise({place // 2 for place in leaves})

    def _rise(self, touched: set[int]) -> None:
        depth = 0
        while len(self._levels[depth]) > 1:
            below = self._levels[depth]
            if depth + 1 == len(self._levels):
                self._levels.append([])
            level = self._levels[depth + 1]
            for place in sorted(touched):
                pair = below[2 * place : 2 * place + 2]
                made = node_hash(*pair) if len(pair) == 2 else pair[0]  # noqa: PLR2004  # two neighbours
                if place < len(level):
                    level[place] = made
                else:
                    level.append(made)
            touched = {place // 2 for place in touched}
            depth += 1

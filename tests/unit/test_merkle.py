"""The tree whose leaves change is the tree of RFC 6962, however it came about."""

import hashlib
import random

import pytest

from models.merkle import EMPTY, Tree


def by_the_standard(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1, word for word."""
    if len(leaves) < 2:
        return hashlib.sha256(b"\x00" + leaves[0] if leaves else b"").digest()
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    both = by_the_standard(leaves[:half]) + by_the_standard(leaves[half:])
    return hashlib.sha256(b"\x01" + both).digest()


@pytest.mark.parametrize("count", range(70))
def test_a_tree_has_the_root_of_the_standard(count: int) -> None:
    leaves = [b"%d" % number for number in range(count)]
    assert Tree(leaves).root == by_the_standard(leaves).hex()


def test_no_leaf_at_all_has_a_root_too() -> None:
    assert Tree().root == EMPTY == hashlib.sha256(b"").hexdigest()


@pytest.mark.parametrize("seed", range(20))
def test_leaves_that_change_and_come_lead_to_the_same_root(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  # draws a story
    leaves: list[bytes] = []
    tree = Tree()
    for _turn in range(30):
        changes = {place: chance.randbytes(3) for place in range(len(leaves)) if chance.random() < 0.1}
        changes |= {len(leaves) + more: chance.randbytes(3) for more in range(chance.randrange(4))}
        tree.change(changes)
        leaves = [changes.get(place, leaves[place] if place < len(leaves) else b"") for place in range(len(tree))]
        assert tree.root == by_the_standard(leaves).hex()


def test_no_place_is_left_out() -> None:
    with pytest.raises(ValueError, match="3"):
        Tree([b"a"]).change({3: b"b"})

"""The signatures of the verifier that leaves the house: the standard's own examples, and another implementation."""

import random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from models.merkle import Tree
from models.outside_verifier import is_signed, raised

EXAMPLES = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]
"""RFC 8032, 7.1, tests 1 to 3."""


@pytest.mark.parametrize(("public", "text", "signature"), EXAMPLES)
def test_the_examples_of_the_standard_are_signed(public: str, text: str, signature: str) -> None:
    values = [bytes.fromhex(one) for one in (public, signature, text)]
    assert is_signed(*values)
    assert not is_signed(values[0], values[1], values[2] + b"x")


@pytest.mark.parametrize("seed", range(10))
def test_it_agrees_with_another_implementation(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  # draws examples, no keys of anybody
    key = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32))
    public, text = key.public_key().public_bytes_raw(), chance.randbytes(seed * 20)
    signature = key.sign(text)
    assert is_signed(public, signature, text)
    for bit in chance.sample(range(512), 4):
        wrong = bytearray(signature)
        wrong[bit // 8] ^= 1 << bit % 8
        assert not is_signed(public, bytes(wrong), text)
    other = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32)).public_key().public_bytes_raw()
    assert not is_signed(other, signature, text)


def test_a_signature_whose_number_is_too_large_is_none() -> None:
    """Else a second signature of the same text could be made of the first (RFC 8032, 8.4)."""
    public, text, signature = (bytes.fromhex(one) for one in EXAMPLES[0])
    order = 2**252 + 27742317777372353535851937790883648493
    larger = int.from_bytes(signature[32:], "little") + order
    assert not is_signed(public, signature[:32] + larger.to_bytes(32, "little"), text)


@pytest.mark.parametrize(("public", "signature"), [(b"", b""), (bytes(31), bytes(64)), (b"\xff" * 32, bytes(64))])
def test_what_is_no_key_signs_nothing(public: bytes, signature: bytes) -> None:
    assert not is_signed(public, signature, b"")


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 13])
def test_its_tree_is_the_tree_of_the_house(count: int) -> None:
    ours, theirs = Tree(), [[]]  # type: ignore[var-annotated]  # levels of hashes
    for place in range(count):
        ours.change({place: b"%d" % place})
        theirs[0].append(ours._levels[0][place])
        assert raised(theirs, {place}).hex() == ours.root

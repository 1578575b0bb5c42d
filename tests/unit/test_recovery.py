"""Any two of three shares give the keys back; one alone says nothing; a slip of the finger is found in its line."""

import os
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.keyfiles import FILES, create_keys, key_path, read_key
from models.keyring_errors import KeysAreThere, NoShare, SharesApart, ShareTwice, ShareTyped, WrongFolders
from models.recovery import LINE_LETTERS, keys_from, recover, shares_of, split_keys, try_shares
from models.shamir import inverse, joined, multiplied, split

KEYS = {name: bytes([at]) * 32 for at, name in enumerate(FILES)}


@given(st.binary(min_size=1, max_size=64))
def test_any_two_of_three_give_the_secret(secret: bytes) -> None:
    shares = split(secret)
    for one, two in permutations(shares, 2):
        assert joined((one, shares[one]), (two, shares[two])) == secret


def test_the_field_is_that_of_aes() -> None:
    assert multiplied(0x57, 0x83) == 0xC1  # FIPS 197, 4.2
    assert all(multiplied(a, inverse(a)) == 1 for a in range(1, 256))


def test_one_share_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each value of a share's byte comes from each value of the secret's: over all slopes it is evenly spread."""
    for number in (1, 2, 3):
        for secret in (0, 1, 255):
            seen = set()
            for slope in range(256):
                monkeypatch.setattr(os, "urandom", lambda _size, slope=slope: bytes([slope]))
                seen.add(split(bytes([secret]))[number][0])
            assert len(seen) == 256


def test_two_shares_give_every_key_also_typed_in_another_way() -> None:
    shares = shares_of(KEYS, "")
    typed = shares[3].lower().replace(" ", "-").replace("0", "o").replace("1", "l")
    typed = typed.replace("route", "ROUTE").replace("rlute", "route")
    lines = [line.replace(":-", ": ") for line in typed.splitlines()]
    assert keys_from(shares[1], "\n".join(lines)) == KEYS


@pytest.mark.parametrize("at", range(0, LINE_LETTERS, 7))
def test_a_slip_is_found_in_its_line(at: int) -> None:
    shares = shares_of(KEYS, "")
    name, letters = next(line for line in shares[1].splitlines() if line.startswith("vault")).split(": ")
    bare = letters.replace(" ", "")
    slip = bare[:at] + ("7" if bare[at] != "7" else "8") + bare[at + 1 :]
    with pytest.raises(ShareTyped, match="vault"):
        keys_from(shares[1].replace(letters, slip), shares[2])
    assert name == "vault"


def test_shares_that_do_not_belong_together_are_refused() -> None:
    first, second = shares_of(KEYS, ""), shares_of(KEYS, "")
    with pytest.raises(SharesApart):
        keys_from(first[1], second[2])
    with pytest.raises(ShareTwice):
        keys_from(first[1], first[1])
    with pytest.raises(NoShare):
        keys_from(first[1], "nothing")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    create_keys(tmp_path / "keys")
    return tmp_path / "keys"


def three(tmp_path: Path) -> list[Path]:
    places = [tmp_path / name for name in ("one", "two", "three")]
    for place in places:
        place.mkdir()
    return places


def test_lost_keys_come_back_from_two_people(folder: Path, tmp_path: Path) -> None:
    before = {name: read_key(key_path(folder, name)) for name in FILES}
    files = split_keys(folder, three(tmp_path), "share {number} of set {set}")
    assert all(file.stat().st_mode & 0o777 == 0o400 for file in files)
    texts = [file.read_text(encoding="utf-8") for file in files]
    assert not any(key.hex() in text for key in before.values() for text in texts)
    assert all(one.fits for one in try_shares(folder, texts[:2]))
    with pytest.raises(KeysAreThere):
        recover(folder, texts[1:])
    recover(tmp_path / "elsewhere", texts[1:])
    assert {name: read_key(key_path(tmp_path / "elsewhere", name)) for name in FILES} == before


def test_the_rehearsal_tells_shares_of_older_keys(folder: Path, tmp_path: Path) -> None:
    texts = [file.read_text(encoding="utf-8") for file in split_keys(folder, three(tmp_path), "")]
    key_path(folder, "vault").unlink()
    create_keys(folder)
    assert {one.name: one.fits for one in try_shares(folder, texts[:2])} == {
        "route": True,
        "vault": False,
        "token": True,
        "find": True,
        "root": True,
    }


def test_the_three_shares_never_lie_in_one_place(folder: Path, tmp_path: Path) -> None:
    one, two, _three = three(tmp_path)
    for places in ([one, two], [one, one, two], [one, two, tmp_path / "nowhere"]):
        with pytest.raises(WrongFolders):
            split_keys(folder, places, "")
    assert not [*one.iterdir(), *two.iterdir()]

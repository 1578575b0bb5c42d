"""The keys of a house in three shares, for three people: any two of them give the keys back, one alone says nothing.

A share is a text that can be printed and typed again: one line for each key, in groups of four letters without those
that look alike (Crockford's base 32). Each line holds which share it is, of which set, of which key, and a checksum, so
that a slip of the finger is found in its line, and shares of different sets are not mixed up.
"""

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.keyfiles import FILES, fingerprint, key_path, make_folder, read_key, write_key
from models.keyfiles import NEEDED as KEYS_NEEDED
from models.keyring_errors import (
    KeysAreThere,
    NoShare,
    SharesApart,
    ShareTwice,
    ShareTyped,
    WrongFolders,
)
from models.shamir import NEEDED, NUMBERS, joined, split

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ALIKE = str.maketrans("ILOU", "110V")
GROUP = 4
SET_BYTES, MARK_BYTES, CHECK_BYTES, KEY_BYTES = 2, 3, 2, 32
LINE_BYTES = 1 + SET_BYTES + MARK_BYTES + KEY_BYTES + CHECK_BYTES
LINE_LETTERS = LINE_BYTES * 8 // 5


@dataclass(frozen=True)
class Part:
    """What one share holds of one key."""

    number: int
    set_id: bytes
    mark: bytes
    """The beginning of the key's fingerprint: whether what two shares give is that key."""
    share: bytes


@dataclass(frozen=True)
class Tried:
    """Whether two shares give the key that is in use."""

    name: str
    fits: bool


def split_keys(folder: Path, places: Sequence[Path], heading: str) -> Sequence[Path]:
    """Write the three shares of the keys in `folder` (0400), each into a folder of its own; the files.

    `heading` stands above the lines of each, with {number} and {set}: what it is, for whoever finds it.

    Raises:
        WrongFolders: not three different ones that are there, or a share stands there already.
        KeyMissing, KeyReadableByOthers, KeyUnreadable.
    """
    files = [place / f"staffetta-share-{number}-of-3.txt" for number, place in zip(NUMBERS, places, strict=False)]
    if len({place.resolve() for place in places}) != len(NUMBERS) or any(
        not file.parent.is_dir() or file.exists() for file in files
    ):
        raise WrongFolders
    texts = shares_of({name: read_key(key_path(folder, name)) for name in _there(folder)}, heading)
    for number, file in zip(NUMBERS, files, strict=True):
        try:
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "w", encoding="utf-8") as new:
                new.write(texts[number])
                new.flush()
                os.fsync(new.fileno())
        except OSError:
            raise WrongFolders from None
    return files


def shares_of(keys: Mapping[str, bytes], heading: str) -> Mapping[int, str]:
    """The text of each share."""
    set_id = os.urandom(SET_BYTES)
    lines: dict[int, list[str]] = {number: [] for number in NUMBERS}
    for name, key in keys.items():
        for number, share in split(key).items():
            lines[number].append(f"{name}: {_typed(Part(number, set_id, _mark(key), share), name)}")
    heads = {number: heading.format(number=number, set=set_id.hex()) for number in NUMBERS}
    return {number: "\n".join((heads[number], "", *lines[number], "")) for number in NUMBERS}


def keys_from(first: str, second: str) -> Mapping[str, bytes]:
    """The keys that two shares give.

    Raises:
        NoShare, ShareTyped: one of them cannot be read.
        ShareTwice, SharesApart: they do not belong together.
    """
    left, right = _read(first), _read(second)
    found = {}
    if left.keys() != right.keys():
        raise SharesApart
    for name, one in left.items():
        two = right[name]
        if one.set_id != two.set_id or one.mark != two.mark:
            raise SharesApart
        if one.number == two.number:
            raise ShareTwice
        key = joined((one.number, one.share), (two.number, two.share))
        if _mark(key) != one.mark:
            raise SharesApart
        found[name] = key
    return found


def recover(folder: Path, shares: Sequence[str]) -> Sequence[Path]:
    """Write the keys that two shares give into a folder that holds none; the files.

    Raises:
        KeysAreThere: it holds keys.
        NoShare, ShareTyped, ShareTwice, SharesApart, UnwritableFolder.
    """
    if len(shares) != NEEDED:
        raise NoShare
    keys = keys_from(*shares)
    files = [key_path(folder, name) for name in keys]
    if any(file.exists() for file in files):
        raise KeysAreThere(path=folder)
    make_folder(folder)
    for file, key in zip(files, keys.values(), strict=True):
        write_key(file, key)
    return files


def try_shares(folder: Path, shares: Sequence[str]) -> Sequence[Tried]:
    """Whether two shares give the keys in use; nothing is written.

    Raises:
        NoShare, ShareTyped, ShareTwice, SharesApart, KeyMissing, KeyReadableByOthers, KeyUnreadable.
    """
    if len(shares) != NEEDED:
        raise NoShare
    keys = keys_from(*shares)
    return [Tried(name, key == read_key(key_path(folder, name))) for name, key in keys.items()]


def _there(folder: Path) -> Sequence[str]:
    return [name for name in FILES if name in KEYS_NEEDED or key_path(folder, name).exists()]


def _mark(key: bytes) -> bytes:
    return bytes.fromhex(fingerprint(key))[:MARK_BYTES]


def _check(body: bytes, name: str) -> bytes:
    return hashlib.sha256(b"staffetta share" + name.encode() + body).digest()[:CHECK_BYTES]


def _typed(part: Part, name: str) -> str:
    body = bytes([part.number]) + part.set_id + part.mark + part.share
    number = int.from_bytes(body + _check(body, name), "big")
    letters = "".join(LETTERS[number >> 5 * at & 31] for at in reversed(range(LINE_LETTERS)))
    return " ".join(letters[at : at + GROUP] for at in range(0, LINE_LETTERS, GROUP))


def _read(text: str) -> Mapping[str, Part]:
    found: dict[str, Part] = {}
    for line in text.splitlines():
        name, colon, letters = line.partition(":")
        if colon and name.strip().lower() in FILES:
            found[name.strip().lower()] = _part(letters, name.strip().lower())
    if not found.keys() >= KEYS_NEEDED:
        raise NoShare
    return found


def _part(typed: str, name: str) -> Part:
    letters = "".join(typed.split()).replace("-", "").upper().translate(ALIKE)
    if len(letters) != LINE_LETTERS or not set(letters) <= set(LETTERS):
        raise ShareTyped(name=name)
    number = 0
    for letter in letters:
        number = number << 5 | LETTERS.index(letter)
    line = number.to_bytes(LINE_BYTES, "big")
    body, check = line[:-CHECK_BYTES], line[-CHECK_BYTES:]
    if check != _check(body, name) or body[0] not in NUMBERS:
        raise ShareTyped(name=name)
    at = 1 + SET_BYTES
    return Part(body[0], body[1:at], body[at : at + MARK_BYTES], body[at + MARK_BYTES :])

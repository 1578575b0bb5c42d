"""Words planted where a secret stands, and the search for them in bytes, however they were written down.

A word is sixteen small letters that no text of ours holds. Encodings that leave letters alone (quoted-printable, URL,
HTML, JSON) are found as it stands, with soft line ends taken out; the others by what they make of it.
"""

import base64
import random
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

LENGTH = 16
LARGEST_INFLATED = 4 * 1024 * 1024
"""Bytes that are looked at of one compressed piece."""
DEEPEST = 2
"""Compressed within compressed."""
STRIDE = 4096
COMPRESSED = (b"\x1f\x8b\x08", b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
"""How gzip and zlib begin."""


def drawn(draw: random.Random) -> str:
    """A word that stands nowhere else."""
    return "".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=LENGTH))


def traces(word: str) -> Mapping[str, tuple[bytes, ...]]:
    """What each encoding makes of a word, wherever in a text it begins."""
    plain = word.encode("ascii")
    return {
        "in clear": (plain, word.upper().encode("ascii"), word.capitalize().encode("ascii")),
        "UTF-16": (word.encode("utf-16-le"), word.encode("utf-16-be")),
        "base64": tuple(_base64(plain, before) for before in range(3)),
        "hexadecimal": (plain.hex().encode("ascii"), plain.hex().upper().encode("ascii")),
        "URL": ("".join(f"%{letter:02X}" for letter in plain).encode("ascii"),),
        "JSON": ("".join(f"\\u{letter:04x}" for letter in plain).encode("ascii"),),
        "HTML": ("".join(f"&#{letter};" for letter in plain).encode("ascii"),),
        "GSM-7": tuple(_septets(plain, before) for before in range(8)),
    }


def _base64(plain: bytes, before: int) -> bytes:
    """What stands in the middle, whatever is before and after the word."""
    whole = base64.b64encode(bytes(before) + plain)
    return whole[-(-before * 8 // 6) : (before + len(plain)) * 8 // 6]


def _septets(plain: bytes, before: int) -> bytes:
    """The same of letters packed into seven bits each, lowest first, as an SMS travels."""
    bits = sum(letter << 7 * (before + place) for place, letter in enumerate(plain))
    whole = bits.to_bytes((7 * (before + len(plain)) + 7) // 8, "little")
    return whole[-(-7 * before // 8) : 7 * (before + len(plain)) // 8]


class Search:
    """Looks for planted words in bytes."""

    def __init__(self, words: Mapping[str, str]) -> None:
        """`words` by what they stand for."""
        self._traces = [
            (what, how, trace) for what, word in words.items() for how, some in traces(word).items() for trace in some
        ]
        self.looked_at = 0
        """Bytes, those of what was compressed as well."""

    def found(self, place: str, data: bytes) -> list[str]:
        """Each word that stands in there, as `what, how, where`."""
        return sorted(set(self._found(place, data, DEEPEST)))

    def _found(self, place: str, data: bytes, deeper: int) -> Iterator[str]:
        self.looked_at += len(data)
        unbroken = data.replace(b"=\r\n", b"").replace(b"=\n", b"").replace(b"\r\n", b"")
        for what, how, trace in self._traces:
            if trace in data or trace in unbroken:
                yield f"{what} {how} in {place}"
        if deeper:
            for piece in inflated(data):
                yield from self._found(f"{place}, compressed", piece, deeper - 1)

    def in_files(self, folder: Path, called: str) -> list[str]:
        """The same of every file below a folder, and of their names."""
        found = []
        for path in sorted(folder.rglob("*")):
            name = f"{called}/{path.relative_to(folder)}"
            found += self.found(f"the name of {name}", str(path.relative_to(folder)).encode())
            if path.is_file():
                found += self.found(name, path.read_bytes())
        return found


def inflated(data: bytes) -> Iterator[bytes]:
    """Whatever in there was compressed, as it was before."""
    for head in COMPRESSED:
        at = data.find(head)
        while at >= 0:
            if piece := _inflated(memoryview(data)[at:]):
                yield piece
            at = data.find(head, at + 1)


def _inflated(data: memoryview) -> bytes:
    """What a compressed piece holds, as far as it can be read: most of what looks like a beginning is none."""
    reader, piece = zlib.decompressobj(zlib.MAX_WBITS | 32), b""
    with suppress(zlib.error):
        for start in range(0, len(data), STRIDE):
            piece += reader.decompress(data[start : start + STRIDE])
            if reader.eof or len(piece) > LARGEST_INFLATED:
                break
    return piece

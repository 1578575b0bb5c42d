"""A planted word is found however it was written down, and nothing is found where none is."""

import base64
import gzip
import quopri
import random
import zlib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.trust.canaries import Search, drawn

WORD = drawn(random.Random(20261130))  # noqa: S311  # a word for a test, not a secret
TEXT = f"Lavinia, detta {WORD}, arriverà alle 10"


def septets(text: str) -> bytes:
    """Seven bits a letter, as an SMS travels."""
    packed, held, bits = bytearray(), 0, 0
    for letter in text.encode("ascii", "replace"):
        held |= letter << bits
        bits += 7
        while bits >= 8:
            packed.append(held & 0xFF)
            held >>= 8
            bits -= 8
    packed.append(held & 0xFF)
    return bytes(packed)


WRITTEN: dict[str, Callable[[str], bytes]] = {
    "clear": str.encode,
    "capitals": lambda text: text.upper().encode(),
    "latin": lambda text: text.encode("latin-1"),
    "utf-16": lambda text: text.encode("utf-16"),
    "base64": lambda text: base64.b64encode(text.encode()),
    "base64-url": lambda text: base64.urlsafe_b64encode(text.encode()),
    "mail-base64": lambda text: base64.encodebytes(text.encode() * 5),
    "quoted-printable": lambda text: quopri.encodestring(text.encode() * 5),
    "url": lambda text: quote(text).encode(),
    "hex": lambda text: text.encode().hex().encode(),
    "json": lambda text: "".join(f"\\u{ord(letter):04x}" for letter in text).encode(),
    "html": lambda text: "".join(f"&#{ord(letter)};" for letter in text).encode(),
    "gsm": septets,
    "gzip": lambda text: b"head" + gzip.compress(text.encode()) + b"tail",
    "zlib-of-base64": lambda text: zlib.compress(base64.b64encode(text.encode())),
}


@pytest.mark.parametrize("how", WRITTEN)
@pytest.mark.parametrize("before", range(8))
def test_it_is_found_wherever_it_begins(how: str, before: int) -> None:
    search = Search({"name": WORD})
    assert search.found("here", WRITTEN[how]("x" * before + TEXT))


@pytest.mark.parametrize("how", WRITTEN)
def test_nothing_is_found_where_it_is_not(how: str) -> None:
    search = Search({"name": WORD})
    assert search.found("here", WRITTEN[how](TEXT.replace(WORD, "Aurora"))) == []


def test_files_and_their_names_are_looked_through(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "a.log").write_bytes(gzip.compress(TEXT.encode()))
    (tmp_path / f"{WORD}.txt").write_bytes(b"nothing")
    found = Search({"name": WORD}).in_files(tmp_path, "data")
    assert sorted(found) == [
        "name in clear in data/below/a.log, compressed",
        f"name in clear in the name of data/{WORD}.txt",
    ]

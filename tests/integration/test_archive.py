"""That the page to be signed is the PDF/A-3u it says it is, and that what looks at it would see if it were not."""

import io
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import ArrayObject, ByteStringObject, DictionaryObject, FloatObject, NameObject, NumberObject

from cli.pathway_pages import page
from cli.pdf import made as pdf_of
from procedures.loading import shipped_facts, shipped_library
from tests.archive import faults, objects

pytestmark = pytest.mark.slow

Spoil = Callable[[PdfReader], None]


@lru_cache(maxsize=4)
def made(name: str) -> bytes:
    try:
        import weasyprint  # type: ignore[import-untyped]  # noqa: F401 - it ships no types; without Pango it fails here
    except OSError:
        pytest.skip("Pango is not installed: apt-get install libpango-1.0-0 libpangoft2-1.0-0")
    return pdf_of(page(shipped_library().current[name], shipped_facts(), shipped_library().current))


def opened(name: str = "shelter") -> PdfReader:
    return PdfReader(io.BytesIO(made(name)))


@pytest.mark.parametrize("name", ["shelter", "intake", "children_who_witnessed", "tavolo_meeting"])
def test_a_page_to_be_signed_is_what_it_says_it_is(name: str) -> None:
    assert faults(made(name), opened(name)) == []


def test_its_words_can_be_found_in_it() -> None:
    found = " ".join(" ".join(page.extract_text() for page in opened().pages).split())
    pathway = shipped_library().current["shelter"]
    assert pathway.content_hash in found.replace(" ", "")
    assert all(step.title.it in found for step in pathway.steps.values())


def root(reader: PdfReader) -> DictionaryObject:
    found = reader.trailer["/Root"]
    assert isinstance(found, DictionaryObject)
    return found


def first(reader: PdfReader, fits: Callable[[DictionaryObject], bool]) -> DictionaryObject:
    """The first dictionary of the file that fits."""
    return next(one for one in objects(root(reader)) if isinstance(one, DictionaryObject) and fits(one))


def without(fits: Callable[[DictionaryObject], bool], key: str) -> Spoil:
    """Every one that fits loses the key."""

    def spoil(reader: PdfReader) -> None:
        for one in objects(root(reader)):
            if isinstance(one, DictionaryObject) and fits(one):
                one.pop(NameObject(key), None)

    return spoil


def top(key: str, value: Any = None) -> Spoil:
    def spoil(reader: PdfReader) -> None:
        if value is None:
            del root(reader)[key]
        else:
            root(reader)[NameObject(key)] = value

    return spoil


def drawn(more: bytes) -> Spoil:
    """The first page draws something more."""

    def spoil(reader: PdfReader) -> None:
        content: Any = reader.pages[0]["/Contents"].get_object()
        content.set_data(content.get_data() + b"\n" + more)

    return spoil


def in_metadata(old: bytes, new: bytes) -> Spoil:
    def spoil(reader: PdfReader) -> None:
        kept: Any = root(reader)["/Metadata"].get_object()
        kept.set_data(kept.get_data().replace(old, new))

    return spoil


def narrower(reader: PdfReader) -> None:
    inner = first(reader, lambda one: "/W" in one)
    widths: Any = inner["/W"].get_object()
    widths[1] = ArrayObject(FloatObject(float(width) / 2) for width in widths[1])


def a_huge_page(reader: PdfReader) -> None:
    reader.pages[0][NameObject("/MediaBox")] = ArrayObject(NumberObject(side) for side in (0, 0, 20000, 800))


def is_font(one: DictionaryObject) -> bool:
    return one.get("/Subtype") == "/Type0"


ACTION = DictionaryObject({NameObject("/Type"): NameObject("/Action"), NameObject("/S"): NameObject("/JavaScript")})
NOTE = DictionaryObject({NameObject("/Type"): NameObject("/Annot"), NameObject("/F"): NumberObject(2)})
PACKED = {NameObject("/EmbeddedFiles"): DictionaryObject()}


@pytest.mark.parametrize(
    ("fault", "spoil"),
    [
        ("6.1.3: no ids", lambda reader: reader.trailer.pop("/ID")),
        ("6.1.3: encrypted", lambda reader: reader.trailer.update({NameObject("/Encrypt"): DictionaryObject()})),
        ("6.6.2.1: no metadata", top("/Metadata")),
        ("6.6.4: it does not say that it is PDF/A-3u", in_metadata(b'conformance="U"', b'conformance="A"')),
        ("6.6.3: two titles", in_metadata(b"emergenza", b"ritardo")),
        ("6.2.3: no output intent, or several", top("/OutputIntents")),
        ("6.2.3: the output intent is no RGB profile", without(lambda one: "/N" in one, "/N")),
        ("6.2.4.3: a colour that the profile does not know", drawn(b"0 0 0 1 k")),
        ("6.1.13: too deep", drawn(b"q " * 30)),
        ("6.1.13: the size of a page", a_huge_page),
        ("6.2.11: letters without a font", drawn(b"/none 9 Tf (abcd) Tj")),
        ("6.2.11.7.2: a letter that cannot be searched", without(is_font, "/ToUnicode")),
        ("6.2.11.5: the width of a letter", narrower),
        ("6.2.11.3: a font without its map of glyphs", without(lambda one: "/W" in one, "/CIDToGIDMap")),
        ("6.5.1: an action", top("/OpenAction", ACTION)),
        ("6.2, 6.4, 6.5: /AA", top("/AA", DictionaryObject())),
        ("6.3.2: a note that is not printed", top("/Note", NOTE)),
        ("6.8: a file within", top("/Names", DictionaryObject(PACKED))),
        ("tags: the parts of the page are not told apart", top("/StructTreeRoot")),
        ("tags: no language", top("/Lang", ByteStringObject(b""))),
    ],
)
def test_what_would_be_wrong_is_seen(fault: str, spoil: Spoil) -> None:
    reader = opened()
    spoil(reader)
    assert fault in faults(made("shelter"), reader)


def test_a_font_that_is_not_inside_is_seen() -> None:
    reader = opened()
    without(lambda one: "/FontFile2" in one, "/FontFile2")(reader)
    assert [fault[:8] for fault in faults(made("shelter"), reader)] == ["6.2.11.4", "6.2.11.4"]


@pytest.mark.parametrize(
    ("fault", "spoil"),
    [
        ("6.1.2: the head of the file", lambda made: made.replace(b"%PDF-1.7", b"%PDF-2.0", 1)),
        ("6.1.3: more after the end", lambda made: made + b"more"),
    ],
)
def test_what_would_be_wrong_around_it_is_seen(fault: str, spoil: Callable[[bytes], bytes]) -> None:
    assert faults(spoil(made("shelter")), opened()) == [fault]

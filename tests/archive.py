"""Whether a PDF file is what PDF/A-3u asks for, as far as its own bytes show it (ISO 19005-3:2012; clauses beside).

It is no validator of the standard: colour in images, digital signatures and embedded files are not looked into, and the
pages of procedures hold none of them; that they hold none is looked at.
"""

import io
import re
from collections.abc import Callable, Iterator
from typing import Any, cast
from xml.etree import ElementTree as ET

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # it ships no types
from pypdf import PdfReader
from pypdf.generic import ArrayObject, ContentStream, DictionaryObject, PdfObject, StreamObject

XMP = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "dc": "http://purl.org/dc/elements/1.1/",
}
ALLOWED_FILTERS = {"/FlateDecode", "/DCTDecode", "/CCITTFaxDecode", "/JBIG2Decode", "/JPXDecode", "/RunLengthDecode"}
ALLOWED_ACTIONS = {"/GoTo", "/GoToR", "/GoToE", "/Thread", "/URI", "/Named", "/SubmitForm"}
FORBIDDEN_KEYS = {"/AA", "/JS", "/XFA", "/NeedAppearances", "/OPI", "/Ref", "/Alternates", "/TR", "/HTP", "/PS"}
LARGEST, SMALLEST, DEEPEST, LONGEST_NAME = 14400, 3, 28, 127
COLOURS, IDS = 3, 2
PRINTED, UNSEEN = 4, 0b100011
NO_LETTER = {"", "\x00", "\ufeff", "\ufffe"}


def faults(made: bytes, reader: PdfReader) -> list[str]:
    """What is not as the standard asks, with its clause; `reader` has read `made`."""
    every = list(objects(reader.trailer["/Root"]))
    found = [*_file(made, reader), *_metadata(reader), *_colours(reader), *_tags(reader)]
    found += [fault for one in every if isinstance(one, DictionaryObject) for fault in _dictionary(one)]
    found += [fault for page in reader.pages for fault in _page(page, reader)]
    return sorted(set(found))


def objects(root: PdfObject) -> Iterator[PdfObject]:
    """Everything that can be reached from an object, each once."""
    seen: set[int] = set()
    left: list[PdfObject | None] = [root]
    while left:
        one = left.pop()
        one = one.get_object() if one is not None else None
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        if isinstance(one, DictionaryObject):
            left += [one.raw_get(key) for key in one]
        elif isinstance(one, ArrayObject):
            left += list(one)


def _file(made: bytes, reader: PdfReader) -> Iterator[str]:
    first, second = made.split(b"\n", 2)[:2]
    if not re.fullmatch(rb"%PDF-1\.[0-7]", first) or not re.match(rb"%[\x80-\xff]{4}", second):
        yield "6.1.2: the head of the file"
    ids = reader.trailer.get("/ID")
    if not isinstance(ids, ArrayObject) or len(ids) != IDS or not all(ids):
        yield "6.1.3: no ids"
    if "/Encrypt" in reader.trailer:
        yield "6.1.3: encrypted"
    if not re.search(rb"%%EOF\r?\n?\Z", made):
        yield "6.1.3: more after the end"


def _metadata(reader: PdfReader) -> Iterator[str]:
    kept = cast("DictionaryObject", reader.trailer["/Root"]).get("/Metadata")
    if kept is None:
        yield "6.6.2.1: no metadata"
        return
    text = cast("StreamObject", kept.get_object()).get_data()
    if re.search(rb"<\?xpacket begin=[^>]*(bytes|encoding)=", text):
        yield "6.6.2.1: a head with bytes or encoding"
    told = ET.fromstring(text)  # noqa: S314 - made by ourselves a moment ago
    said = [
        {**one.attrib, **{part.tag: part.text or "" for part in one}}
        for one in told.iter(f"{{{XMP['rdf']}}}Description")
    ]
    values = {name: value for one in said for name, value in one.items()}
    if (values.get(f"{{{XMP['pdfaid']}}}part"), values.get(f"{{{XMP['pdfaid']}}}conformance")) != ("3", "U"):
        yield "6.6.4: it does not say that it is PDF/A-3u"
    title = told.find(f".//{{{XMP['dc']}}}title//{{{XMP['rdf']}}}li")
    if title is None or reader.metadata is None or title.text != reader.metadata.title:
        yield "6.6.3: two titles"


def _colours(reader: PdfReader) -> Iterator[str]:
    intents = cast("DictionaryObject", reader.trailer["/Root"]).get("/OutputIntents", ArrayObject())
    archive = [one.get_object() for one in intents if one.get_object().get("/S") == "/GTS_PDFA1"]
    if len(archive) != 1:
        yield "6.2.3: no output intent, or several"
        return
    profile = cast("StreamObject", archive[0]["/DestOutputProfile"].get_object())
    data = profile.get_data()
    if data[36:40] != b"acsp" or data[8] > 4 or data[16:20] != b"RGB " or int(profile.get("/N", 0)) != COLOURS:
        yield "6.2.3: the output intent is no RGB profile"


def _tags(reader: PdfReader) -> Iterator[str]:
    """Not asked for by the level U: the program says that its pages can be read aloud."""
    root = cast("DictionaryObject", reader.trailer["/Root"])
    marked = root.get("/MarkInfo", DictionaryObject()).get_object()
    kinds = {
        str(one.get("/S")): one
        for one in objects(root.get("/StructTreeRoot", DictionaryObject()))
        if isinstance(one, DictionaryObject) and "/P" in one
    }
    if not marked.get("/Marked") or not {"/Document", "/H1", "/H2", "/P", "/Table"} <= set(kinds):
        yield "tags: the parts of the page are not told apart"
    if not root.get("/Lang"):
        yield "tags: no language"


def _dictionary(one: DictionaryObject) -> Iterator[str]:
    filters = one.get("/Filter", ArrayObject()) if isinstance(one, StreamObject) else ArrayObject()
    if {str(name) for name in (filters if isinstance(filters, ArrayObject) else [filters])} - ALLOWED_FILTERS:
        yield "6.1.7.2: a filter"
    if isinstance(one, StreamObject) and {"/F", "/FFilter", "/FDecodeParms"} & set(one):
        yield "6.1.7.1: a stream in another file"
    if FORBIDDEN_KEYS & set(one):
        yield f"6.2, 6.4, 6.5: {', '.join(sorted(FORBIDDEN_KEYS & set(one)))}"
    if "/EF" in one or "/EmbeddedFiles" in one:
        yield "6.8: a file within"
    if one.get("/Type") == "/Action" and one.get("/S") not in ALLOWED_ACTIONS:
        yield "6.5.1: an action"
    if one.get("/Subtype") == "/Image" and one.get("/Interpolate"):
        yield "6.2.8: an image that is smoothed"
    if any(len(str(name)) - 1 > LONGEST_NAME for name in one):
        yield "6.1.13: a long name"
    if one.get("/Type") == "/Annot" and int(one.get("/F", 0)) & (PRINTED | UNSEEN) != PRINTED:
        yield "6.3.2: a note that is not printed"
    if one.get("/Type") == "/Font" and one.get("/Subtype") != "/Type0" and "/DescendantFonts" not in one:
        yield from _embedded(one)


def _embedded(font: DictionaryObject) -> Iterator[str]:
    described = font.get("/FontDescriptor", DictionaryObject()).get_object()
    if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(described):
        yield f"6.2.11.4: a font that is not inside: {font.get('/BaseFont')}"
    if font.get("/Subtype") == "/CIDFontType2" and "/CIDToGIDMap" not in font:
        yield "6.2.11.3: a font without its map of glyphs"


def _page(page: DictionaryObject, reader: PdfReader) -> Iterator[str]:
    left, low, right, high = (float(side) for side in cast("ArrayObject", page["/MediaBox"]))
    if not all(SMALLEST <= side <= LARGEST for side in (right - left, high - low)):
        yield "6.1.13: the size of a page"
    yield from _drawn(page, page.get("/Contents"), reader, set())


def _drawn(holder: DictionaryObject, content: PdfObject | None, reader: PdfReader, seen: set[int]) -> Iterator[str]:
    """What is drawn on a page or in one of its parts: letters that mean something, and colours of the profile."""
    resources = cast("DictionaryObject", holder.get("/Resources", DictionaryObject()).get_object())
    fonts = {name: _Letters(font.get_object()) for name, font in _named(resources, "/Font")}
    now: _Letters | None = None
    deep = 0
    for words, operator in ContentStream(content, reader).operations:
        deep += {b"q": 1, b"Q": -1}.get(operator, 0)
        if deep > DEEPEST:
            yield "6.1.13: too deep"
        if operator in {b"k", b"K"} or (operator in {b"cs", b"CS"} and words[0] == "/DeviceCMYK"):
            yield "6.2.4.3: a colour that the profile does not know"
        if operator == b"Tf":
            now = fonts.get(words[0])
        elif operator in {b"Tj", b"TJ", b"'", b'"'}:
            pieces = words[0] if isinstance(words[0], ArrayObject) else [words[-1]]
            for piece in pieces:
                if hasattr(piece, "original_bytes"):
                    yield from now.faults(piece.original_bytes) if now else ["6.2.11: letters without a font"]
    for _name, part in _named(resources, "/XObject"):
        form = part.get_object()
        if form.get("/Subtype") == "/Form" and id(form) not in seen:
            seen.add(id(form))
            yield from _drawn(form, form, reader, seen)


def _named(resources: DictionaryObject, kind: str) -> list[tuple[str, Any]]:
    return list(cast("DictionaryObject", resources.get(kind, DictionaryObject()).get_object()).items())


class _Letters:
    """A font with two bytes for each glyph: what its glyphs mean, how wide they are said and how wide they are."""

    def __init__(self, font: DictionaryObject) -> None:
        self.means = _meanings(font)
        inner = cast("DictionaryObject", font["/DescendantFonts"][0].get_object())  # type: ignore[index]  # an array
        self.said = dict(_widths(inner.get("/W", ArrayObject())))
        described = inner.get("/FontDescriptor", DictionaryObject()).get_object()
        file = described.get("/FontFile2") or described.get("/FontFile3")
        self.true: Callable[[int], float] | None = None
        if file is not None:
            whole = TTFont(io.BytesIO(file.get_object().get_data()))
            order, widths, unit = whole.getGlyphOrder(), whole["hmtx"].metrics, whole["head"].unitsPerEm
            self.true = lambda code: widths[order[code]][0] * 1000 / unit

    def faults(self, shown: bytes) -> Iterator[str]:
        """Of the letters that are shown with it."""
        for code in {int.from_bytes(shown[at : at + 2], "big") for at in range(0, len(shown), 2)}:
            if self.means.get(code, "") in NO_LETTER:
                yield "6.2.11.7.2: a letter that cannot be searched"
            if code == 0:
                yield "6.2.11.8: a letter that the font does not have"
            if self.true and abs(self.said.get(code, 1000) - self.true(code)) > 1:
                yield "6.2.11.5: the width of a letter"


def _meanings(font: DictionaryObject) -> dict[int, str]:
    if "/ToUnicode" not in font:
        return {}
    text = cast("StreamObject", font["/ToUnicode"].get_object()).get_data().decode("latin-1")
    found = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", text, re.DOTALL):
        for code, letters in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]*)>", block):
            found[int(code, 16)] = bytes.fromhex(letters).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", text, re.DOTALL):
        for first, last, letters in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            start = bytes.fromhex(letters).decode("utf-16-be")
            for number, code in enumerate(range(int(first, 16), int(last, 16) + 1)):
                found[code] = start[:-1] + chr(ord(start[-1]) + number)
    return found


def _widths(said: PdfObject) -> Iterator[tuple[int, float]]:
    left = list(cast("ArrayObject", said.get_object()))
    while left:
        first, then = int(left.pop(0)), left.pop(0).get_object()
        if isinstance(then, ArrayObject):
            yield from ((first + number, float(width)) for number, width in enumerate(then))
        else:
            width = float(left.pop(0))
            yield from ((code, width) for code in range(first, int(then) + 1))

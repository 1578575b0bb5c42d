"""Whatever a person reads exists in Italian: marked sentences of code and pages, and the templates of every failure."""

import ast
import string
from collections.abc import Iterator, Sequence

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from notifiers.errors import MissingSender
from notifiers.language import HOUSE, LANGUAGES, catalogue_path, language_of, said, translator
from procedures.errors import UnknownHandoff
from procedures.marking import N_

ROOMS = ("procedures", "models", "notifiers", "web", "cli")
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
BESIDES = {"models": ("procedures",)}
"""Rooms whose sentences may stand in another room's catalogue."""


def marked_sentences(room: str) -> Iterator[str]:
    """Return what is marked in the room's code and pages."""
    for path in sorted((HOUSE / room).rglob("*")):
        if "vendor" in path.parts or path.suffix not in {".py", ".html"}:
            continue
        method = "python" if path.suffix == ".py" else "jinja2.ext:babel_extract"
        options = {} if path.suffix == ".py" else {"silent": "false"}
        for _, found, _, _ in extract_from_file(method, path, keywords=KEYWORDS, options=options):
            yield from (found,) if isinstance(found, str) else found


def templates(room: str) -> Iterator[str]:
    """Return the sentence of each failure that the room defines."""
    for path in sorted((HOUSE / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Assign(targets=[ast.Name(id="template")], value=ast.Constant(value=str(sentence))):
                    yield sentence
                case ast.AnnAssign(target=ast.Name(id="template"), value=ast.Constant(value=str(sentence))):
                    yield sentence


def catalogue(room: str) -> Catalog:
    path = catalogue_path("it", room)
    if not path.exists():
        return Catalog(locale="it")
    with path.open("rb") as source:
        return read_po(source, locale="it", abort_invalid=True)


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


@pytest.mark.parametrize("room", ROOMS)
def test_every_marked_sentence_is_in_the_catalogue_of_its_room(room: str) -> None:
    sentences = set(marked_sentences(room))
    if not sentences and not catalogue_path("it", room).exists():
        pytest.skip("nothing is said here")
    known = _ids(room, *BESIDES.get(room, ()))
    assert sorted(sentences - known) == []


@pytest.mark.parametrize("room", [*ROOMS, "flows"])
def test_every_failure_can_be_said_in_italian(room: str) -> None:
    known = _ids(room, "procedures", "models", "notifiers")
    assert sorted(set(templates(room)) - known) == []


@pytest.mark.parametrize("room", ROOMS)
def test_nothing_is_left_untranslated_or_unsure_and_places_agree(room: str) -> None:
    for entry in _entries(catalogue(room)):
        originals, translations = _forms(entry.id), _forms(entry.string)
        assert not entry.fuzzy, entry.id
        assert translations, entry.id
        assert all(translations), entry.id
        if "python-format" in entry.flags:
            continue
        for translation in translations:
            assert places(translation) in [places(original) for original in originals], entry.id


def test_the_catalogue_of_the_notifiers_holds_nothing_that_nobody_says() -> None:
    used = set(marked_sentences("notifiers")) | set(templates("notifiers"))
    assert sorted(_ids("notifiers") - used) == []


def test_a_failure_is_said_in_the_language_of_its_reader() -> None:
    failure = UnknownHandoff(ref="K7QF-2M9T")
    assert said(failure, "en") == str(failure)
    assert said(failure, "it") != str(failure)
    assert "K7QF-2M9T" in said(failure, "it")


def test_a_marked_word_among_the_data_is_translated_too() -> None:
    failure = MissingSender(carrier="email", expected=N_("an e-mail address"))
    assert "un indirizzo e-mail" in said(failure, "it")
    assert "an e-mail address" in said(failure, "en")


@pytest.mark.parametrize(
    ("wanted", "spoken"),
    [
        ("it", "it"),
        ("en", "en"),
        ("en-GB", "en"),
        ("it_IT", "it"),
        ("IT", "it"),
        ("de", "it"),
        ("", "it"),
        (None, "it"),
    ],
)
def test_the_nearest_language_is_spoken(wanted: str | None, spoken: str) -> None:
    assert language_of(wanted) == spoken
    assert spoken in LANGUAGES


def test_a_catalogue_is_compiled_once() -> None:
    assert translator("it", "notifiers") is translator("it", "notifiers")


def _entries(kept: Catalog) -> list[Message]:
    return [entry for entry in kept if entry.id]


def _forms(sentence: str | Sequence[str] | None) -> list[str]:
    """Return the sentence alone, or its singular and plural."""
    return [sentence] if isinstance(sentence, str) else list(sentence or ())


def _ids(*rooms: str) -> set[str]:
    return {form for room in rooms for entry in _entries(catalogue(room)) for form in _forms(entry.id)}

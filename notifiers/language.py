"""Italian and English: catalogues read from the rooms' `.po` files, and errors said in the reader's language."""

import gettext
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from procedures.errors import StaffettaError
from procedures.marking import Marked

LANGUAGES = ("it", "en")
DEFAULT_LANGUAGE = "it"
HOUSE = Path(__file__).resolve().parent.parent


def language_of(wanted: str | None) -> str:
    """Return the nearest language that we speak: `en-GB` is `en`, what we do not speak is Italian."""
    short = (wanted or DEFAULT_LANGUAGE).replace("_", "-").split("-")[0].lower()
    return short if short in LANGUAGES else DEFAULT_LANGUAGE


def catalogue_path(language: str, room: str) -> Path:
    """Tell where the room keeps its catalogue of that language."""
    return HOUSE / room / "locales" / language / "LC_MESSAGES" / f"{room}.po"


@lru_cache
def translator(language: str, room: str) -> gettext.NullTranslations:
    """Return the room's sentences in that language. English sentences are the keys, so `en` translates nothing.

    Catalogues are compiled in memory: there is no compiled file that could be older than its source.
    """
    path = catalogue_path(language_of(language), room)
    if language_of(language) == "en" or not path.exists():
        return gettext.NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language_of(language)))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def said(error: StaffettaError, language: str) -> str:
    """Say in that language what went wrong and what to do."""
    rooms = dict.fromkeys((type(error).__module__.split(".", maxsplit=1)[0], "procedures", "models", "notifiers"))
    catalogues = [translator(language, room) for room in rooms]
    data = {
        name: _first_translation(value, catalogues) if isinstance(value, Marked) else value
        for name, value in error.data.items()
    }
    return _first_translation(error.template, catalogues).format(**data)


def _first_translation(sentence: str, catalogues: list[gettext.NullTranslations]) -> str:
    for catalogue in catalogues:
        translation = catalogue.gettext(sentence)
        if translation != sentence:
            return translation
    return str(sentence)

"""The language of the command line: asked for, else set in the environment, else in the settings file, else Italian.

Help is put together while modules are imported, before any option is read; so the words of the command line itself are
looked at for `--language`.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from notifiers.language import DEFAULT_LANGUAGE, language_of, said, translator
from procedures.errors import StaffettaError

VARIABLE = "STAFFETTA__DESK__LANGUAGE"
OPTION = "--language"

_asked: ContextVar[str | None] = ContextVar("asked", default=None)
_from_file: ContextVar[str | None] = ContextVar("from_file", default=None)


def language() -> str:
    """`it` or `en`."""
    wanted = _asked.get() or asked_on_the_command_line(sys.argv[1:]) or os.environ.get(VARIABLE) or _from_file.get()
    return language_of(wanted or DEFAULT_LANGUAGE)


def asked_on_the_command_line(words: Sequence[str]) -> str | None:
    """The language that is asked for among the words, looked at before they are understood."""
    for place, word in enumerate(words):
        if word.startswith(f"{OPTION}="):
            return word.partition("=")[2]
        if word == OPTION and place + 1 < len(words):
            return words[place + 1]
    return None


@contextmanager
def speaking(wanted: str | None) -> Iterator[None]:
    """Speak `wanted` while the context lasts; None leaves the choice to the environment and the settings."""
    asked, from_file = _asked.set(wanted), _from_file.set(None)
    try:
        yield
    finally:
        _asked.reset(asked)
        _from_file.reset(from_file)


def follow_settings(configured: str) -> None:
    """Speak as the settings file says, where nobody asked for another language."""
    _from_file.set(configured)


def _(sentence: str) -> str:
    """The sentence in the language of this run."""
    return translator(language(), "cli").gettext(sentence)


def failure(error: StaffettaError) -> str:
    """What went wrong and what to do, in the language of this run."""
    return said(error, language())


def translate_fault(sentence: str) -> str:
    """A sentence of a fault in the language of this run, wherever its catalogue is."""
    for room in ("procedures", "models", "cli"):
        translation = translator(language(), room).gettext(sentence)
        if translation != sentence:
            return translation
    return sentence

"""What a form says of a yes or a no: for which service, how it was taken, in which language, until when."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from starlette.datastructures import FormData

from models.consent_texts import ConsentText, latest_texts, read_out, texts_by_hash
from models.database import Database
from procedures.commands import LANGUAGE
from procedures.consent_notes import TakenHow
from procedures.distances import on_the_wall
from web.forms import FormNotUnderstood, word
from web.saying import N_

HOW: Mapping[str, str] = {
    TakenHow.IN_PERSON: N_("in person"),
    TakenHow.TELEPHONE: N_("by telephone"),
    TakenHow.IN_WRITING: N_("in writing"),
    TakenHow.INTERPRETER: N_("through an interpreter"),
}
LANGUAGES: Mapping[str, str] = {
    "it": "Italiano",
    "en": "English",
    "fr": "Français",
    "es": "Español",
    "pt": "Português",
    "de": "Deutsch",
    "ro": "Română",
    "sq": "Shqip",
    "uk": "Українська",
    "ru": "Русский",
    "pl": "Polski",
    "ar": "العربية",
    "fa": "فارسی",
    "tr": "Türkçe",
    "ur": "اردو",
    "hi": "हिन्दी",
    "bn": "বাংলা",
    "zh": "中文",
    "tl": "Tagalog",
    "wo": "Wolof",
    "ti": "ትግርኛ",
    "so": "Soomaali",
}
"""Each by its own name, so that no language of the page has to know it. Any other may come through the API."""


@dataclass(frozen=True)
class ConsentForm:
    """What a form about one consent offers."""

    hows: Sequence[tuple[str, str]]
    languages: Sequence[tuple[str, str]]
    text: ConsentText | None
    """What is to be read to her; None where no text is kept for it."""

    @property
    def texts(self) -> Sequence[tuple[str, str, str]]:
        """Each text with its language's code and name."""
        texts = self.text.texts if self.text else {}
        return [(code, LANGUAGES.get(code, code), text) for code, text in texts.items()]


def forms_of(db: Database, consents: Sequence[str], say: Mapping[str, str]) -> dict[str, ConsentForm]:
    """The form of each of these consents; `say` has the words of `HOW` in the page's language."""
    texts = latest_texts(db)
    return {name: ConsentForm(tuple(say.items()), tuple(LANGUAGES.items()), texts.get(name)) for name in consents}


def consent_said(form: FormData, kind: str, db: Database) -> dict[str, object]:
    """The fields of the command. What nobody filled in stays unknown. Raises FormNotUnderstood."""
    said: dict[str, object] = {"consent": word(form, "consent"), "service": word(form, "service") or None}
    if kind == "revoke":
        return said
    how, language = word(form, "how"), word(form, "language")
    if (how and how not in HOW) or (language and not re.fullmatch(LANGUAGE, language)):
        raise FormNotUnderstood
    said |= {"how": how or None, "language": language or None}
    shown = word(form, "text") or None
    if shown and shown not in texts_by_hash(db, [shown]):
        raise FormNotUnderstood
    said["text"] = read_out(db, str(said["consent"]), language or None, shown)
    if kind == "give":
        said["until"] = end_of_day(word(form, "until"))
    return said


def end_of_day(typed: str) -> datetime | None:
    """The end of that day in Rome, as an aware moment; None where none was typed. Raises FormNotUnderstood."""
    if not typed:
        return None
    try:
        return on_the_wall(date.fromisoformat(typed) + timedelta(days=1), time())
    except (ValueError, OverflowError):
        raise FormNotUnderstood from None

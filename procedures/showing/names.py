"""Names as people say them: competences, facts and their values, lengths of time."""

import re
from collections.abc import Mapping

from procedures.loading import shipped_competences
from procedures.schema import Fact, FactWord, Text

_UNITS = {
    "working days": "giorni lavorativi",
    "working day": "giorno lavorativo",
    "min": "min",
    "minutes": "minuti",
    "minute": "minuto",
    "hours": "ore",
    "hour": "ora",
    "days": "giorni",
    "day": "giorno",
    "weeks": "settimane",
    "week": "settimana",
    "months": "mesi",
    "month": "mese",
    "years": "anni",
    "year": "anno",
}
_UNIT = re.compile(r"\b(" + "|".join(sorted(_UNITS, key=len, reverse=True)) + r")\b")
_IN_COUNTRY = re.compile(r" in ([A-Z]{2})\b")
_YES = Text(it="sì", en="yes")
_NO = Text(it="no", en="no")
_SPECIAL = {
    "unknown": Text(it="non detto da nessuno", en="told by nobody"),
    "not_answered": Text(it="senza risposta", en="not answered"),
}


def competence(name: str, language: str) -> str:
    """What a service is asked for, as people say it."""
    known = shipped_competences().get(name)
    return known.said(language) if known else spaced(name)


def spaced(name: str) -> str:
    """A name of a procedure's writer, with spaces."""
    return name.replace("_", " ")


def time(words: str, language: str) -> str:
    """A length of time in `language`: `5 days` → `5 giorni`."""
    if language == "en":
        return words
    return _IN_COUNTRY.sub(r" (calendario \1)", _UNIT.sub(lambda unit: _UNITS[unit[1]], words))


def fact(name: str, facts: Mapping[str, Fact], language: str) -> str:
    """A fact's title; its name where nobody declared it."""
    known = facts.get(name)
    return known.title.said(language) if known else spaced(name)


def value(word: FactWord, declared: Fact | None, language: str) -> str:
    """A fact's value as its vocabulary says it."""
    if isinstance(word, bool):
        return (_YES if word else _NO).said(language)
    text = _SPECIAL.get(str(word)) or (declared.choices.get(str(word)) if declared else None)
    return text.said(language) if text else spaced(str(word))

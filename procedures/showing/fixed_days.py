"""Days that come again, as people say them: `il primo lunedì di ogni mese`, `every Tuesday`."""

from procedures.language.fixed_days import LAST, MONTHS, WEEKDAYS, FixedDay, FixedDays

_WEEKDAYS = ("lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica")
_MONTHS = (
    "gennaio",
    "febbraio",
    "marzo",
    "aprile",
    "maggio",
    "giugno",
    "luglio",
    "agosto",
    "settembre",
    "ottobre",
    "novembre",
    "dicembre",
)
_PLACES = {1: ("il primo", "first"), 2: ("il secondo", "second"), 3: ("il terzo", "third")}
_PLACES |= {4: ("il quarto", "fourth"), LAST: ("l'ultimo", "last")}
_FEMININE = {1: "la prima", 2: "la seconda", 3: "la terza", 4: "la quarta", LAST: "l'ultima"}
_SUNDAY = 6


def days(fixed: FixedDays, language: str) -> str:
    """All of them, in the order in which they are written."""
    return ", ".join(_in_italian(day) if language == "it" else _in_english(day) for day in fixed.days)


def _in_italian(one: FixedDay) -> str:
    if one.weekday is not None:
        weekday = _WEEKDAYS[one.weekday]
        if one.place is None:
            return f"ogni {weekday}"
        place = _FEMININE[one.place] if one.weekday == _SUNDAY else _PLACES[one.place][0]
        return f"{place} {weekday} di ogni mese"
    if one.day == LAST:
        return "l'ultimo giorno di ogni mese"
    if one.month is None:
        return f"il giorno {one.day} di ogni mese"
    return f"il {'1º' if one.day == 1 else one.day} {_MONTHS[one.month - 1]} di ogni anno"


def _in_english(one: FixedDay) -> str:
    if one.weekday is not None:
        weekday = WEEKDAYS[one.weekday].capitalize()
        return f"every {weekday}" if one.place is None else f"the {_PLACES[one.place][1]} {weekday} of every month"
    if one.day == LAST:
        return "the last day of every month"
    if one.month is None:
        return f"day {one.day} of every month"
    return f"{one.day} {MONTHS[one.month - 1].capitalize()} of every year"

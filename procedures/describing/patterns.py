"""How lengths, moments and points in time are written, as regular expressions of JSON Schema (ECMA 262)."""

from procedures.durations import DAY, MONTHS, UNITS, WORKING
from procedures.language import fixed_days

NAME = "[a-z][a-z0-9_]{0,59}"
_UNITS = "|".join(sorted((*UNITS, *MONTHS), key=len, reverse=True))
_WORKING = "|".join(sorted((word.replace(" ", r"\s+") for word in WORKING), key=len, reverse=True))
_NUMBER = "0*[1-9][0-9]*"
_HOUR = "(?:[01]?[0-9]|2[0-3]):[0-5][0-9]"
COUNTED = rf"{_NUMBER}\s*(?:{_UNITS})"
_WHOLE = [unit for unit, seconds in UNITS.items() if seconds >= DAY]
_OF_DAYS = "|".join(sorted((*_WHOLE, *MONTHS), key=len, reverse=True))
WHOLE_DAYS = rf"{_NUMBER}\s*(?:{_OF_DAYS})"
OF_COUNTRY = rf"{_NUMBER}\s*(?:{_WORKING})\s+in\s+[A-Za-z]+"
LENGTH = rf"(?:{COUNTED}|{_NUMBER}\s*(?:{_WORKING})(?:\s+in\s+[A-Za-z]+)?|{_HOUR})"
MOMENT = rf"(?:case\.opened|pathway\.started|fact\.{NAME}|{NAME}\.evidence\.{NAME}|{NAME}\.{NAME})"
POINT = rf"(?:{LENGTH}(?:\s+(?:of|before)\s+{MOMENT})?|{MOMENT})"
LEADING_UP = rf"{LENGTH}\s+before\s+fact\.{NAME}"
FULL_HOUR = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_WEEKDAYS = "|".join(fixed_days.WEEKDAYS)
_PLACES = "|".join(fixed_days.PLACES)
_OF_MONTH = rf"(?:(?:{_PLACES}) (?:{_WEEKDAYS})|last day|day 0?[1-9]|day 1[0-9]|day 2[0-8]) of the month"
_OF_YEAR = rf"(?:0?[1-9]|[12][0-9]|3[01]) (?:{'|'.join(fixed_days.MONTHS)})"
FIXED_DAY = rf"(?:{_WEEKDAYS}|{_OF_MONTH}|{_OF_YEAR})"
NEED = rf"{NAME}(?:\.{NAME})?"


def whole(pattern: str) -> str:
    """The pattern of a text that is nothing else; blanks around it do not matter."""
    return rf"^\s*{pattern}\s*$"

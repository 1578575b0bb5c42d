"""What can be wrong with the settings, said with the key, the place it stands in, and what to do."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic_core import ErrorDetails

from procedures.errors import StaffettaError
from procedures.marking import N_, Marked

PREFIX = "STAFFETTA__"
ENVIRONMENT = N_("the environment")
OTHER = N_("a value of this kind cannot stand here")
A_SECTION = N_("it must be a section, such as [desk], with its keys below it")
NO_MOMENT = N_("it is no moment such as 2026-11-24T20:00:00+01:00")
NO_INTEGER = N_("it is no valid integer")
NO_NUMBER = N_("it is no valid number")
NO_BOOLEAN = N_("it is neither true nor false")
WHYS = {
    "extra_forbidden": N_("no such key"),
    "int_parsing": NO_INTEGER,
    "int_parsing_size": NO_INTEGER,
    "int_type": NO_INTEGER,
    "int_from_float": NO_INTEGER,
    "float_parsing": NO_NUMBER,
    "float_type": NO_NUMBER,
    "finite_number": NO_NUMBER,
    "bool_parsing": NO_BOOLEAN,
    "bool_type": NO_BOOLEAN,
    "string_type": N_("it is no text"),
    "string_pattern_mismatch": N_("only it or en match"),
    "path_type": N_("it is no path of a file or folder"),
    "model_type": A_SECTION,
    "model_attributes_type": A_SECTION,
    "dict_type": A_SECTION,
    "mapping_type": A_SECTION,
    "datetime_type": NO_MOMENT,
    "datetime_parsing": NO_MOMENT,
    "datetime_from_date_parsing": NO_MOMENT,
    "datetime_object_invalid": NO_MOMENT,
    "date_from_datetime_parsing": NO_MOMENT,
    "timezone_aware": N_("the time needs its zone, such as +01:00"),
}
"""What pydantic finds, in words that have an entry in the catalogue."""


class BadSettings(StaffettaError):
    """A key that does not exist, or a value that does not fit."""

    template = "The setting {key} in {place} does not fit: {why}. Correct it and start again."


class BadVariable(BadSettings):
    """A variable of ours that stands for no setting."""

    template = "The variable {key} stands for no setting; the sections are {known}. Correct it and start again."


class SettingTooLarge(BadSettings):
    """A number above what is allowed."""

    template = "The setting {key} in {place} is too large: write at most {bound}, and start again."


class SettingTooSmall(BadSettings):
    """A number below what is allowed."""

    template = "The setting {key} in {place} is too small: write at least {bound}, and start again."


class SettingNotAbove(BadSettings):
    """A number that must be greater than another."""

    template = "The setting {key} in {place} is too small: write more than {bound}, and start again."


class BadSettingsFile(StaffettaError):
    """The settings file cannot be read."""

    template = "The settings file {place} cannot be read: {why}. Correct it and start again."


class NoToml(BadSettingsFile):
    """The settings file is no TOML; where it stops being so is said."""

    template = "The settings file {place} is no TOML in line {line}, column {column}. Correct it and start again."


class SettingsReadableByOthers(StaffettaError):
    """A password stands in a settings file that the group or others may read."""

    template = "Others can read {path}, which holds a password ({key}). Run `chmod 600 {path}` and start again."


BOUNDS = {
    "less_than_equal": ("le", SettingTooLarge),
    "greater_than_equal": ("ge", SettingTooSmall),
    "greater_than": ("gt", SettingNotAbove),
}


def told(error: ErrorDetails, from_environment: Mapping[str, Any], place: Path) -> BadSettings:
    """The first thing that pydantic found, with the name under which its writer knows it. Never the value."""
    names = [str(part) for part in error["loc"]]
    found: Any = from_environment
    for name in names:
        found = found.get(name) if isinstance(found, Mapping) else None
    in_environment = bool(names) and found is not None
    said = {
        "key": f"{PREFIX}{'__'.join(names).upper()}" if in_environment else shown(".".join(names)),
        "place": ENVIRONMENT if in_environment else place,
    }
    if error["type"] in BOUNDS:
        bound, kind = BOUNDS[error["type"]]
        return kind(**said, bound=f"{error['ctx'][bound]:g}")
    return BadSettings(**said, why=_why(error))


def _why(error: ErrorDetails) -> str:
    if error["type"] == "value_error":  # one of our own checks
        return Marked(error["msg"].removeprefix("Value error, "))
    return WHYS.get(error["type"], OTHER)


LONGEST_KEY = 80


def shown(key: str) -> str:
    """A key as it was written, without what a terminal would obey."""
    kept = "".join(letter if letter.isprintable() else "?" for letter in key)
    return kept if len(kept) <= LONGEST_KEY else f"{kept[:LONGEST_KEY]}…"

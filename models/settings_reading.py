"""The settings file and our variables of the environment, as plain values that nobody has looked at yet."""

import os
import re
import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Any

from pydantic_settings import BaseSettings, EnvSettingsSource
from pydantic_settings.exceptions import SettingsError

from models.settings_faults import (
    A_SECTION,
    ENVIRONMENT,
    PREFIX,
    BadSettings,
    BadSettingsFile,
    BadVariable,
    NoToml,
    shown,
)
from procedures.marking import N_
from procedures.reasons import reason_of

LARGEST_FILE = 256 * 1024
"""Bytes. A settings file is a page or two; something larger is another file."""
PLACE = re.compile(r"at line (\d+), column (\d+)")


def read_settings_file(place: Path, *, must_exist: bool) -> dict[str, Any]:
    """What the file says; nothing where there is none and none must be.

    Raises:
        BadSettingsFile: it cannot be read, or is no TOML.
    """
    text = _text(place, must_exist=must_exist)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = PLACE.search(str(error))
        line, column = found.groups() if found else (str(text.count("\n") + 1), "1")
        raise NoToml(place=place, line=line, column=column) from None
    except RecursionError:
        raise BadSettingsFile(place=place, why=N_("too many brackets stand inside one another")) from None
    except ValueError:  # a number or a date that nobody can hold
        raise BadSettingsFile(place=place, why=N_("it holds a number or a date that cannot be")) from None


def _text(place: Path, *, must_exist: bool) -> str:
    try:
        with place.open("rb") as file:
            kept = file.read(LARGEST_FILE + 1)
    except (FileNotFoundError, NotADirectoryError) as error:  # whoever makes the data folder says what is in its way
        if must_exist:
            raise BadSettingsFile(place=place, why=reason_of(error)) from None
        return ""
    except OSError as error:
        raise BadSettingsFile(place=place, why=reason_of(error)) from None
    except ValueError:  # a path with a zero byte
        raise BadSettingsFile(place=shown(str(place)), why=N_("no file can have this name")) from None
    if len(kept) > LARGEST_FILE:
        raise BadSettingsFile(place=place, why=N_("it is larger than 256 KiB"))
    try:
        return kept.decode("utf-8-sig")  # some editors begin a text with a mark
    except UnicodeDecodeError:
        raise BadSettingsFile(place=place, why=N_("it is no UTF-8 text")) from None


def read_environment(settings: type[BaseSettings]) -> dict[str, Any]:
    """What our variables say.

    Raises:
        BadVariable: a variable of ours stands for no setting.
        BadSettings: a section as a whole was given a value.
    """
    _refuse_unknown_variables({name for name in settings.model_fields if name != "data"})
    try:
        found = EnvSettingsSource(settings)()
    except SettingsError:
        raise BadSettings(key=_section_given(), place=ENVIRONMENT, why=A_SECTION) from None
    found.pop("data", None)
    return found


def _refuse_unknown_variables(sections: Collection[str]) -> None:
    for variable in _ours():
        section, _, key = variable[len(PREFIX) :].lower().partition("__")
        if section not in sections or not key:
            raise BadVariable(key=shown(variable), place=ENVIRONMENT, known=", ".join(sorted(sections)))


def _ours() -> list[str]:
    return sorted(variable for variable in os.environ if variable.upper().startswith(PREFIX))


def _section_given() -> str:
    """The shortest of our variables: one that names a section whose keys are names themselves."""
    return min(_ours(), key=lambda variable: variable.count("__"))

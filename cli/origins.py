"""Where each setting came from: the environment, the settings file, or the program's own choice."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.speech import _
from models.settings import FILE_NAME, PREFIX, load_settings
from models.settings_reading import read_settings_file

SECRET = frozenset({"url", "store_url", "client_secret", "password"})
"""A carrier's URL holds its password, a database's may."""
HIDDEN = "…"


@dataclass(frozen=True)
class Setting:
    """One setting as it is in force."""

    key: str
    value: str | None
    origin: str


def settings_with_origins(data: Path, config: Path | None) -> list[Setting]:
    """Every setting in force, by its key.

    Raises:
        BadSettings, BadSettingsFile.
    """
    settings = load_settings(data, config)
    place = config or data / FILE_NAME
    in_file = dict(_flat(read_settings_file(place, must_exist=config is not None)))
    variables = {name.upper(): name for name in os.environ}
    rows = []
    for key, value in _flat(settings.model_dump(mode="json", exclude={"data"})):
        variable = PREFIX + key.replace(".", "__").upper()
        origin = variables.get(variable) or (str(place) if key in in_file else _("the program's own choice"))
        rows.append(Setting(key=key, value=_shown(key, value), origin=origin))
    return sorted(rows, key=lambda row: row.key)


def _flat(values: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        key = f"{above}.{name}" if above else name
        if isinstance(value, Mapping):
            yield from _flat(value, key)
        else:
            yield key, value


def _shown(key: str, value: object) -> str | None:
    if value is None:
        return None
    return HIDDEN if key.rpartition(".")[2] in SECRET else str(value)

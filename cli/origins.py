"""Where each setting came from: the environment, the settings file, or the program's own choice."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.speech import _
from models.settings import FILE_NAME, PREFIX, Settings, load_settings
from models.settings_carriers import every_carrier
from models.settings_reading import read_settings_file
from notifiers.accounts import gateway_in
from notifiers.errors import BadCarrier

SECRET = frozenset({"url", "store_url", "database_url", "client_secret", "password", "secret"})
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
    rows += _gateways(settings, {row.key: row.origin for row in rows})
    return sorted(rows, key=lambda row: row.key)


def _gateways(settings: Settings, origins: Mapping[str, str]) -> Iterator[Setting]:
    """The SMS provider that the url of a carrier names, which itself stays hidden. A bad url is `doctor`'s to tell."""
    for section, carriers in (("", settings.carriers), ("desk.", settings.desk.carriers)):
        for name, carrier in every_carrier(carriers).items():
            try:
                gateway = gateway_in(name, carrier.read_url())
            except (OSError, UnicodeDecodeError, BadCarrier):
                continue
            if gateway is not None:
                key = f"{section}carriers.{name}"
                said = _("{company}: written from its public documentation, never run against the live service")
                origin = origins[f"{key}.url" if carrier.url is not None else f"{key}.url_file"]
                yield Setting(f"{key}.gateway", said.format(company=gateway.company), origin)


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

"""The settings of one house: `staffetta.toml` in its data folder, above it `STAFFETTA__SECTION__KEY`.

An unknown key or a bad value is an error that names the key, the place it stands in, and what to do.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from procedures.errors import StaffettaError
from procedures.marking import N_, Marked

PREFIX = "STAFFETTA__"
FILE_NAME = "staffetta.toml"
ENVIRONMENT = N_("the environment")
WHYS = {
    "extra_forbidden": N_("no such key"),
    "int_parsing": N_("it is no valid integer"),
    "int_type": N_("it is no valid integer"),
    "float_parsing": N_("it is no valid number"),
    "float_type": N_("it is no valid number"),
    "bool_parsing": N_("it is neither true nor false"),
    "bool_type": N_("it is neither true nor false"),
    "string_type": N_("it is no text"),
    "string_pattern_mismatch": N_("only it or en match"),
    "greater_than": N_("it must be greater than 0"),
    "greater_than_equal": N_("it must be 0 or more"),
    "timezone_aware": N_("the time needs its zone, such as +01:00"),
}
"""What pydantic finds, in words that have an entry in the catalogue; the rest is said as it says it."""


class BadSettings(StaffettaError):
    """A key that does not exist, or a value that does not fit."""

    template = "The setting {key} in {place} does not fit: {why}. Correct it and start again."


class BadVariable(BadSettings):
    """A variable of ours that stands for no setting."""

    template = "The variable {key} stands for no setting; the sections are {known}. Correct it and start again."


class BadSettingsFile(StaffettaError):
    """The settings file cannot be read as TOML."""

    template = "The settings file {place} cannot be read: {why}. Correct it and start again."


class Section(BaseModel):
    """One section: every key known, every value checked."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class DatabaseSettings(Section):
    """Where the cases are kept."""

    url: str | None = None
    """An SQLAlchemy URL; without one, `staffetta.sqlite` in the data folder."""


class DeskSettings(Section):
    """The operators' desk."""

    base_url: str | None = None
    """What links in messages begin with, for example `https://staffetta.example.org`."""
    host: str = "127.0.0.1"
    port: int = Field(default=8480, ge=0, le=65535)
    language: str = Field(default="it", pattern="^(it|en)$")


class Carrier(Section):
    """One way out for messages: an Apprise URL, or the file that holds it where it carries a secret."""

    url: str | None = Field(default=None, repr=False)
    url_file: Path | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.url is None) == (self.url_file is None):
            message = N_("give either url or url_file")
            raise ValueError(message)
        return self

    def read_url(self) -> str:
        """The Apprise URL, out of its file where it stands in one.

        Raises:
            OSError: the file cannot be read.
        """
        return self.url if self.url_file is None else self.url_file.read_text(encoding="utf-8").strip()  # type: ignore[return-value]


class ClockSettings(Section):
    """For drills and the demo only: refused where a real case is open."""

    speed: float = Field(default=1.0, gt=0, le=10_000)
    origin: AwareDatetime | None = None
    """The real moment at which the fast time began; the same for all processes."""

    @model_validator(mode="after")
    def _fast_needs_an_origin(self) -> Self:
        if self.speed != 1 and self.origin is None:
            message = N_("another speed than 1 needs an origin, the same for every process")
            raise ValueError(message)
        return self


class PrefectSettings(Section):
    """The history's own server."""

    enabled: bool = True
    port: int = Field(default=4280, ge=0, le=65535)
    ui: bool = False
    """Prefect's own pages, on loopback: for pictures and for looking into a fault."""


class KeySettings(Section):
    """Where the key files stand."""

    folder: Path | None = None
    """Without one, `keys` in the data folder."""


class Settings(BaseSettings):
    """All of them. `data` is given by whoever starts the house, never by a file."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        env_ignore_empty=False,
    )

    data: Path
    database: DatabaseSettings = DatabaseSettings()
    desk: DeskSettings = DeskSettings()
    carriers: Mapping[str, Carrier] = Field(default_factory=dict)
    """By kind of contact: `email`, `sms`."""
    clock: ClockSettings = ClockSettings()
    prefect: PrefectSettings = PrefectSettings()
    keys: KeySettings = KeySettings()

    @property
    def database_url(self) -> str:
        """Where the cases are kept."""
        return self.database.url or f"sqlite:///{self.data / 'staffetta.sqlite'}"

    @property
    def key_folder(self) -> Path:
        """Where the key files stand."""
        return self.keys.folder or self.data / "keys"

    @property
    def run_folder(self) -> Path:
        """Sockets and locks of the running processes."""
        return self.data / "run"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Nothing but what `load_settings` puts together."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)


def load_settings(data: Path, config: Path | None = None) -> Settings:
    """The settings of the house whose data folder is `data`.

    Args:
        data: the data folder; it need not exist yet.
        config: another settings file than `data/staffetta.toml`; it must exist.

    Raises:
        BadSettings: an unknown key or a bad value, in the file or in the environment.
        BadSettingsFile: the file cannot be read.
    """
    place = config or data / FILE_NAME
    from_file = _read_file(place, must_exist=config is not None)
    _refuse_unknown_variables()
    from_environment = EnvSettingsSource(Settings)()
    from_environment.pop("data", None)
    try:
        return Settings(**{**_merged(from_file, from_environment), "data": data.absolute()})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise _told(first, from_environment, place) from None


def _read_file(place: Path, *, must_exist: bool) -> dict[str, Any]:
    if not must_exist and not place.exists():
        return {}
    try:
        found = tomllib.loads(place.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadSettingsFile(place=place, why=error.strerror or "it is not there") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSettingsFile(place=place, why=error) from None
    if "data" in found:
        raise BadSettings(key="data", place=place, why=N_("the data folder is given with --data"))
    return found


def _refuse_unknown_variables() -> None:
    sections = {name for name in Settings.model_fields if name != "data"}
    for variable in sorted(os.environ):
        if not variable.upper().startswith(PREFIX):
            continue
        section, _, key = variable[len(PREFIX) :].lower().partition("__")
        if section not in sections or not key:
            raise BadVariable(key=variable, place=ENVIRONMENT, known=", ".join(sorted(sections)))


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        both = isinstance(under, Mapping) and isinstance(value, Mapping)
        merged[key] = _merged(under, value) if both else value  # type: ignore[arg-type]  # both are mappings
    return merged


def _told(error: ErrorDetails, from_environment: Mapping[str, Any], place: Path) -> BadSettings:
    names = [str(part) for part in error["loc"]]
    found: Any = from_environment
    for name in names:
        found = found.get(name) if isinstance(found, Mapping) else None
    in_environment = bool(names) and found is not None
    return BadSettings(
        key=f"{PREFIX}{'__'.join(names).upper()}" if in_environment else ".".join(names),
        place=ENVIRONMENT if in_environment else place,
        why=WHYS.get(error["type"]) or Marked(error["msg"].removeprefix("Value error, ")),
    )

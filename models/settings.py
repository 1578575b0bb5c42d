"""The settings of one house: `staffetta.toml` in its data folder, above it `STAFFETTA__SECTION__KEY`.

An unknown key or a bad value is an error that names the key, the place it stands in, and what to do.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self, TypeVar

from pydantic import AwareDatetime, Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from models.settings_anchors import AnchorSettings
from models.settings_carriers import Carrier, kinds_of_hers, known_kinds, urls_written
from models.settings_faults import PREFIX, BadSettings, BadSettingsFile, SettingsReadableByOthers, told
from models.settings_oidc import OidcSettings
from models.settings_pec import PecSettings
from models.settings_reading import read_environment, read_settings_file
from models.settings_replies import RepliesSettings
from models.settings_retention import RetentionSettings
from models.settings_values import (
    NOT_A_DATABASE,
    NOT_WORDS,
    OTHERS,
    DatabaseUrl,
    HostName,
    PlainPath,
    Section,
    WebAddress,
    address_in,
    holds_a_secret,
    secret_in,
)
from models.settings_voice import SHORTEST, TOO_SHORT, VoiceSettings
from procedures.marking import N_

__all__ = ["FILE_NAME", "PREFIX", "BadSettings", "BadSettingsFile", "Settings", "load_settings"]

FILE_NAME = "staffetta.toml"
S = TypeVar("S", bound="Section")


def one_place(here: str, there: str) -> Callable[[S], S]:
    """A check that a value is not given twice."""

    def check(section: S) -> S:
        if getattr(section, here) is not None and getattr(section, there) is not None:
            message = N_("give it once: itself, or the file that holds it")
            raise ValueError(message)
        return section

    return check


class DatabaseSettings(Section):
    """Where the cases are kept."""

    url: DatabaseUrl | None = None
    """An SQLAlchemy URL; without one, `staffetta.sqlite` in the data folder."""
    url_file: PlainPath | None = None
    """The file that holds it, where it carries a password."""

    _one_place = model_validator(mode="after")(one_place("url", "url_file"))


class DeskSettings(Section):
    """The operators' desk."""

    base_url: WebAddress | None = None
    """What links in messages begin with, for example `https://staffetta.example.org`."""
    host: HostName = "127.0.0.1"
    port: int = Field(default=8480, ge=0, le=65535)
    language: str = Field(default="it", pattern="^(it|en)$")
    carriers: Mapping[str, Carrier] = Field(default_factory=dict)
    """Through which the desk itself writes to a survivor who asked for it: of a sender that nobody knows. Never those
    of the house, whose sender tells who writes."""

    _known_kinds = field_validator("carriers")(kinds_of_hers)

    @property
    def web_address(self) -> str:
        """What links begin with: as set, else the desk's own address."""
        return (self.base_url or f"http://{self.host}:{self.port}").rstrip("/")


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
    database_url: DatabaseUrl | None = Field(default=None, repr=False)
    """Where Prefect keeps its record, as `postgresql+asyncpg://…`; without one, SQLite in the data folder."""


class KeySettings(Section):
    """Where the key files stand."""

    folder: PlainPath | None = None
    """Without one, `keys` in the data folder."""
    store_url: DatabaseUrl | None = None
    """A database for the wrapped keys of the cases, where several machines share them; else a file of this house."""
    store_url_file: PlainPath | None = None
    backup_days: int = Field(default=30, ge=0, le=365)
    """For how long backups of the key store are kept: an erasure is final after it, and an old key can go."""

    _one_place = model_validator(mode="after")(one_place("store_url", "store_url_file"))


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
    """By kind of contact: `email`, `sms`, `pec`, `voice`."""
    clock: ClockSettings = ClockSettings()
    prefect: PrefectSettings = PrefectSettings()
    keys: KeySettings = KeySettings()
    retention: RetentionSettings = RetentionSettings()
    anchors: AnchorSettings = AnchorSettings()
    oidc: OidcSettings = OidcSettings()
    replies: RepliesSettings = RepliesSettings()
    pec: PecSettings = PecSettings()
    voice: VoiceSettings = VoiceSettings()

    _known_kinds = field_validator("carriers")(known_kinds)

    @property
    def database_url(self) -> str:
        """Where the cases are kept.

        Raises:
            BadSettings, SettingsReadableByOthers: the file that holds the address is not as it must be.
        """
        found = _address(self.database.url, self.database.url_file, "database.url_file")
        return found or f"sqlite:///{self.data / 'staffetta.sqlite'}"

    @property
    def key_store(self) -> Path | str:
        """Where the wrapped keys of the cases are: a file, or the address of a database.

        Raises:
            BadSettings, SettingsReadableByOthers: the file that holds the address is not as it must be.
        """
        found = _address(self.keys.store_url, self.keys.store_url_file, "keys.store_url_file")
        return found or self.data / "keys.sqlite"

    @property
    def oidc_secret(self) -> str:
        """What the desk proves itself with at the provider of sign-ins. Only where one is set.

        Raises:
            BadSettings, SettingsReadableByOthers: the file that holds it is not as it must be.
        """
        here = self.oidc
        found = _held(here.client_secret, here.client_secret_file, "oidc.client_secret_file", secret_in, NOT_WORDS)
        return found or ""

    @property
    def replies_password(self) -> str:
        """Of the box in which answers arrive. Only where one is set. Raises as `oidc_secret`."""
        here = self.replies
        found = _held(here.password, here.password_file, "replies.password_file", secret_in, NOT_WORDS)
        return found or ""

    @property
    def pec_password(self) -> str:
        """Of the box in which receipts arrive. Only where one is set. Raises as `oidc_secret`."""
        here = self.pec
        return _held(here.password, here.password_file, "pec.password_file", secret_in, NOT_WORDS) or ""

    @property
    def voice_secret(self) -> str:
        """What the gateway that calls signs the keys with. Only where one is set. Raises as `oidc_secret`."""
        here = self.voice
        found = _held(here.secret, here.secret_file, "voice.secret_file", secret_in, NOT_WORDS) or ""
        if here.secret_file is not None and len(found) < SHORTEST:
            raise BadSettings(key="voice.secret_file", place=here.secret_file, why=TOO_SHORT)
        return found

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
        SettingsReadableByOthers: a password stands in it, and others may read it.
    """
    place = config or data / FILE_NAME
    from_file = read_settings_file(place, must_exist=config is not None)
    if "data" in from_file:
        raise BadSettings(key="data", place=place, why=N_("the data folder is given with --data"))
    from_environment = read_environment(Settings)
    try:
        settings = Settings(**{**_merged(from_file, from_environment), "data": data.absolute()})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise told(first, from_environment, place) from None
    _refuse_open_secrets(from_file, place)
    return settings


def _address(url: str | None, file: Path | None, key: str) -> str | None:
    return _held(url, file, key, address_in, NOT_A_DATABASE)


def _held(given: str | None, file: Path | None, key: str, read: Callable[[Path], str], fault: str) -> str | None:
    if file is None:
        return given
    try:
        return read(file)
    except PermissionError as error:
        if error.errno is None:
            raise SettingsReadableByOthers(path=file, key=key) from None
        raise BadSettings(key=key, place=file, why=N_("it cannot be read")) from None
    except OSError:
        raise BadSettings(key=key, place=file, why=N_("it cannot be read")) from None
    except ValueError:
        raise BadSettings(key=key, place=file, why=fault) from None


def _refuse_open_secrets(from_file: Mapping[str, Any], place: Path) -> None:
    urls = dict(urls_written("carriers", from_file.get("carriers", {})))
    urls |= urls_written("desk.carriers", from_file.get("desk", {}).get("carriers", {}))
    urls["database.url"] = from_file.get("database", {}).get("url")
    urls["keys.store_url"] = from_file.get("keys", {}).get("store_url")
    urls["prefect.database_url"] = from_file.get("prefect", {}).get("database_url")
    for section, key in (("oidc", "client_secret"), ("replies", "password"), ("pec", "password"), ("voice", "secret")):
        if from_file.get(section, {}).get(key) is not None and place.stat().st_mode & OTHERS:
            raise SettingsReadableByOthers(path=place, key=f"{section}.{key}")
    for key, url in urls.items():
        if url is not None and holds_a_secret(url) and place.stat().st_mode & OTHERS:
            raise SettingsReadableByOthers(path=place, key=key)


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        both = isinstance(under, Mapping) and isinstance(value, Mapping)
        merged[key] = _merged(under, value) if both else value  # type: ignore[arg-type]  # both are mappings
    return merged

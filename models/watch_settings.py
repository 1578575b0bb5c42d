"""The settings of the outside watcher: one small file of its own, on a machine of its own (`staffetta watch FILE`)."""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, ValidationError, field_validator, model_validator

from models.settings_carriers import Carrier, kinds_of_hers
from models.settings_faults import SettingsReadableByOthers, told
from models.settings_reading import read_settings_file
from models.settings_values import OTHERS, Section, WebAddress
from procedures.directory import ContactKind
from procedures.marking import N_
from procedures.vigil import Patience

KEY_BYTES = 32
MAIL_ADDRESS = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
PHONE_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
LOOK_WITHIN = 10.0
LONGEST_EVERY, LONGEST_SILENCE = 30.0, 75.0
"""Seconds. With `models.heartbeat.SILENT_SECONDS` these leave a minute for the message: people know within 180 s."""


def _key(text: str) -> str:
    try:
        fits = len(bytes.fromhex(text)) == KEY_BYTES
    except ValueError:
        fits = False
    if not fits:
        message = N_("copy the key that `staffetta config watch` prints")
        raise ValueError(message)
    return text


def _address(text: str) -> str:
    if not MAIL_ADDRESS.fullmatch(text):
        message = N_("write it as name@example.org")
        raise ValueError(message)
    return text


def _number(text: str) -> str:
    if not PHONE_NUMBER.fullmatch(text):
        message = N_("write it as +393331234567")
        raise ValueError(message)
    return text


class Reader(Section):
    """One person who is told: the coordinator, or whoever runs the machine."""

    email: Annotated[str, AfterValidator(_address)] | None = None
    sms: Annotated[str, AfterValidator(_number)] | None = None
    language: str = Field(default="it", pattern="^(it|en)$")

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if not self.channels:
            message = N_("give email or sms")
            raise ValueError(message)
        return self

    @property
    def channels(self) -> Mapping[ContactKind, str]:
        """The addresses by kind."""
        both = {ContactKind.EMAIL: self.email, ContactKind.SMS: self.sms}
        return {kind: address for kind, address in both.items() if address}


class WatchSettings(Section):
    """All of them."""

    url: WebAddress
    """Where the house answers: `[desk] base_url`."""
    key: Annotated[str, AfterValidator(_key)] = Field(repr=False)
    """The secret that house and watcher share, as `staffetta config watch` prints it."""
    every: float = Field(default=5.0, ge=0.05, le=LONGEST_EVERY)
    """Seconds between two looks."""
    look_within: float = Field(default=LOOK_WITHIN, ge=0.1, le=LOOK_WITHIN)
    """Seconds that one look may take."""
    silent_after: float = Field(default=60.0, ge=0.1, le=LONGEST_SILENCE)
    """Seconds without a good sign after which people are told."""
    again_every: float = Field(default=900.0, ge=0.5, le=86_400)
    """Seconds until they are told again, while it lasts."""
    carriers: Mapping[str, Carrier]
    """Its own, by kind of contact: not those of the house."""
    tell: tuple[Reader, ...] = Field(min_length=1)

    @field_validator("carriers")
    @classmethod
    def _known_kinds(cls, carriers: Mapping[str, Carrier]) -> Mapping[str, Carrier]:
        return kinds_of_hers(carriers)

    @model_validator(mode="after")
    def _all_can_be_reached(self) -> Self:
        if any(kind.value not in self.carriers for reader in self.tell for kind in reader.channels):
            message = N_("each channel of [[tell]] needs its [carriers.email] or [carriers.sms]")
            raise ValueError(message)
        return self

    @property
    def patience(self) -> Patience:
        """How long the watcher bears what it sees."""
        return Patience(timedelta(seconds=self.silent_after), timedelta(seconds=self.again_every))


def load_watch_settings(place: Path) -> WatchSettings:
    """The settings of the watcher.

    Raises:
        BadSettings: an unknown key or a bad value.
        BadSettingsFile: the file cannot be read.
        SettingsReadableByOthers: the secret stands in it, and others may read it.
    """
    found = read_settings_file(place, must_exist=True)
    try:
        settings = WatchSettings.model_validate(found)
    except ValidationError as error:
        raise told(error.errors(include_url=False, include_input=False)[0], {}, place) from None
    if place.stat().st_mode & OTHERS:
        raise SettingsReadableByOthers(path=place, key="key")
    return settings

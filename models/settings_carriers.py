"""The ways out for messages, as the administrator sets them."""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import Field, model_validator

from models.settings_values import PlainPath, Section
from procedures.directory import PUSH, SECOND_CARRIER, ContactKind
from procedures.marking import N_

MOST_A_MINUTE = 100_000


class OneCarrier(Section):
    """One way out for messages: an Apprise URL, or the file that holds it where it carries a secret."""

    url: str | None = Field(default=None, repr=False)
    url_file: PlainPath | None = None
    per_minute: int | None = Field(default=None, ge=1, le=MOST_A_MINUTE)
    """So many messages are given to it in a minute at most; without it, as many as there are."""

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
        return self.url if self.url_file is None else self.url_file.read_text(encoding="utf-8").strip()  # type: ignore[return-value]  # one of the two is there


class Carrier(OneCarrier):
    """The way out of one channel."""

    second: OneCarrier | None = None
    """Another carrier of the same channel, for when this one is in trouble."""


def every_carrier(carriers: Mapping[str, Carrier]) -> Mapping[str, OneCarrier]:
    """The first and the second of each channel: `email`, `email.second`."""
    seconds = {kind + SECOND_CARRIER: one.second for kind, one in carriers.items() if one.second is not None}
    return {**carriers, **seconds}


def known_kinds(carriers: Mapping[str, Carrier]) -> Mapping[str, Carrier]:
    """A check of the kinds of contact: one with a slip of the pen would alert nobody."""
    if not {PUSH, *(kind.value for kind in ContactKind)}.issuperset(carriers):
        message = N_("the kinds of carriers are email, sms, pec, voice and push")
        raise ValueError(message)
    return carriers


def kinds_of_hers(carriers: Mapping[str, Carrier]) -> Mapping[str, Carrier]:
    """The same of those through which she is written to: nobody sends her certified mail."""
    if not set(carriers) <= {"email", "sms"}:
        message = N_("the kinds of contact are email and sms")
        raise ValueError(message)
    if any(one.per_minute is not None for one in every_carrier(carriers).values()):
        message = N_("per_minute is for [carriers]: what the desk itself writes is written one by one")
        raise ValueError(message)
    return carriers


def urls_written(section: str, carriers: Mapping[str, Any]) -> Mapping[str, Any]:
    """Each URL that stands in a section of the file as it was read, under its whole key."""
    seconds = {f"{kind}.second": one["second"] for kind, one in carriers.items() if "second" in one}
    return {f"{section}.{name}.url": one.get("url") for name, one in {**carriers, **seconds}.items()}

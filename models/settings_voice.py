"""What the gateway that calls people signs their keys with; without it no key is believed."""

from typing import Self

from pydantic import Field, model_validator

from models.settings_values import PlainPath, ProviderWords, Section
from procedures.marking import N_

SHORTEST = 32
"""Letters of the secret."""
TOO_SHORT = N_("a secret of 32 letters at least: openssl rand -hex 32")


class VoiceSettings(Section):
    """The secret that house and gateway share."""

    secret: ProviderWords | None = Field(default=None, repr=False)
    secret_file: PlainPath | None = None
    """The file that holds it."""

    @model_validator(mode="after")
    def _once_and_long(self) -> Self:
        if self.secret is not None and self.secret_file is not None:
            message = N_("give it once: itself, or the file that holds it")
            raise ValueError(message)
        if self.secret is not None and len(self.secret) < SHORTEST:
            raise ValueError(TOO_SHORT)
        return self

    @property
    def is_heard(self) -> bool:
        """Whether keys are taken at all."""
        return self.secret is not None or self.secret_file is not None

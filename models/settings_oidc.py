"""Where people may sign in elsewhere: one provider of OpenID Connect, or none: then none is ever asked."""

from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from models.settings_values import Issuer, PlainPath, ProviderName, ProviderWords, Section
from procedures.marking import N_


class OidcSettings(Section):
    """The provider; without an issuer there is none."""

    issuer: Issuer | None = None
    """Letter by letter as it calls itself."""
    client_id: ProviderWords | None = None
    client_secret: ProviderWords | None = Field(default=None, repr=False)
    client_secret_file: PlainPath | None = None
    """The file that holds it."""
    acr_values: ProviderWords | None = None
    """Which of them a sign-in over there must have reached; with none set, each is good."""
    name: ProviderName | None = None
    """What people call it; else the name of its machine."""
    time_out: float = Field(default=5.0, ge=1, le=8)
    """Seconds for each of its answers: no request of ours takes more than ten."""

    @model_validator(mode="after")
    def _whole_or_none(self) -> Self:
        secrets = (self.client_secret is not None) + (self.client_secret_file is not None)
        if secrets > 1:
            message = N_("give it once: itself, or the file that holds it")
            raise ValueError(message)
        if len({self.issuer is None, self.client_id is None, secrets == 0}) > 1:
            message = N_("a provider needs issuer, client_id, and client_secret or client_secret_file")
            raise ValueError(message)
        return self

    @property
    def called(self) -> str:
        """What people call it."""
        return self.name or urlsplit(self.issuer or "").hostname or ""

    @property
    def accepted(self) -> frozenset[str]:
        """The values of `acr` of which one is needed; empty: none is."""
        return frozenset((self.acr_values or "").split())

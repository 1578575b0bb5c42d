"""Where receipts of certified mail arrive: the box of that account, read over IMAP; without one, none are read."""

from typing import Self

from pydantic import Field, model_validator

from models.settings_values import HostName, PlainPath, ProviderWords, Section, is_loopback
from procedures.marking import N_

IMAPS, IMAP = 993, 143


class PecSettings(Section):
    """The box; without a host there is none, and nobody is asked."""

    host: HostName | None = None
    port: int | None = Field(default=None, ge=1, le=65535)
    """Without one, 993; 143 in clear, which is for this machine alone."""
    user: ProviderWords | None = None
    password: ProviderWords | None = Field(default=None, repr=False)
    password_file: PlainPath | None = None
    """The file that holds it."""
    in_clear: bool = False
    """For this machine alone. Otherwise TLS, from the first byte."""
    other_folder: ProviderWords = "Staffetta"
    """Where mails go that are no receipt of ours; what was kept as evidence is deleted from the box."""
    look_every: float = Field(default=60.0, ge=0.1, le=3600)
    """Real seconds until the box is looked at again."""

    @model_validator(mode="after")
    def _whole_or_none(self) -> Self:
        secrets = (self.password is not None) + (self.password_file is not None)
        if secrets > 1:
            message = N_("give it once: itself, or the file that holds it")
            raise ValueError(message)
        if len({self.host is None, self.user is None, secrets == 0}) > 1:
            message = N_("a box for receipts needs host, user, and password or password_file")
            raise ValueError(message)
        if self.in_clear and not is_loopback(self.host):
            message = N_("without TLS it can be read on the way: in_clear is for this machine alone")
            raise ValueError(message)
        return self

    @property
    def is_read(self) -> bool:
        """Whether there is such a box."""
        return self.host is not None

    @property
    def at_port(self) -> int:
        """Where the server listens."""
        return self.port or (IMAP if self.in_clear else IMAPS)

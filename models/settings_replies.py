"""Where answers to mails arrive: one box that is read over IMAP, or none: then a mail is answered by its link alone."""

from typing import Self

from pydantic import Field, model_validator

from models.settings_values import HostName, MailBox, PlainPath, ProviderWords, Section, is_loopback
from procedures.marking import N_

IMAPS, IMAP = 993, 143
LONGEST_LOCAL = 36
"""Letters before the @: with `+` and the 26 letters of a delivery's own token they make the 64 of RFC 5321."""


class RepliesSettings(Section):
    """The box; without an address there is none, and nobody is asked."""

    address: MailBox | None = None
    """To which people answer. Its host must deliver `name+anything@…` to it (RFC 5233), as nearly all do."""
    host: HostName | None = None
    port: int | None = Field(default=None, ge=1, le=65535)
    """Without one, 993; 143 in clear, which is for this machine alone."""
    user: ProviderWords | None = None
    """Without one, the address."""
    password: ProviderWords | None = Field(default=None, repr=False)
    password_file: PlainPath | None = None
    """The file that holds it."""
    in_clear: bool = False
    """For this machine alone. Otherwise TLS, from the first byte."""
    unclear_folder: ProviderWords = "Staffetta"
    """Where mails go that nobody but a person can make sense of; what was understood is deleted."""
    look_every: float = Field(default=15.0, ge=0.1, le=300)
    """Real seconds at most until a mail is seen; at once where the server says so (IDLE)."""

    @model_validator(mode="after")
    def _whole_or_none(self) -> Self:
        secrets = (self.password is not None) + (self.password_file is not None)
        if secrets > 1:
            message = N_("give it once: itself, or the file that holds it")
            raise ValueError(message)
        if len({self.address is None, self.host is None, secrets == 0}) > 1:
            message = N_("a box for answers needs address, host, and password or password_file")
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _short_and_protected(self) -> Self:
        if self.address is not None and len(self.address.partition("@")[0]) > LONGEST_LOCAL:
            message = N_("the part before the @ has more than 36 letters: each message adds 27 of its own")
            raise ValueError(message)
        if self.in_clear and not is_loopback(self.host):
            message = N_("without TLS it can be read on the way: in_clear is for this machine alone")
            raise ValueError(message)
        return self

    @property
    def is_read(self) -> bool:
        """Whether there is such a box."""
        return self.address is not None

    @property
    def at_port(self) -> int:
        """Where the server listens."""
        return self.port or (IMAP if self.in_clear else IMAPS)

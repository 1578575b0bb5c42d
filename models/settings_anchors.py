"""Where roots over all chains are told outside: two mailboxes, a server of time stamps, or nobody."""

from collections.abc import Mapping
from typing import Self

from pydantic import model_validator

from models.settings_values import MailBox, PlainPath, Section, StampServer
from procedures.marking import N_


class AnchorSettings(Section):
    """Where roots over all chains are told outside, so that nobody inside can rewrite what happened."""

    first_mailbox: MailBox | None = None
    second_mailbox: MailBox | None = None
    """Of another body than the first."""
    stamp_url: StampServer | None = None
    """A server of time stamps (RFC 3161); without one, none is ever asked."""
    stamp_ca: PlainPath | None = None
    """The certificates (PEM) by which its stamps are believed."""

    @model_validator(mode="after")
    def _two_bodies(self) -> Self:
        if self.first_mailbox is not None and self.first_mailbox == self.second_mailbox:
            message = N_("the two mailboxes belong to two bodies")
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _believed_by_something(self) -> Self:
        if self.stamp_url is not None and self.stamp_ca is None:
            message = N_("stamp_url needs stamp_ca, the file of the certificates by which its stamps are believed")
            raise ValueError(message)
        return self

    @property
    def mailboxes(self) -> Mapping[str, str]:
        """Those that are set, by the names of their settings."""
        both = {"first_mailbox": self.first_mailbox, "second_mailbox": self.second_mailbox}
        return {name: mailbox for name, mailbox in both.items() if mailbox is not None}

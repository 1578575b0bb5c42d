"""What every page works with: the house, where it lives, and the names of things."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from models.accounts import ACTED_EVERY, IDLE, OperatorAccount
from models.composition import House
from notifiers.language import language_of, translator
from web.guesses import Guesses
from web.naming import Names
from web.origins import Origins, origins
from web.sessions import Sessions

if TYPE_CHECKING:
    from web.provider import Provider

BACK = "/sign-in/provider/back"
"""Where the provider of sign-ins sends browsers back to."""


@dataclass(frozen=True)
class Desk:
    """The desk of one house."""

    house: House
    origins: Origins
    vendor: bool
    """Whether the style was brought."""
    sessions: Sessions
    provider: "Provider | None" = None
    """Where people may sign in elsewhere; none unless the settings name one."""
    guesses: Guesses = field(default_factory=Guesses)
    """Codes that came by SMS and were wrong."""

    @property
    def demands_passkeys(self) -> bool:
        """Whether the roles of `BY_PASSKEY` rest without one: everywhere but where nobody else reaches the desk."""
        return not self.origins.on_this_machine

    @property
    def now(self) -> datetime:
        """The house's time: a drill's clock may run faster than the wall."""
        return self.house.clock.now()

    def seconds_left(self, who: OperatorAccount) -> int:
        """After how long her sign-in ends, if she does nothing from now on.

        When she did something is kept to the minute, so it may be a minute later.
        """
        idle = IDLE - ACTED_EVERY
        left = idle if who.ends_at is None else min(idle, who.ends_at - self.sessions.now())
        return max(0, int(left.total_seconds()))

    def names(self, language: str) -> Names:
        """Names in that language, from the directory and the procedures in force."""
        procedures = self.house.procedures
        return Names(procedures.directory(), procedures.library(), language, translator(language, "web"))


def make_desk(house: House, *, vendor: bool, port: int | None) -> Desk:
    """The desk of that house; `port` where it listens, if not where the settings say."""
    settings = house.settings.desk
    ours = origins(settings.base_url, settings.host, settings.port if port is None else port)
    return Desk(
        house=house,
        origins=ours,
        vendor=vendor,
        sessions=Sessions(house.database, house.keyring, ours.site),
        provider=_provider(house, ours),
    )


def _provider(house: House, ours: Origins) -> "Provider | None":
    """The one that the settings name. Raises BadSettings, SettingsReadableByOthers for the file with its secret."""
    settings = house.settings.oidc
    if settings.issuer is None:
        return None
    from web.provider import Provider  # noqa: PLC0415  # a house without one loads nothing of it

    return Provider(settings, house.settings.oidc_secret, f"{ours.base_url}{BACK}")


def desk_of(request: Request) -> Desk:
    """The desk that this application serves."""
    desk = request.app.state.desk
    assert isinstance(desk, Desk)
    return desk


def chosen_language(request: Request) -> str:
    """The language that was chosen at this desk, else the one of its settings."""
    desk = desk_of(request)
    return language_of(request.cookies.get(desk.origins.language_cookie) or desk.house.settings.desk.language)


async def _desk(request: Request) -> Desk:
    """Asynchronous, so that nobody takes a thread for it."""
    return desk_of(request)


async def _language(request: Request) -> str:
    return chosen_language(request)


OurDesk = Annotated[Desk, Depends(_desk)]
Language = Annotated[str, Depends(_language)]

"""Who may look: every page of the desk asks for somebody who is signed in, and says the same to everybody else."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import HTMLResponse

from models.accounts import OperatorAccount
from procedures.commands import Road
from web.desk import Desk, Language, OurDesk
from web.naming import Names
from web.pages import page


class NotSignedIn(Exception):
    """Nobody is signed in, or the sign-in has ended: the answer is the sign-in page, whatever was asked for."""


@dataclass(frozen=True)
class Visit:
    """Somebody at the desk, in a language."""

    desk: Desk
    language: str
    operator: OperatorAccount

    @property
    def names(self) -> Names:
        """What things are called, in that language."""
        return self.desk.names(self.language)

    def page(self, template: str, here: str, values: Mapping[str, object], *, status: int = 200) -> HTMLResponse:
        """A page of the desk. `here` marks the place in the navigation; `fresh` draws an id for a form."""
        around = {
            "vendor": self.desk.vendor,
            "operator": self.operator,
            "here": here,
            "now": self.desk.now,
            "fresh": self.desk.house.ids.seed,
        }
        return page(template, self.language, {**around, **values}, status=status)

    def asked(self, command_id: str, case_id: str) -> dict[str, object]:
        """What every command from this desk carries."""
        return {"id": command_id, "case_id": case_id, "actor": self.operator.actor, "road": Road.DESK}


def somebody(request: Request, desk: Desk, *, acting: bool) -> OperatorAccount | None:
    """Whose cookie this is."""
    token = request.cookies.get(desk.origins.session_cookie)
    return desk.sessions.who(token, acting=acting) if token else None


@dataclass(frozen=True)
class Arrival:
    """Somebody at the door of whom nothing is known yet. Only `web.rooms` makes a visit of it; a page can use none."""

    request: Request
    desk: Desk
    language: str
    acting: bool

    def let_in(self) -> Visit:
        """The visit. Raises NotSignedIn."""
        found = somebody(self.request, self.desk, acting=self.acting)
        if found is None:
            raise NotSignedIn
        return Visit(self.desk, self.language, found)


async def at_work(request: Request, desk: OurDesk, language: Language) -> Arrival:
    """Somebody who does something."""
    return Arrival(request, desk, language, acting=True)


async def watching(request: Request, desk: OurDesk, language: Language) -> Arrival:
    """A page that refreshes itself: that keeps no sign-in alive."""
    return Arrival(request, desk, language, acting=False)


AtWork = Annotated[Visit, Depends(at_work)]
Watching = Annotated[Visit, Depends(watching)]

"""Who may look: each room has a door that says for whose work it is, and says the same to everybody else.

Unknown and forbidden are one answer: who may not see a page does not learn that it is there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse

from models.accounts import OperatorAccount
from models.drafts import has_draft
from models.factors import PASSKEY
from models.glass import open_glasses
from models.handling import Handled
from models.reach import Reach, reach_of
from models.reads import opened_to
from models.relations import still_open
from procedures.commands import AnyCommand, Road
from procedures.people import AT_CASES, BY_PASSKEY, Role
from web.desk import Desk, Language, OurDesk
from web.forms import typed
from web.guard import SAFE_METHODS
from web.naming import Names
from web.pages import page

RENEWED = "renewed"
"""Where a request keeps the token that followed in it; `web.stepping` gives the browser its cookie."""


class PasskeyFirst(Exception):
    """It is for whoever shows a passkey, as some roles and acts are: the answer is her own account's page."""


class NotSignedIn(Exception):
    """Nobody is signed in, or the sign-in has ended: the answer is the sign-in page, whatever was asked for."""


@dataclass(frozen=True)
class Visit:
    """Somebody at the desk, in a language."""

    desk: Desk
    language: str
    operator: OperatorAccount
    came: Request
    """What she came with."""
    resting: bool = False
    """Whether roles of hers wait for a passkey."""

    @cached_property
    def names(self) -> Names:
        """What things are called, in that language; looked up once for a page, which asks for it in many places."""
        return self.desk.names(self.language)

    def page(self, template: str, here: str, values: Mapping[str, object], *, status: int = 200) -> HTMLResponse:
        """A page of the desk. `here` marks the place in the navigation; `fresh` draws an id for a form."""
        around = {
            "vendor": self.desk.vendor,
            "operator": self.operator,
            "may": {
                "cases": self.operator.holds(AT_CASES),
                "coordinate": Role.COORDINATOR in self.operator.roles,
                "audit": Role.AUDITOR in self.operator.roles,
                "administer": Role.ADMINISTRATOR in self.operator.roles,
                "inbox": Role.SERVICE_MEMBER in self.operator.roles,
                "network": self.operator.holds(frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})),
            },
            "glasses": self._glasses(),
            "resting": self.resting,
            "here": here,
            "drafted": has_draft(self.desk.house.database, self.operator.operator_id, self.came.url.path),
            "seconds_left": self.desk.seconds_left(self.operator),
            "now": self.desk.now,
            "fresh": self.desk.house.ids.seed,
        }
        return page(template, self.language, {**around, **values}, status=status)

    def _glasses(self) -> Sequence[tuple[str, datetime]]:
        """What is open to her through a broken glass: each page says so, with its end."""
        if not self.operator.holds(AT_CASES):
            return ()
        return open_glasses(self.desk.house, self.operator.operator_id)

    @property
    def lacks_passkey(self) -> bool:
        """Whether what asks for a passkey is closed to her: others reach this desk, and she showed something else."""
        return self.desk.demands_passkeys and self.operator.proved_by != PASSKEY

    @cached_property
    def reach(self) -> Reach:
        """The cases that her lists show at this moment, the same ones for all lists of one page."""
        return reach_of(self.desk.house, self.operator.actor)

    def case_id(self, code: str) -> str:
        """The id of a case that is open to her. Raises UnknownCase: there is none, or it is not hers to see."""
        return opened_to(self.desk.house, code.upper(), self.operator.actor).case_id

    def handle(self, code: str, command: AnyCommand) -> Handled:
        """Do it, if the case of this code is open to her in that very transaction. Raises as `Handling.handle`."""
        house = self.desk.house
        return house.handling.handle_while(command, still_open(house, code.upper(), self.operator.actor))

    def asked(self, command_id: str, case_id: str) -> dict[str, object]:
        """What every command from this desk carries."""
        return {"id": command_id, "case_id": case_id, "actor": self.operator.actor, "road": Road.DESK}


def somebody(request: Request, desk: Desk, *, acting: bool) -> OperatorAccount | None:
    """Whose cookie this is."""
    token = token_of(request, desk)
    return desk.sessions.who(token, acting=acting) if token else None


def token_of(request: Request, desk: Desk) -> str:
    """The token of her sign-in: the one that followed during this request, else that of her cookie."""
    return str(getattr(request.state, RENEWED, "") or request.cookies.get(desk.origins.session_cookie, ""))


@dataclass(frozen=True)
class Arrival:
    """Somebody at a door of whom nothing is known yet. Only `web.rooms` makes a visit of it; a page can use none."""

    request: Request
    desk: Desk
    language: str
    door: "Door"
    form: FormData | None = None
    """What she sent, where this door asks for a fresh proof."""

    def let_in(self) -> Visit:
        """The visit. Raises NotSignedIn, PasskeyFirst; where the room is not hers, as for an unknown address."""
        found = somebody(self.request, self.desk, acting=self.door.acting)
        if found is None:
            raise NotSignedIn
        if not found.holds(self.door.roles):
            raise HTTPException(HTTPStatus.NOT_FOUND)
        resting = self.desk.demands_passkeys and found.proved_by != PASSKEY and found.holds(BY_PASSKEY)
        if resting and not self.door.own:
            found = replace(found, roles=found.roles - BY_PASSKEY)
            if not found.holds(self.door.roles):
                raise PasskeyFirst
        return Visit(self.desk, self.language, found, self.request, resting=resting)

    def refuse_without_passkey(self, visit: Visit) -> None:
        """Where this door asks for a passkey, let nobody pass who showed something else. Raises PasskeyFirst."""
        if self.door.passkey and visit.lacks_passkey:
            raise PasskeyFirst


@dataclass(frozen=True)
class Door:
    """Who may come in: whoever holds one of these roles."""

    roles: frozenset[Role]
    acting: bool = True
    """False for a page that refreshes itself: that keeps no sign-in alive."""
    proven: bool = False
    """True for a dangerous act: what is sent is done for whoever proved herself lately (`web.stepping`)."""
    passkey: bool = False
    """True for an act that nobody does by a code where others reach the desk: a passkey proves what is sent."""
    own: bool = False
    """True for her own account, which no role opens and no resting role closes."""

    async def __call__(self, request: Request, desk: OurDesk, language: Language) -> Arrival:
        """Somebody came. Raises FormNotUnderstood."""
        form = await typed(request) if self.proven and request.method not in SAFE_METHODS else None
        return Arrival(request, desk, language, self, form)


Anybody = Annotated[Visit, Depends(Door(frozenset(Role)))]
"""Whoever is signed in and holds a role."""
WatchingOneself = Annotated[Visit, Depends(Door(frozenset(Role), acting=False))]
Oneself = Annotated[Visit, Depends(Door(frozenset(Role), own=True))]
OneselfProven = Annotated[Visit, Depends(Door(frozenset(Role), own=True, proven=True))]
AtCases = Annotated[Visit, Depends(Door(AT_CASES))]
WatchingCases = Annotated[Visit, Depends(Door(AT_CASES, acting=False))]
Coordinating = Annotated[Visit, Depends(Door(frozenset({Role.COORDINATOR})))]
Auditing = Annotated[Visit, Depends(Door(frozenset({Role.AUDITOR})))]
WatchingAudit = Annotated[Visit, Depends(Door(frozenset({Role.AUDITOR}), acting=False))]
OfAService = Annotated[Visit, Depends(Door(frozenset({Role.SERVICE_MEMBER})))]
Administering = Annotated[Visit, Depends(Door(frozenset({Role.ADMINISTRATOR})))]
BreakingGlass = Annotated[Visit, Depends(Door(AT_CASES, proven=True, passkey=True))]
CoordinatingProven = Annotated[Visit, Depends(Door(frozenset({Role.COORDINATOR}), proven=True))]
AdministeringProven = Annotated[Visit, Depends(Door(frozenset({Role.ADMINISTRATOR}), proven=True))]
OfTheNetwork = Annotated[Visit, Depends(Door(frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})))]
OfTheNetworkProven = Annotated[Visit, Depends(Door(frozenset({Role.COORDINATOR, Role.ADMINISTRATOR}), proven=True))]

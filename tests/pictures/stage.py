"""The house whose pages are taken: the invented network, a few cases at every stage, and somebody of each role.

Its clock stands still and its ids are counted, so that two runs show the same codes and the same hours.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from starlette.testclient import TestClient

from models.accounts import operator_named
from models.adding_accounts import add_operator
from models.clock import SetClock
from models.composition import open_house
from models.ids import CountedIds
from models.tying import tie_account
from procedures.commands import AnyCommand, OpenCase, Person, Road
from procedures.language.consents import Subject
from procedures.people import Role
from tests.integration.webhouse import SETTINGS, WebHouse
from tests.prepared import with_operator

NIGHT = datetime(2026, 11, 24, 2, 10, tzinfo=UTC)
"""Ten past three in the morning, in Rome."""
WHO = {
    "operator": ("amina", frozenset({Role.OPERATOR}), ""),
    "coordinator": ("tosca", frozenset({Role.COORDINATOR}), ""),
    "auditor": ("livia", frozenset({Role.AUDITOR}), ""),
    "administrator": ("sergio", frozenset({Role.ADMINISTRATOR}), ""),
    "service": ("olga", frozenset({Role.SERVICE_MEMBER}), "olga"),
    "everything": ("egle", frozenset(Role), "rita"),
}
"""Somebody of each role: her account, what she may, and who she is in the network. The last holds every role."""
BROKEN = "/broken"
"""A page that fails, for the picture of a failure; it exists on this stage alone."""


@dataclass
class Stage:
    """The house, and what its pages are about."""

    desk: WebHouse
    base: str
    cases: dict[str, str] = field(default_factory=dict)
    """Codes of cases, by what they show."""
    places: dict[str, str] = field(default_factory=dict)
    """What addresses need beside them, by the name of the place."""
    passwords: dict[str, str] = field(default_factory=dict)
    """Of each account of `WHO`."""
    tokens: dict[str, str] = field(default_factory=dict)
    """Of the sign-in of each of `WHO`."""

    def browser(self, who: str) -> TestClient:
        """A browser in which she is signed in, for what pictures need done before."""
        browser = self.desk.browser()
        browser.cookies.set(self.desk.app.state.desk.origins.session_cookie, self.tokens[who], domain="127.0.0.1")
        return browser

    def does(self, case: str, kind: type[AnyCommand], **more: object) -> None:
        """Somebody does that about that case."""
        house = self.desk.house
        about = {"id": house.ids.new_id(), "case_id": self.desk.view(self.cases[case]).row.case_id}
        around = {"actor": self.actor("operator"), "road": Road.DESK}
        house.handling.handle(kind.model_validate({**about, **around, **more}))

    def answers(self, case: str, step: str, kind: type[AnyCommand], **more: object) -> None:
        """Whoever was asked for that step of that case answers."""
        self.does(case, kind, ref=self.ref(case, step), **more)

    def ref(self, case: str, step: str) -> str:
        """The reference of its open handoff."""
        rows = self.desk.view(self.cases[case]).handoffs
        return next(row.ref for row in rows if row.step == step and row.ended_at is None)

    def actor(self, who: str) -> str:
        """How the trail names her."""
        return f"operator:{operator_named(self.desk.house.database, WHO[who][0])}"

    def open(
        self, case: str, pathway: str, *, drill: bool = False, consents: frozenset[str] | None = None, **facts: object
    ) -> str:
        """The operator opens it."""
        house = self.desk.house
        command = OpenCase.model_validate(
            {
                "id": house.ids.new_id(),
                "case_id": house.ids.new_id(),
                "actor": self.actor("operator"),
                "road": Road.DESK,
                "code": house.ids.case_code(),
                "seed": house.ids.seed(),
                "pathway": pathway,
                "territory": "valle_chiara",
                "desk": min(house.procedures.directory().desks),
                "drill": drill,
                "facts": facts,
                "consents": house.procedures.library().consents_of(Subject.SURVIVOR) if consents is None else consents,
                "person": Person(name="Persona Inventata", safe_contact="+39 06 5550 999"),
            }
        )
        self.cases[case] = house.handling.handle(command).state.code
        return self.cases[case]


@contextmanager
def empty_stage(folder: Path) -> Iterator[Stage]:
    """A house with the invented network and somebody of each role, and no case; served on a free port."""
    clock = SetClock(NIGHT)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        password = with_operator(folder, SETTINGS.replace("http://127.0.0.1:8480", base), clock.now())
        house = open_house(folder, with_vault=True, clock=clock, ids=CountedIds(7))
        try:
            made = Stage(WebHouse(house, clock, password), base)
            made.desk.app.state.desk.sessions.now = clock.now
            made.desk.app.add_api_route(BROKEN, _broken)
            for name, roles, person in WHO.values():
                made.passwords[name] = add_operator(house.database, name, roles, clock.now(), "shell")
                if person:
                    tie_account(house, operator_named(house.database, name), person, "shell")
            with _served(made, listening):
                yield made
        finally:
            house.close()


def sign_everybody_in(made: Stage) -> None:
    """At the hour at which the pictures are taken: a sign-in does not outlive a quarter of an hour."""
    desk = made.desk
    for who, (name, _, _) in WHO.items():
        token = desk.telephones.token(desk.house, name, made.passwords[name], desk.clock.now())
        assert token is not None
        made.tokens[who] = token


def _broken() -> None:
    raise RuntimeError


@contextmanager
def _served(made: Stage, listening: socket.socket) -> Iterator[None]:
    server = uvicorn.Server(uvicorn.Config(made.desk.app, log_level="critical", access_log=False, lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(10)

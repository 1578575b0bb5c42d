"""Asked, taken, refused, done, called off, tied and given roles in any order: each sees what a small model says.

The model knows who works where and what was asked of whom, and nothing of events, tables or rules.
"""

import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from models.accounts import operator_named
from models.adding_accounts import add_operator, give_role, take_role
from models.inbox import asked_of, inbox_of
from models.recorded import Handled
from models.trail import verify
from models.tying import tie_account
from procedures.commands import AcceptHandoff, CancelCase, Command, CompleteHandoff, DeclineHandoff, RevokeConsent, Road
from procedures.errors import Refused, UnknownHandoff
from procedures.membership import Part
from procedures.people import Role
from tests.houses import Told

NAMES = ("anna", "berta")
SERVICES = {
    "casa_approdo": ("cooperativa_approdo", {"olga", "paola"}),
    "casa_mirto": ("centro_ginestra", {"marta", "nadia"}),
    "casa_ulivo": ("centro_luna", {"rita", "bianca"}),
}
"""Of the invented network: who is asked for a place, in this order, the body of each, and its referent and deputy."""
REFERENT = {"casa_approdo": "olga", "casa_mirto": "marta", "casa_ulivo": "rita"}
PERSONS = ("", "olga", "paola", "marta", "bianca", "elena")
ALSO = {"bianca": {"centro_luna", "luna_ascolto"}}
"""For whom somebody works beside."""
names, cases = st.sampled_from(NAMES), st.integers(0, 2)


class Case:
    """What the model knows of one case."""

    def __init__(self, case_id: str, away: str) -> None:
        self.case_id, self.away = case_id, away
        # Whoever has somebody who is excluded is not asked at all.
        chain = [one for one, (body, people) in SERVICES.items() if away not in {one, body, *people}]
        self.asked = chain
        self.taken, self.over = False, False
        self.refs: dict[str, str] = {}

    @property
    def service(self) -> str | None:
        """Whose turn it is."""
        return self.asked[0] if self.asked and not self.over else None


class Inboxes(RuleBasedStateMachine):
    """A house with three cases, and the model beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.told = Told(Path(self.folder.name) / "house")
        self.house = self.told.house
        self.holds = dict.fromkeys(NAMES, True)
        self.person = dict.fromkeys(NAMES, "")
        self.ids: dict[str, str] = {}
        for name in NAMES:
            now = self.told.clock.now()
            add_operator(self.house.database, name, frozenset({Role.SERVICE_MEMBER}), now, "shell")
            self.ids[name] = operator_named(self.house.database, name)
        self.cases: list[Case] = []
        for away in ("sportello_luna", "bianca", "centro_ginestra"):
            handled = self.told.opened(exclusions=frozenset({away}), desk=None)
            self.cases.append(Case(handled.state.case_id, away))
            self.keep(self.cases[-1], handled)

    def does(self, case: int, kind: type[Command], person: str = "", **more: object) -> None:
        """Somebody does that, and the model keeps the references of what is asked then."""
        known = self.cases[case]
        actor, road = (f"person:{person}", Road.INBOX) if person else ("operator:1", Road.DESK)
        about = {"id": self.house.ids.new_id(), "case_id": known.case_id, "actor": actor, "road": road}
        named = {"ref": known.refs[known.asked[0]]} if person else {}
        command = kind.model_validate({**about, **named, **more})
        self.keep(known, self.house.handling.handle(command))  # type: ignore[arg-type]  # one of the union

    def keep(self, case: Case, handled: Handled) -> None:
        """The references of what is asked."""
        asked = (one for one in handled.state.handoffs.values() if one.step == "find_place" and one.service)
        case.refs |= {one.service: one.ref for one in asked if one.service}

    def teardown(self) -> None:
        """The chains hold, whatever was done."""
        found = verify(self.house.database, self.house.keyring)
        self.told.close()
        self.folder.cleanup()
        assert found.sound, found.faults

    def sees(self, name: str, case: Case) -> Part | None:
        """What the model says of this account and the handoff whose turn it is."""
        person, service = self.person[name], case.service
        if not self.holds[name] or service is None or person not in SERVICES[service][1]:
            return None
        works_for = {one for one, (_body, people) in SERVICES.items() if person in people}
        kept_away = {person, *works_for, *(SERVICES[one][0] for one in works_for), *ALSO.get(person, set())}
        if case.away in kept_away:
            return None
        return Part.HELD if case.taken else Part.CARD

    @rule(case=cases)
    def take(self, case: int) -> None:
        """The referent of whoever is asked says yes."""
        known = self.cases[case]
        if known.service and not known.taken:
            self.does(case, AcceptHandoff, REFERENT[known.service])
            known.taken = True

    @rule(case=cases)
    def refuse(self, case: int) -> None:
        """The referent says no, and the next one is asked."""
        known = self.cases[case]
        if known.service and not known.taken:
            self.does(case, DeclineHandoff, REFERENT[known.service], reason="full")
            known.asked.pop(0)

    @rule(case=cases)
    def finish(self, case: int) -> None:
        """The result comes in, and with it the pathway ends."""
        known = self.cases[case]
        if known.service and known.taken:
            result = {"result": "no_place", "evidence": {"places_asked": "1"}}
            self.does(case, CompleteHandoff, REFERENT[known.service], **result)
            known.over = True

    @rule(case=cases, consent=st.booleans())
    def stop(self, case: int, consent: bool) -> None:
        """She takes her consent back, or the case is called off."""
        kind, more = (RevokeConsent, {"consent": "shelter"}) if consent else (CancelCase, {"reason": "her_wish"})
        if not self.cases[case].over and self.cases[case].service:
            self.does(case, kind, **more)
            self.cases[case].over = True

    @rule(name=names, person=st.sampled_from(PERSONS))
    def tie(self, name: str, person: str) -> None:
        """An administrator says who she is."""
        with suppress(Refused):
            tie_account(self.house, self.ids[name], person, "shell")
        self.person[name] = person

    @rule(name=names, give=st.booleans())
    def change_role(self, name: str, give: bool) -> None:
        """The role is given or taken."""
        change, now = (give_role if give else take_role), self.told.clock.now()
        with suppress(Refused):
            change(self.house.database, self.ids[name], Role.SERVICE_MEMBER, now, "shell")
        self.holds[name] = give

    @invariant()
    def each_sees_what_the_model_says(self) -> None:
        """In the list, and one by one: of a handoff that is over or of another service nothing."""
        for name in NAMES:
            actor = f"operator:{self.ids[name]}"
            hers = {case.refs[case.service]: self.sees(name, case) for case in self.cases if case.service}
            listed = {one.row.ref: one.part for one in inbox_of(self.house, actor).asked}
            assert listed == {ref: part for ref, part in hers.items() if part}, name
            for ref in (one for case in self.cases for one in case.refs.values()):
                found = None
                with suppress(UnknownHandoff):
                    found = asked_of(self.house, actor, ref).part
                assert found == hers.get(ref), (name, ref)


TestInboxes = pytest.mark.slow(Inboxes.TestCase)
TestInboxes.settings = settings(
    max_examples=12,
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)

"""Given, ended, broken, tied and taken in any order: a case is open to exactly those of whom a small model says so.

The model knows sets and hours, and nothing of chains, tables or rules.
"""

import tempfile
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import select

from models.accounts import operator_named
from models.adding_accounts import add_operator, give_role, take_role
from models.glass import break_glass
from models.passing import end_relation, give_case
from models.reach import reach_of
from models.relations import directory_for, open_to
from models.tables import Case
from models.trail import verify
from models.tying import tie_account
from procedures.commands import Road
from procedures.errors import Refused
from procedures.glass import GlassCategory
from procedures.people import Role
from tests.houses import Told, open_case

NAMES = ("anna", "berta", "carla")
CASES = {"here": ("valle_chiara", frozenset({"ada"})), "there": ("costa_serena", frozenset({"centro_ginestra"}))}
PERSONS = {"": None, "ada": "centro_luna", "carla": "centro_ginestra", "mara": None, "ines": None}
"""People of the invented network, and the body for which each works."""
COORDINATED = {"mara": {"costa_serena"}, "ines": {"valle_chiara", "costa_serena"}}
names, cases = st.sampled_from(NAMES), st.sampled_from(sorted(CASES))
HOUR = timedelta(hours=1)


class Relations(RuleBasedStateMachine):
    """A house with two cases, and the model beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.told = Told(Path(self.folder.name) / "house")
        self.house = self.told.house
        self.roles = {name: {Role.OPERATOR} for name in NAMES}
        self.roles["carla"] = {Role.COORDINATOR}
        self.person = dict.fromkeys(NAMES, "")
        self.holds: set[tuple[str, str]] = set()
        self.glass: dict[tuple[str, str], datetime] = {}
        self.ids: dict[str, str] = {}
        self.codes: dict[str, str] = {}
        now = self.told.clock.now()
        for name in NAMES:
            add_operator(self.house.database, name, frozenset(self.roles[name]), now, "shell")
            self.ids[name] = operator_named(self.house.database, name)
        for opener, (case, (territory, away)) in zip(NAMES, CASES.items(), strict=False):
            asked = {"actor": self.actor(opener), "road": Road.DESK, "territory": territory, "exclusions": away}
            self.codes[case] = self.house.handling.handle(open_case(self.house, **asked, desk=None)).state.code
            self.holds.add((opener, case))

    def teardown(self) -> None:
        """The chain holds, whatever was done."""
        found = verify(self.house.database, self.house.keyring)
        self.told.close()
        self.folder.cleanup()
        assert found.sound, found.faults

    def actor(self, name: str) -> str:
        return f"operator:{self.ids[name]}"

    def away(self, name: str, case: str) -> bool:
        person = self.person[name]
        return bool({person, PERSONS[person]} & CASES[case][1])

    def at_cases(self, name: str) -> bool:
        return bool(self.roles[name] & {Role.OPERATOR, Role.COORDINATOR})

    def answers(self, name: str, case: str) -> bool:
        person = self.person[name]
        whole = not person or CASES[case][0] in COORDINATED.get(person, set())
        return Role.COORDINATOR in self.roles[name] and whole and not self.away(name, case)

    def related(self, name: str, case: str) -> bool:
        if self.away(name, case) or not self.at_cases(name):
            return False
        return (name, case) in self.holds or self.answers(name, case)

    def broken(self, name: str, case: str) -> bool:
        since = self.glass.get((name, case))
        is_open = since is not None and self.told.clock.now() < since + HOUR
        return is_open and self.at_cases(name) and not self.away(name, case)

    @rule(giver=names, to=names, case=cases, keep=st.booleans())
    def give(self, giver: str, to: str, case: str, keep: bool) -> None:
        """From hand to hand."""
        free = giver != to and self.at_cases(to) and not self.away(to, case) and (to, case) not in self.holds
        possible = free and self.related(giver, case)
        done = False
        with suppress(Refused):
            give_case(self.house, self.codes[case], self.ids[to], self.actor(giver), keep=keep)
            done = True
        assert done == possible
        if done:
            self.holds.add((to, case))
            if not keep:
                self.holds.discard((giver, case))

    @rule(ender=names, of=names, case=cases)
    def end(self, ender: str, of: str, case: str) -> None:
        """Somebody leaves, or a coordinator takes it."""
        answers = self.answers(ender, case)
        others = any((one, case) in self.holds and self.at_cases(one) for one in NAMES if one != of)
        hers = ender == of and others
        possible = self.related(ender, case) and (of, case) in self.holds and (answers or hers)
        done = False
        with suppress(Refused):
            end_relation(self.house, self.codes[case], self.ids[of], self.actor(ender))
            done = True
        assert done == possible
        if done:
            self.holds.discard((of, case))

    @rule(name=names, case=cases)
    def break_it(self, name: str, case: str) -> None:
        """An emergency."""
        before, done = self.related(name, case) or self.broken(name, case), False
        with suppress(Refused):
            why = (GlassCategory.OTHER, "invented")
            break_glass(self.house, self.codes[case], self.actor(name), why, self.house.ids.new_id())
            done = True
        assert done == (self.at_cases(name) and not self.away(name, case))
        if done and not before:
            self.glass[name, case] = self.told.clock.now()

    @rule(name=names, person=st.sampled_from(sorted(PERSONS)))
    def tie(self, name: str, person: str) -> None:
        """An administrator says who she is."""
        with suppress(Refused):
            tie_account(self.house, self.ids[name], person, "shell")
        self.person[name] = person

    @rule(name=names, role=st.sampled_from(sorted(Role)), give=st.booleans())
    def change_role(self, name: str, role: Role, give: bool) -> None:
        """A role is given or taken."""
        with suppress(Refused):
            (give_role if give else take_role)(
                self.house.database, self.ids[name], role, self.told.clock.now(), "shell"
            )
            (self.roles[name].add if give else self.roles[name].discard)(role)

    @rule(minutes=st.integers(1, 70))
    def wait(self, minutes: int) -> None:
        """Time goes by."""
        self.told.clock.pass_by(minutes=minutes)

    @invariant()
    def it_is_open_to_whom_the_model_says(self) -> None:
        """One by one, and in lists, where no glass counts."""
        for name in NAMES:
            directory, reach = directory_for(self.house, self.actor(name)), reach_of(self.house, self.actor(name))
            with self.house.database.read() as connection:
                for case, code in self.codes.items():
                    found = open_to(self.house, connection, directory, code, self.actor(name)) is not None
                    assert found == (self.related(name, case) or self.broken(name, case)), (name, case)
                listed = set(connection.execute(reach.within(select(Case.code))).scalars())
            assert listed == {code for case, code in self.codes.items() if self.related(name, case)}, name


TestRelations = pytest.mark.slow(Relations.TestCase)
TestRelations.settings = settings(
    max_examples=15,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)

"""A scenario rehearsed in a real house: database, trail, outbox, wording and carriers, on a clock that the story moves.

Each story has a data folder of its own, made from one pattern. What the house made of it must be what the rules made
of it; else one of the two is wrong.
"""

import asyncio
import shutil
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

from pydantic import ValidationError

from flows.deadlines import pass_deadline
from flows.delivering import LEASE_SECONDS, Sender, deliver
from models import outbox, wakeups
from models.clock import SetClock
from models.composition import House, open_house
from models.ids import RandomIds, code_for
from models.network import import_network
from models.trail import case_events, verify
from notifiers.carriers import Carriers
from notifiers.leaving import Leave, at_once
from notifiers.message import Message
from notifiers.outcomes import Outcome, RejectedPermanent
from procedures import commands as c
from procedures import events as e
from procedures.case import EMPTY, CaseState, is_own_work
from procedures.directory import Directory
from procedures.errors import Refused, StaffettaError
from procedures.evolving import evolve
from procedures.folders import FACTS
from procedures.scenario.language import Act, Given, Scenario
from procedures.scenario.running import (
    MOST_ROUNDS,
    BlockRun,
    ScenarioRun,
    Told,
    block_run,
    move,
    open_command,
    pathways_of,
    refused,
    with_current,
)
from procedures.scenario.telling import Around, tell
from procedures.scenario.verbs import ADOPT, CARRIERS, Doing, command_of
from procedures.schema import Library, Pathway

WORKER = "rehearsal"
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
"""When pattern houses are made: before any story."""
History = Callable[[House, Sequence[str]], Coroutine[object, object, None]]
"""Brings these runs of a house into Prefect's history, and raises where they do not rest as the trail says."""
REFUSED_HERE = "refused-by-the-scenario"


class Refusing:
    """Carriers that refuse some addresses, as a scenario says; all else goes where it would."""

    def __init__(self, carriers: Sender) -> None:
        """Nobody is refused yet."""
        self._carriers = carriers
        self.addresses: set[str] = set()

    async def send(self, message: Message, leave: Leave = at_once) -> Outcome:
        """One recipient, one attempt."""
        if message.address in self.addresses:
            return RejectedPermanent(REFUSED_HERE)
        return await self._carriers.send(message, leave)


@dataclass(slots=True)
class LiveRun:
    """A case that a scenario moves along in a real house."""

    house: House
    clock: SetClock
    carriers: Refusing
    until_done: Callable[..., object]
    """Runs a coroutine to its end."""
    directory: Directory
    start: datetime
    adopt: Callable[[House, str], House]
    """The same house, opened again with the text of today of this pathway in force."""
    state: CaseState = EMPTY
    case_id: str = ""
    told: list[Told] = field(default_factory=list)
    trail: list[e.Event] = field(default_factory=list)
    acts: int = 0
    around: Around = field(init=False)
    _seq: int = 0

    def __post_init__(self) -> None:
        """Nothing happened yet."""
        self.around = Around(self.directory, self.start, self.state)

    def open(self, given: Given) -> None:
        """Open the case, as a drill. A refusal is told like any other."""
        ids = self.house.ids
        self.case_id = ids.new_id()
        asked = open_command(given, self.house.procedures.library())
        code = code_for(ids, own_work=is_own_work(asked.code))
        drawn = {"id": ids.new_id(), "case_id": self.case_id, "code": code, "seed": ids.seed()}
        self._try(lambda: asked.model_copy(update={**drawn, "drill": True}))

    def pass_time(self, until: datetime) -> None:
        """Let everything come due, each at its moment."""
        for _round in range(MOST_ROUNDS):
            due = wakeups.next_deadline(self.house.database)
            if due is None or due > until:
                break
            self.clock.at = max(self.clock.at, due)
            pass_deadline(self.house, self.case_id)
            self._deliver()
        self.clock.at = max(self.clock.at, until)

    def do(self, act: Act) -> None:
        """One act, now."""
        self.acts += 1
        if act.verb in CARRIERS:
            addresses = {contact.address for contact in self.directory.people[act.target].contacts}
            if CARRIERS[act.verb] is c.DeliveryResult.FAILED:
                self.carriers.addresses |= addresses
            else:
                self.carriers.addresses -= addresses
            return
        if act.verb == ADOPT:
            self.house = self.adopt(self.house, act.target)
            return
        doing = Doing(self.state, self.directory, self.clock.now(), self.house.procedures.library())
        self._try(lambda: command_of(act, doing, self.acts))

    def _try(self, make: Callable[[], c.Command]) -> None:
        try:
            self.house.handling.handle(make())  # type: ignore[arg-type]  # each verb is one of the union
        except (Refused, ValidationError) as refusal:
            self.told.append(Told(self.clock.now(), refused(refusal)))
            return
        self._deliver()

    def _deliver(self) -> None:
        """Send whatever is due, over each channel in turn, until nothing is."""
        self._follow()
        while taken := self._claim():
            for delivery in taken:
                word = self.until_done(deliver(self.house, self.carriers, delivery))
                self.house.handling.settle([word])  # type: ignore[list-item]  # what `deliver` hands back
            self._follow()

    def _claim(self) -> list[outbox.Delivery]:
        now = self.clock.now()
        taken = outbox.claim(self.house.database, worker=WORKER, now=now, lease_seconds=LEASE_SECONDS, limit=50)
        return list(taken)

    def _follow(self) -> None:
        """Read what the trail holds since the last look."""
        for recorded in case_events(self.house.database, self.house.keyring, self.case_id, self._seq):
            self._seq = recorded.seq
            self.state = self.around.state = evolve(self.state, recorded.event)
            self.trail.append(recorded.event)
            self.told += (Told(recorded.event.at, words, recorded.event) for words in tell(recorded.event, self.around))


class BrokenTrail(StaffettaError):
    """The trail that a rehearsal left does not verify."""

    template = "The trail of the rehearsal {scenario} does not verify. Report it, with the file of the scenario."


class Rehearsals:
    """Houses in which scenarios are rehearsed, below one folder; each story's is gone when it is over."""

    def __init__(self, folder: Path, settings: str, carriers: Sender, history: History | None = None) -> None:
        """Nothing was rehearsed yet.

        Args:
            folder: below it everything is made.
            settings: the text of `staffetta.toml`.
            carriers: they serve the event loop of this object alone.
            history: brings each story into Prefect, too.
        """
        self._history = history
        self._folder = folder
        self._settings = settings
        self._carriers = carriers
        self._runner = asyncio.Runner()
        self._patterns: dict[tuple[Path, str], Path] = {}
        self._pathways: dict[frozenset[str], Path] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(self._carriers, Carriers):
            self._runner.run(self._carriers.aclose())
        self._runner.close()

    def play(
        self,
        scenario: Scenario,
        library: Library,
        texts: Mapping[str, str],
        network: str,
        earlier: Mapping[str, Pathway] = MappingProxyType({}),
    ) -> ScenarioRun:
        """What the house makes of a scenario.

        Args:
            scenario: the story.
            library: the procedures it is played with.
            texts: the exact text of each pathway, by content hash; that of the facts beside them, by the file's name.
            network: the text of the network's file.
            earlier: the procedures in force when the story begins, where it adopts those of the library.
        """
        pathways = self._folder_of(with_current(library, earlier), texts)
        pattern = self._pattern(pathways, network)
        place = self._folder / "story"
        shutil.copytree(pattern, place)
        start = scenario.given.start
        clock = SetClock(start)

        def opened(pathways: Path) -> House:
            return open_house(place, with_vault=True, clock=clock, ids=RandomIds(), pathways=pathways)

        def adopt(house: House, name: str) -> House:
            again = with_current(house.procedures.library(), {name: library.current[name]})
            after = opened(self._folder_of(again, texts))
            house.close()
            return after

        house = opened(pathways)
        directory = house.procedures.directory()
        going = LiveRun(house, clock, Refusing(self._carriers), self._runner.run, directory, start, adopt)
        try:
            return self._play(scenario, going)
        finally:
            going.house.close()
            shutil.rmtree(place)

    def _play(self, scenario: Scenario, going: LiveRun) -> ScenarioRun:
        going.open(scenario.given)
        blocks: list[BlockRun] = []
        for block in scenario.blocks:
            seen = len(going.told) if blocks else 0
            move(going, block)
            blocks.append(block_run(block, going, seen, scenario.given.start))
        if not verify(going.house.database, going.house.keyring).sound:
            raise BrokenTrail(scenario=scenario.name)
        if self._history is not None:
            self._runner.run(self._history(going.house, list(going.state.runs)))
        return ScenarioRun(scenario, tuple(blocks), tuple(going.trail), going.state, pathways_of(going.state))

    def _folder_of(self, library: Library, texts: Mapping[str, str]) -> Path:
        """The folder of the procedures that are in force in a library, made once."""
        hashes = frozenset({*(pathway.content_hash for pathway in library.current.values()), texts.get(FACTS, "")})
        if hashes not in self._pathways:
            folder = self._pathways[hashes] = self._folder / f"pathways-{len(self._pathways)}"
            folder.mkdir()
            for name, pathway in library.current.items():
                (folder / f"{name}.yaml").write_text(texts[pathway.content_hash], encoding="utf-8")
            if FACTS in texts:
                (folder / FACTS).write_text(texts[FACTS], encoding="utf-8")
        return self._pathways[hashes]

    def _pattern(self, pathways: Path, network: str) -> Path:
        """A house with this network and these procedures and no case, made once."""
        key = (pathways, network)
        if key not in self._patterns:
            pattern = self._folder / f"pattern-{len(self._patterns)}"
            pattern.mkdir(mode=0o700)
            (pattern / "staffetta.toml").write_text(self._settings, encoding="utf-8")
            (pattern / "staffetta.toml").chmod(0o600)
            house = open_house(pattern, with_vault=True, clock=SetClock(LONG_AGO), pathways=pathways)
            try:
                import_network(house.database, network, "network.yaml", LONG_AGO)
            finally:
                house.close()
            self._patterns[key] = pattern
        return self._patterns[key]

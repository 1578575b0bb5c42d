"""Running a scenario on the pure rules: a clock of its own, carriers that take everything unless told otherwise.

No database, no network, no wall clock: the same scenario always makes the same story. Stories that begin alike are
told once: what they share is kept and gone on from (`Stage`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from pydantic import ValidationError

from procedures import commands as c
from procedures import events as e
from procedures.case import EMPTY, OWN_WORK, CaseState
from procedures.deciding import decide_fully
from procedures.directory import Directory
from procedures.errors import Refused
from procedures.scenario.language import Act, Block, Given, Scenario
from procedures.scenario.moments import moment_words
from procedures.scenario.standing import standing
from procedures.scenario.telling import Around, channel, tell
from procedures.scenario.verbs import ADOPT, CARRIERS, OPERATOR, Doing, command_of
from procedures.schema import Library, Pathway
from procedures.timing import next_due

MOST_ROUNDS = 2_000
"""Of deadlines within one block: a coordination that nothing reaches is called again for ever."""
CODE, SEED = "SCENARIO", "5ce7a410" * 4


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that happened: when, in a scenario's words, and the event behind it (None for a refusal)."""

    at: datetime
    words: str
    event: e.Event | None = None


class Going(Protocol):
    """A case that a scenario moves along: on the rules alone (`Run`), or in a real house."""

    state: CaseState
    told: list[Told]
    trail: list[e.Event]

    def open(self, given: Given) -> None:
        """Open the case. A refusal is told like any other."""
        ...

    def pass_time(self, until: datetime) -> None:
        """Let everything come due, each at its moment."""
        ...

    def do(self, act: Act) -> None:
        """One act, now."""
        ...


@dataclass(slots=True)
class Run:
    """A case that a scenario moves along on the rules alone."""

    library: Library
    directory: Directory
    start: datetime
    state: CaseState = EMPTY
    now: datetime = field(init=False)
    around: Around = field(init=False)
    trail: list[e.Event] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    carriers: dict[str, c.DeliveryResult] = field(default_factory=dict)
    """What becomes of messages to a person, where it is not that they leave."""
    coming: Mapping[str, Pathway] = field(default_factory=dict)
    """The texts of today that the story may adopt, in the place of earlier ones."""
    acts: int = 0

    def __post_init__(self) -> None:
        """The clock begins at the start."""
        self.now = self.start
        self.around = Around(self.directory, self.start, self.state)

    def copy(self) -> "Run":
        """A run that goes on from here on its own: the state itself never changes."""
        other = replace(self, trail=list(self.trail), told=list(self.told), carriers=dict(self.carriers))
        other.now = self.now
        other.around = Around(self.directory, self.start, self.state, dict(self.around.alerts))
        return other

    def open(self, given: Given) -> None:
        """Open the case. A refusal is told like any other."""
        self._try(lambda: open_command(given, self.library))

    def pass_time(self, until: datetime) -> None:
        """Let everything come due, each at its moment."""
        for _round in range(MOST_ROUNDS):
            due = next_due(self.state)
            if due is None or due > until:
                break
            before = self.state
            self.now = max(self.now, due)
            self._decide(
                c.PassDeadline(id="scenario-clock-00000", case_id=before.case_id, actor="clock", road=c.Road.CLOCK)
            )
            if self.state == before:
                break
        self.now = max(self.now, until)

    def do(self, act: Act) -> None:
        """One act, now."""
        self.acts += 1
        if act.verb in CARRIERS:
            self.carriers[act.target] = CARRIERS[act.verb]
        elif act.verb == ADOPT:
            self.library = with_current(self.library, {act.target: self.coming[act.target]})
        else:
            doing = Doing(self.state, self.directory, self.now, self.library)
            self._try(lambda: command_of(act, doing, self.acts))

    def _try(self, make: "_Make") -> None:
        try:
            self._decide(make())
        except (Refused, ValidationError) as refusal:
            self.told.append(Told(self.now, refused(refusal)))

    def _decide(self, command: c.Command) -> None:
        decision = decide_fully(self.state, self.library, self.directory, command, self.now)  # type: ignore[arg-type]  # one of the union
        self.state = self.around.state = decision.state
        self.trail += decision.events
        for event in decision.events:
            self.told += (Told(self.now, words, event) for words in tell(event, self.around))
        withdrawn = {event.alert_id for event in decision.events if isinstance(event, e.AlertWithdrawn)}
        for event in decision.events:
            if isinstance(event, e.AlertQueued) and event.alert_id not in withdrawn:
                self._settle(event)

    def _settle(self, alert: e.AlertQueued) -> None:
        result = self.carriers.get(alert.person, c.DeliveryResult.ACCEPTED)
        arrived = result is c.DeliveryResult.ACCEPTED
        if arrived and alert.alert_id not in self.state.alert_of and alert.alert_id not in self.state.call_of:
            return  # mere news that left: nothing follows from it
        self._decide(
            c.SettleAlert(
                id=f"settle-{alert.alert_id:>12}",
                case_id=self.state.case_id,
                actor="carrier",
                road=c.Road.CARRIER,
                alert_id=alert.alert_id,
                result=result,
                channel=channel(self.directory, alert.person, alert.contact),
                settled_at=self.now,
            )
        )


def with_current(library: Library, texts: Mapping[str, Pathway]) -> Library:
    """The library with these texts in force; those that they replace stay known, for whatever runs by them."""
    by_hash = {**library.by_hash, **{one.content_hash: one for one in texts.values()}}
    return library.model_copy(update={"current": {**library.current, **texts}, "by_hash": by_hash})


class _Make(Protocol):
    def __call__(self) -> c.Command: ...


def open_command(given: Given, library: Library) -> c.OpenCase:
    """The command that opens the case of a scenario, or starts the network's own work."""
    pathway = library.current.get(given.pathway)
    own_work = pathway is not None and pathway.no_case
    return c.OpenCase(
        id="scenario-open-00000000",
        case_id="scenario",
        actor=OPERATOR,
        road=c.Road.DESK,
        code=OWN_WORK + CODE if own_work else CODE,
        seed=SEED,
        pathway=given.pathway,
        territory=given.territory,
        desk=given.desk,
        facts=given.facts,
        consents=given.consents,
        exclusions=given.exclusions,
        by=given.by,
    )


def refused(refusal: Refused | ValidationError) -> str:
    """How a refusal is told."""
    return f"refused {refusal.code}" if isinstance(refusal, Refused) else "refused does-not-fit"


@dataclass(frozen=True, slots=True)
class BlockRun:
    """What happened in one block: each line with its story, and how it stands at the end of it."""

    block: Block
    happened: tuple[str, ...]
    told: tuple[Told, ...]
    stands: frozenset[str]


@dataclass(frozen=True, slots=True)
class ScenarioRun:
    """What happened in a whole scenario."""

    scenario: Scenario
    blocks: tuple[BlockRun, ...]
    trail: tuple[e.Event, ...]
    state: CaseState
    pathways: Mapping[str, str]
    """The pathway of each run."""


@dataclass(slots=True)
class Stage:
    """Where scenarios of one library and one network are run; it remembers how those began that it ran before."""

    library: Library
    directory: Directory
    earlier: Mapping[str, Pathway] = field(default_factory=dict)
    """By name, the texts that are in force when its stories begin, in the place of those of the library."""
    _begun: dict[str, Run] = field(default_factory=dict)

    @property
    def beginning(self) -> Library:
        """What is in force when its stories begin; every text of them is known in it."""
        return with_current(self.library, self.earlier) if self.earlier else self.library

    def run(self, scenario: Scenario) -> ScenarioRun:
        """Everything that the rules make of a scenario."""
        going = self._beginning(scenario.given)
        key = repr(scenario.given)
        blocks: list[BlockRun] = []
        for block in scenario.blocks:
            seen = len(going.told) if blocks else 0
            key = f"{key} {block.at} {block.acts!r}"
            going = self._on(key, going, block)
            blocks.append(block_run(block, going, seen, scenario.given.start))
        return ScenarioRun(scenario, tuple(blocks), tuple(going.trail), going.state, pathways_of(going.state))

    def _beginning(self, given: Given) -> Run:
        key = repr(given)
        if key not in self._begun:
            coming = {name: self.library.current[name] for name in self.earlier}
            going = Run(self.beginning, self.directory, given.start, coming=coming)
            going.open(given)
            self._begun[key] = going
        return self._begun[key]

    def _on(self, key: str, before: Run, block: Block) -> Run:
        if key not in self._begun:
            going = before.copy()
            move(going, block)
            self._begun[key] = going
        return self._begun[key]


def move(going: Going, block: Block) -> None:
    """Let time go by up to a block, and do what is done there."""
    going.pass_time(block.at)
    for act in block.acts:
        going.do(act)


def block_run(block: Block, going: Going, seen: int, start: datetime) -> BlockRun:
    """What came of a block; `seen` lines were told before it."""
    told = tuple(going.told[seen:])
    return BlockRun(block, tuple(_line(one, block, start) for one in told), told, standing(going.state, start))


def pathways_of(state: CaseState) -> Mapping[str, str]:
    """The pathway of each run of a case."""
    return {run.run_id: run.pathway for run in state.runs.values()}


def _line(told: Told, block: Block, start: datetime) -> str:
    return told.words if told.at == block.at else f"{told.words}, at {moment_words(told.at, start)}"

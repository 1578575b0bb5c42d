"""Operators who open cases, people who answer or do not, and a survivor who changes her mind."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from models.composition import House
from models.links import code_fits, find_link, link_code, link_token
from models.outbox import Delivery
from models.recorded import Handled
from models.store_errors import StoreBusy, StoreFailed
from procedures import commands as c
from procedures.case import RunState
from procedures.errors import Refused
from procedures.events import AlertPurpose, LinkUse
from procedures.picking import pickable
from procedures.schema import AskStep, AwaitStep, Library, Pathway
from tests.simulation.monitor import Monitor
from tests.simulation.steering import LIKELY, RISKS, Scene, asked_for, evidence
from tests.simulation.world import CANARY, Process, SimulatedCrash, World

CONSENTS = ("intake", "legal", "psychological", "shelter")
PATHWAYS = (
    "intake",
    "intake",
    "search",
    "search",
    "danger",
    "together",
    "guarded",
    "guarded",
    "vigil",
    "shelter",
    "legal",
    "psychological",
    "tavolo_meeting",
)
FLAGS = (
    "sexual_violence",
    "injuries",
    "children_present",
    "needs_shelter",
    "needs_transport",
    "wants_to_report",
    "wants_legal_help",
    "wants_psychological_help",
)
KEPT_OUT = ("luna_ascolto", "centro_luna", "casa_approdo", "ospedale_san_vito", "olga", "carla", "ines")
ASKED = (
    ("accepts", 0.40),
    ("declines", 0.10),
    ("sees, then accepts", 0.06),
    ("accepts twice", 0.04),
    ("accepts and her colleague declines", 0.03),
    ("types a wrong code, then accepts", 0.04),
    ("accepts hours later", 0.07),
    ("sees", 0.04),
)
TAKEN = (
    ("completes", 0.55),
    ("begins, then completes", 0.10),
    ("completes twice", 0.05),
    ("asks for a new link", 0.05),
    ("completes days later", 0.08),
    ("says she cannot after all", 0.03),
)
TURNS = ((60, 2 * 3600), (60, 6 * 3600), (3600, 36 * 3600), (3600, 5 * 86400), (86400, 15 * 86400))
"""When somebody steers a case, if at all: seconds after its opening. The last turn mostly finds it over."""
AGAIN_SECONDS = 2.0
CONFIRMS = 0.85
"""How likely the second person gives the result that the first one proposed."""


@dataclass
class People:
    """Everybody outside. What they do reaches the relay through the desk's process."""

    world: World
    monitor: Monitor
    desk: Process
    house: House
    library: Library
    _done_at: dict[str, datetime] = field(default_factory=dict)
    """When the work behind a delivery's link was done: the same, however often it is told."""

    def opens(self, number: int) -> None:
        """An operator opens a case, some time in the first hours."""
        draws = self.world.draws
        if not draws.takes("case", number):
            return
        case_id = f"00000000-0000-7000-9000-{number:012x}"
        self.monitor.names[case_id] = f"case {number}"
        self.world.at(draws.between(1, 3 * 3600, "opened-at", number), partial(self._open, number, case_id))

    def _open(self, number: int, case_id: str) -> None:
        draws = self.world.draws
        pathway = draws.one_of(PATHWAYS, "pathway", number)
        consents = {one for one in CONSENTS if draws.unit("consent", number, one) < 0.6} | {
            self.library.current[pathway].consent or "intake"
        }
        exclusions = {one for one in KEPT_OUT if draws.unit("kept-out", number, one) < 0.04}
        own_work = self.library.current[pathway].no_case
        command = c.OpenCase(
            id=f"open-{case_id}",
            case_id=case_id,
            actor="operator:1",
            road=c.Road.DESK,
            code=f"{'N' if own_work else 'C'}-SIMU-{number:04d}",
            seed=draws.bytes_for(16, "case-seed", number).hex(),
            pathway=pathway,
            territory=draws.one_of(("valle_chiara", "costa_serena"), "territory", number),
            desk="sportello_luna" if draws.unit("desk", number) < 0.8 else None,
            facts={} if own_work else self._facts(number),
            consents=frozenset() if own_work else frozenset(consents),
            exclusions=frozenset(exclusions),
            person=None if own_work else c.Person(name=CANARY, note=CANARY),
        )
        self.world.say(f"case {number} opens: {pathway}, {', '.join(sorted(consents))}")
        self.ask(command, partial(self._opened, number))
        if draws.happens(0.04, "opened-twice", number):
            self.world.at(0.5, partial(self.ask, command))

    def _facts(self, number: int) -> Mapping[str, c.FactValue]:
        draws = self.world.draws
        facts: dict[str, c.FactValue] = {one: draws.unit("fact", number, one) < 0.5 for one in FLAGS}
        facts["risk"] = draws.one_of(("low", "medium", "high", "imminent"), "risk", number)
        if draws.unit("own-facts", number) < 0.5:
            facts |= {"danger": draws.one_of(RISKS, "danger", number), "still_there": False}
        facts["relationship"] = draws.one_of(("partner", "stranger"), "relationship", number)
        if draws.unit("incident-known", number) < 0.7:
            facts["incident_at"] = self.world.wall - timedelta(hours=draws.between(0, 130, "incident", number))
        return facts

    def _opened(self, number: int, handled: Handled) -> None:
        draws = self.world.draws
        for turn, (soonest, latest) in enumerate(TURNS, start=1):
            what = draws.choose(LIKELY, "steering", number, turn)
            if what is not None:
                delay = draws.between(soonest, latest, "steered-at", number, turn)
                self.world.at(delay, partial(self._steer, (number, turn), handled.state.case_id, what))

    def _steer(self, name: tuple[int, int], case_id: str, what: str) -> None:
        state, now = self.monitor.states[case_id], self.house.clock.now()
        in_force = self.house.procedures.library()
        scene = Scene(self.world.draws, in_force, state, now, ("steer", *name))
        what, commands = asked_for(what, scene)
        self.world.say(f"somebody {what} (case {name[0]})")
        for command in commands:
            self.ask(command)

    def moves_all(self, new: Pathway) -> None:
        """A coordinator moves every pathway of this name that goes by another edition."""
        for case_id, state in sorted(self.monitor.states.items()):
            for run in state.runs.values():
                if run.pathway == new.name and run.state is RunState.RUNNING and run.content_hash != new.content_hash:
                    command = c.MovePathway(
                        id=f"move-{new.edition}-{run.run_id}-{case_id}",
                        case_id=case_id,
                        actor="operator:1",
                        road=c.Road.DESK,
                        run=run.run_id,
                        edition=new.edition,
                        reason="procedure_changed",
                    )
                    self.ask(command)

    def received(self, delivery: Delivery) -> None:
        """A message arrived; what its reader does about it."""
        if delivery.purpose is AlertPurpose.CONSENT_NEEDED:
            self._asks_her(delivery)
        elif delivery.purpose is AlertPurpose.PICK_NEEDED:
            self._picks(delivery)
        elif delivery.link_use is not LinkUse.NONE:
            likely = ASKED if delivery.link_use is LinkUse.ANSWER else TAKEN
            what = self.world.draws.choose(likely, "reader", delivery.delivery_id)
            if what is not None:
                self._do(delivery, what)

    def _asks_her(self, delivery: Delivery) -> None:
        what = self.world.draws.choose((("gives", 0.5), ("refuses", 0.2)), "her-word", delivery.delivery_id)
        if what is None:
            return
        state = self.monitor.states[delivery.case_id]
        unsaid = [one for one in CONSENTS if one not in state.consents]
        kind = c.GiveConsent if what == "gives" else c.RefuseConsent
        delay = self.world.draws.between(60, 7200, "her-time", delivery.delivery_id)
        for consent in unsaid:
            command = kind(
                id=f"consent-{consent}-{delivery.delivery_id}",
                case_id=delivery.case_id,
                actor="operator:1",
                road=c.Road.DESK,
                consent=consent,
            )
            self.world.at(delay, partial(self.ask, command))

    def _picks(self, delivery: Delivery) -> None:
        """Whoever is called picks one of those that may be asked, soon, late or never; or one that may not."""
        what = self.world.draws.choose((("picks", 0.8), ("picks wrongly", 0.1)), "pick", delivery.delivery_id)
        if what is None:
            return

        def pick() -> None:
            state, now = self.monitor.states[delivery.case_id], self.house.clock.now()
            found = pickable(state, self.library, self.house.procedures.directory(), delivery.about or "", now)
            names = [one.id for one in found] if what == "picks" else ["casa_approdo"]
            if names:
                command = c.PickService(
                    id=f"pick-00000-{delivery.delivery_id}",
                    case_id=delivery.case_id,
                    actor="operator:1",
                    road=c.Road.DESK,
                    ref=delivery.about or "",
                    service=self.world.draws.one_of(names, "picked", delivery.delivery_id),
                )
                self.ask(command)

        self.world.at(self.world.draws.between(30, 3 * 3600, "pick-time", delivery.delivery_id), pick)

    def _do(self, delivery: Delivery, what: str) -> None:
        at = self.world.draws.between(20, 900, "answers-after", delivery.delivery_id)
        accept = partial(self.taps, delivery, c.AcceptHandoff, "accept")
        see = partial(self.taps, delivery, c.AcknowledgeHandoff, "see")
        decline = partial(self.taps, delivery, c.DeclineHandoff, "decline", reason="full")
        complete = partial(self.completes, delivery)
        acts: Mapping[str, tuple[tuple[float, Callable[[], None]], ...]] = {
            "accepts": ((at, accept),),
            "declines": ((at, decline),),
            "sees": ((at, see),),
            "sees, then accepts": ((at, see), (at + 120, accept)),
            "accepts twice": ((at, accept), (at + 0.2, accept)),
            "accepts and her colleague declines": ((at, accept), (at + 1, decline)),
            "types a wrong code, then accepts": ((at, partial(accept, code="WRONG1")), (at + 9, accept)),
            "accepts hours later": ((at * 40, accept),),
            "completes": ((at * 12, complete),),
            "begins, then completes": (
                (at, partial(self.taps, delivery, c.NoteFirstSign, "begin")),
                (at * 20, complete),
            ),
            "completes twice": ((at * 3, complete), (at * 3 + 1, complete)),
            "asks for a new link": ((at, partial(self.taps, delivery, c.RenewLink, "renew")), (at * 9, complete)),
            "completes days later": ((at * 300, complete),),
            "says she cannot after all": ((at, decline),),
        }
        for delay, act in acts[what]:
            self.world.at(delay, partial(self._says, delivery, what, act))

    def _says(self, delivery: Delivery, what: str, act: Callable[[], None]) -> None:
        self.world.say(f"{delivery.person} {what} ({delivery.ref})")
        act()

    def completes(self, delivery: Delivery) -> None:
        """The result, with the evidence that the step asks for."""
        state = self.monitor.states[delivery.case_id]
        run = state.runs[delivery.run_id]
        step = self.library.by_hash[run.content_hash].steps[delivery.step or ""]
        if not isinstance(step, AskStep | AwaitStep):
            self.taps(delivery, c.CompleteHandoff, "complete", result="told")
            return
        result = self.world.draws.one_of(sorted(step.results), "result", delivery.about, delivery.step)
        handoff = state.handoffs[delivery.about or delivery.ref]
        first = handoff.proposed
        if first is not None and self.world.draws.unit("confirms", delivery.delivery_id) < CONFIRMS:
            self.taps(delivery, c.CompleteHandoff, "complete", result=first.result, evidence=dict(first.evidence))
            return
        at = self._done_at.setdefault(delivery.delivery_id, self.house.clock.now())
        risk = partial(self.world.draws.one_of, RISKS, "shown", delivery.about, delivery.step)
        shown = evidence(step.results[result].evidence, at, risk)
        self.taps(delivery, c.CompleteHandoff, "complete", result=result, evidence=shown)

    def taps(self, delivery: Delivery, kind: type[c.Command], what: str, *, code: str = "", **more: object) -> None:
        """Open the link, type the code, press the button: the command's id follows from what was tapped."""
        key = self.house.keyring.token_key
        token = link_token(key, delivery.delivery_id)

        def act() -> None:
            now = self.house.clock.now()
            link = find_link(self.house.database, token, now)
            self.monitor.holds("I3", "a link that was sent opens nothing", so=link is not None)
            assert link is not None
            typed = code or link_code(key, delivery.delivery_id)
            if not code_fits(self.house.database, key, link, typed, now):
                return
            values = {
                "id": f"link-0000-{what}-{delivery.delivery_id}",
                "case_id": link.case_id,
                "actor": link.actor,
                "road": c.Road.LINK,
                "ref": link.about_ref,
                **({"proven": True} if kind is c.AcceptHandoff else {}),
            }
            self.ask(kind.model_validate(values | more))  # type: ignore[arg-type]  # one of the union

        self.in_desk(act)

    def in_desk(self, act: Callable[[], None]) -> None:
        """Do this in the desk's process; again where it dies or says *not saved*."""
        world, desk = self.world, self.desk
        if not desk.alive:
            world.at(AGAIN_SECONDS, partial(self.in_desk, act))
            return
        outer, world.running = world.running, desk
        try:
            act()
        except SimulatedCrash as crash:
            desk.die(str(crash))
            world.at(AGAIN_SECONDS, partial(self.in_desk, act))
        except (StoreBusy, StoreFailed):
            world.at(AGAIN_SECONDS, partial(self.in_desk, act))
        finally:
            world.running = outer

    def ask(self, command: c.AnyCommand, then: Callable[[Handled], None] | None = None) -> None:
        """Ask for this until an answer comes, always under the same id."""

        def act() -> None:
            self.monitor.asking = command.id
            before = self.monitor.states.get(command.case_id)
            try:
                handled = self.house.handling.handle(command)
            except Refused as refused:
                self.monitor.refused(command.id, type(refused).__name__)
                return
            finally:
                self.monitor.asking = ""
            self.monitor.told(command.id, handled)
            self.monitor.steered.answered(command, before, handled)
            if then is not None:
                then(handled)

        self.in_desk(act)

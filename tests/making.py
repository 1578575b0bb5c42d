"""A small invented network and two small pathways: the world in which the rules' stories are told."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count

from procedures import commands as c
from procedures.alert_events import ECHOES
from procedures.case import EMPTY, CaseState, Handoff
from procedures.deciding import decide_fully
from procedures.directory import (
    Body,
    Contact,
    ContactKind,
    Coordinator,
    Desk,
    Directory,
    Duty,
    NetworkPerson,
    Opening,
    Service,
)
from procedures.events import AlertPurpose, AlertQueued, Event
from procedures.evolving import replay
from procedures.loading import load_facts, load_pathway
from procedures.schema import Fact, Library, Pathway, Text

START = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
SEED = "00112233445566778899aabbccddeeff"

FACTS = """
facts:
  risk:
    type: choice
    title: {it: Rischio, en: Risk}
    choices: {low: {it: basso, en: low}, high: {it: alto, en: high}, imminent: {it: imminente, en: imminent}}
  wants_legal_help: {type: boolean, title: {it: Aiuto legale, en: Legal help}}
  incident_at: {type: datetime, title: {it: Fatto, en: Event}}
"""

SHELTER = """
pathway: shelter
edition: 1
title: {it: Accoglienza, en: Shelter}
consent: shelter
steps:
  find_place:
    ask: emergency_shelter
    title: {it: Trovare un posto, en: Find a place}
    accept_within: 15 min
    complete_within: 4 h
    source: {text: "Invented for the tests", verified: false}
    results: {housed: {evidence: {place_confirmed_at: datetime}}, no_place: {}}
    escalate:
      - {after: 5 min, to: service}
      - {after: 10 min, to: deputy}
      - {after: 15 min, to: next_service}
      - {after: 45 min, to: coordinator}
  escort:
    ask: safe_transport
    title: {it: Accompagnare, en: Escort}
    needs: [find_place.housed]
    when: {risk: [high, imminent]}
    accept_within: 20 min
    first_sign_within: 30 min
    complete_within: 3 h
    source: {text: "Invented for the tests", verified: false}
outcomes: {housed: find_place.housed, no_place: find_place.no_place}
"""

INTAKE = """
pathway: intake
edition: 1
title: {it: Accoglienza iniziale, en: Intake}
consent: intake
steps:
  welcome:
    ask: first_contact
    title: {it: Primo ascolto, en: First talk}
    accept_within: 10 min
    complete_within: [2 h, {within: 72 h, of: fact.incident_at, clock: clinical}]
    source: {text: "Invented for the tests", verified: false}
    results: {done: {}}
    escalate: [{after: 10 min, to: next_service}, {after: 30 min, to: coordinator}]
  shelter: {start: shelter, title: {it: Riparo, en: Shelter}, needs: [welcome]}
  tell_police:
    tell: police
    title: {it: Informare, en: Inform}
    needs: [welcome]
    when: {risk: imminent}
    basis: {it: Legge inventata, en: Invented law}
  hearing:
    await: {it: La Procura ascolta, en: The prosecutor hears her}
    watched_by: legal_aid
    title: {it: Audizione, en: Hearing}
    needs: [welcome]
    when: {wants_legal_help: true}
    within: [{within: 3 days, of: welcome.completed, clock: statutory}]
    source: {text: "Invented for the tests", verified: false}
    results: {heard: {evidence: {heard_on: date}}, deferred: {}}
outcomes: {helped: welcome}
"""


def library(texts: Iterable[str] = (INTAKE, SHELTER), facts: str = FACTS) -> Library:
    """The library of the stories, with these facts."""
    vocabulary: Mapping[str, Fact] = load_facts(facts, "facts.yaml")
    pathways: list[Pathway] = [load_pathway(text, f"text{n}.yaml", vocabulary) for n, text in enumerate(texts)]
    return Library(
        current={p.name: p for p in pathways}, by_hash={p.content_hash: p for p in pathways}, facts=vocabulary
    )


def person(name: str) -> NetworkPerson:
    """Somebody with one e-mail address, invented."""
    return NetworkPerson(
        id=name, name=name.title(), contacts=(Contact(kind=ContactKind.EMAIL, address=f"{name}@example.org"),)
    )


def service(
    name: str,
    competence: str,
    *,
    rank: int = 100,
    deputy: bool = True,
    hours: tuple[Opening, ...] = (),
    rota: tuple[Duty, ...] = (),
    body: str = "casa",
) -> Service:
    """A service whose referent is `NAME_ref` and whose deputy is `NAME_dep`."""
    return Service(
        id=name,
        body=body,
        name=Text(it=name, en=name),
        competences=frozenset({competence}),
        territories=frozenset({"valle"}),
        phone="+390655500001",
        referent=f"{name}_ref",
        deputy=f"{name}_dep" if deputy else None,
        rank=rank,
        hours=hours,
        rota=rota,
    )


def directory(*services: Service) -> Directory:
    """A network of these services, one coordinator with two people, one desk."""
    if not services:
        services = (
            service("ascolto", "first_contact"),
            service("ascolto_due", "first_contact", rank=200),
            service("casa_uno", "emergency_shelter", rank=1),
            service("casa_due", "emergency_shelter", rank=2),
            service("navetta", "safe_transport", deputy=False),
            service("questura", "police"),
            service("avvocate", "legal_aid"),
        )
    names = {p for s in services for p in (s.referent, s.deputy, *(d.person for d in s.rota)) if p}
    people = {name: person(name) for name in sorted(names | {"coord_uno", "coord_due", "desk_person"})}
    coordinator = Coordinator(
        id="coordinamento",
        name=Text(it="Coordinamento", en="Coordination"),
        territories=frozenset({"valle"}),
        phone="+390655500099",
        people=("coord_uno", "coord_due"),
    )
    desk = Desk(id="sportello", name=Text(it="Sportello", en="Desk"), phone="+390655500000", person="desk_person")
    return Directory(
        bodies={"casa": Body(id="casa", name="Casa")},
        people=people,
        services={s.id: s for s in services},
        coordinators={coordinator.id: coordinator},
        desks={desk.id: desk},
    )


def open_case(**changes: object) -> c.OpenCase:
    """Open a case that needs the shelter, with every consent given."""
    values: dict[str, object] = {
        "id": "open-0000000000000001",
        "case_id": "case-1",
        "actor": "operator:1",
        "road": c.Road.DESK,
        "code": "C-TEST-0001",
        "seed": SEED,
        "pathway": "intake",
        "territory": "valle",
        "desk": "sportello",
        "facts": {"risk": "high"},
        "consents": frozenset({"intake", "shelter"}),
    }
    return c.OpenCase.model_validate(values | changes)


class Story:
    """A case told command by command, on a clock that only the story moves."""

    def __init__(self, library_: Library | None = None, directory_: Directory | None = None) -> None:
        self.library = library_ or library()
        self.directory = directory_ or directory()
        self.now = START
        self.state: CaseState = EMPTY
        self.trail: list[Event] = []
        self._ids = count(1)

    def tell(self, command: c.AnyCommand) -> tuple[Event, ...]:
        """Decide and follow: the state of the decision is that of its events, in every story."""
        decision = decide_fully(self.state, self.library, self.directory, command, self.now)
        followed = replay(decision.events, self.state)
        assert decision.state == followed
        self.state = followed
        self.trail.extend(decision.events)
        return decision.events

    def opened(self, **changes: object) -> "Story":
        """Open the case and go on."""
        self.tell(open_case(**changes))
        return self

    def say(self, kind: type[c.Command], **fields: object) -> tuple[Event, ...]:
        """Tell a command of this kind, by default from a link."""
        values: dict[str, object] = {
            "id": f"command-{next(self._ids):016d}",
            "case_id": "case-1",
            "actor": "person:somebody",
            "road": c.Road.LINK,
            **({"proven": True} if kind is c.AcceptHandoff else {}),
        }
        command: c.AnyCommand = kind.model_validate(values | fields)  # type: ignore[assignment]  # a union's member
        return self.tell(command)

    def wait(self, minutes: float) -> tuple[Event, ...]:
        """Let time go by, and what is due happen."""
        self.now += timedelta(minutes=minutes)
        return self.say(c.PassDeadline, actor="clock", road=c.Road.CLOCK)

    def handoff(self, step: str) -> Handoff:
        """The latest handoff of a step."""
        return [h for h in self.state.handoffs.values() if h.step == step][-1]

    def accept(self, step: str) -> tuple[Event, ...]:
        """The holder of the step's handoff takes it."""
        return self.say(c.AcceptHandoff, ref=self.handoff(step).ref)

    def complete(self, step: str, result: str = "done", **evidence: object) -> tuple[Event, ...]:
        """The holder gives the result."""
        return self.say(c.CompleteHandoff, ref=self.handoff(step).ref, result=result, evidence=evidence)


def alerts(events: tuple[Event, ...]) -> list[tuple[AlertPurpose, str]]:
    """Purpose and person of every alert among the events, but for the echoes: they have stories of their own."""
    queued = [event for event in events if isinstance(event, AlertQueued) and event.purpose not in ECHOES]
    return [(event.purpose, event.person) for event in queued]


def shelter_requested() -> Story:
    """The shelter was just asked."""
    story = Story().opened()
    story.accept("welcome")
    story.complete("welcome")
    return story


def settle(story: Story, alert_id: str, result: str) -> tuple[Event, ...]:
    """The carrier's word."""
    return story.say(
        c.SettleAlert,
        alert_id=alert_id,
        result=result,
        channel="email",
        settled_at=story.now,
        actor="carrier",
        road=c.Road.CARRIER,
    )


def last_alert(story: Story) -> AlertQueued:
    """The alert queued last."""
    return [event for event in story.trail if isinstance(event, AlertQueued)][-1]

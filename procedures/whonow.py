"""*Who would be called now*, step by step, answered by the very functions that decide."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from procedures.case import EMPTY, StepRun, StepState
from procedures.choosing import coordinator_of
from procedures.choosing_terms import Doers
from procedures.commands import OpenCase
from procedures.conditions import NeedState, awaited_signals, holds, need_state
from procedures.consenting import gate_of
from procedures.deciding import decide
from procedures.directory import Directory
from procedures.events import AlertQueued, HandoffRequested, NobodyBecause, NoServiceFound, PathwayStarted
from procedures.expecting import Expecting
from procedures.haste import is_imminent
from procedures.her_ways import first_channel
from procedures.placing import PlacedStep, competences_of, one_of_several
from procedures.schema import AnyStep, Library, Pathway, StartStep
from procedures.values import fact_values


class WhoWhen(StrEnum):
    """When the step's turn comes."""

    NOW = "now"
    """Alerted the moment the case is opened."""
    LATER = "later"
    """Alerted when what it needs has happened, if nothing changes until then."""
    SIGNAL = "signal"
    """Alerted when a signal from outside comes: nothing else is missing, and it may never come."""
    CONSENT = "consent"
    """She has to be asked first."""
    OWED = "owed"
    """It was passed over in a case that is open, and is neither done nor decided."""
    LEFT_OUT = "left_out"
    """Not with these facts."""


class WhoRow(BaseModel):
    """One line of the answer. `service` is None where only the coordinator could be asked."""

    model_config = ConfigDict(frozen=True)

    pathway: str
    step: str
    when: WhoWhen
    service: str | None = None
    person: str | None = None
    coordinator: str | None = None
    channel: str | None = None
    because: NobodyBecause | None = None
    """Why no service would be asked, where none would."""
    competence: str | None = None
    """For what, where the step tells several: it has a row for each."""


@dataclass(frozen=True)
class _Place:
    """Where a step would go."""

    competence: str | None
    service: str | None = None
    person: str | None = None
    because: NobodyBecause | None = None


@dataclass(frozen=True)
class _Asking:
    """What the question is about."""

    library: Library
    directory: Directory
    command: OpenCase
    now: datetime


def who_now(library: Library, directory: Directory, command: OpenCase, now: datetime) -> tuple[WhoRow, ...]:
    """The rows for opening a case with `command` at `now`. Raises what `decide` would raise for that command."""
    events = decide(EMPTY, library, directory, command, now)
    asking = _Asking(library, directory, command, now)
    names = {event.run_id: event.pathway for event in events if isinstance(event, PathwayStarted)}
    alerted = {event.about: event.person for event in reversed(events) if isinstance(event, AlertQueued)}
    at_once: dict[tuple[str, str], list[HandoffRequested]] = {}
    for event in events:
        if isinstance(event, HandoffRequested):
            at_once.setdefault((names[event.run_id], event.step), []).append(event)
    nobody = {(names[n.run_id], n.step, n.competence): n.because for n in events if isinstance(n, NoServiceFound)}
    expected: dict[str, Expecting] = {}
    rows = []
    for pathway, step in _walk(library, library.current[command.pathway], set()):
        requests = at_once.get((pathway.name, step.name), [])
        for one in requests:
            because = nobody.get((pathway.name, step.name, one.competence))
            person = None if one.to_pick else alerted[one.ref]
            place = _Place(one.competence, one.service, person, NobodyBecause.PICKED if one.to_pick else because)
            rows.append(_row(asking, pathway, step, WhoWhen.NOW, place))
        if not requests and not isinstance(step, StartStep):
            if pathway.name not in expected:
                expected[pathway.name] = _expecting(asking, pathway, at_once)
            rows.extend(_later(asking, pathway, step, expected[pathway.name]))
    return tuple(rows)


def _walk(library: Library, pathway: Pathway, seen: set[str]) -> Iterable[tuple[Pathway, AnyStep]]:
    """Every step, with those of started pathways right after the step that starts them."""
    seen.add(pathway.name)
    for step in pathway.steps.values():
        yield pathway, step
        if isinstance(step, StartStep) and step.pathway not in seen:
            yield from _walk(library, library.current[step.pathway], seen)


def _expecting(
    asking: _Asking, pathway: Pathway, at_once: Mapping[tuple[str, str], Iterable[HandoffRequested]]
) -> Expecting:
    asked = {step: requests for (name, step), requests in at_once.items() if name == pathway.name}
    known = {step: Doers(tuple(r.service for r in requests if r.service)) for step, requests in asked.items()}
    return Expecting(
        pathway=pathway,
        directory=asking.directory,
        territory=asking.command.territory,
        facts=fact_values(asking.library.facts, asking.command.facts),
        exclusions=asking.command.exclusions,
        now=asking.now,
        known={**dict.fromkeys(_left_out(asking, pathway), Doers()), **known},
    )


def _later(asking: _Asking, pathway: Pathway, step: PlacedStep, expected: Expecting) -> Iterable[WhoRow]:
    consent = gate_of(asking.library, pathway, step)
    when = WhoWhen.CONSENT if consent and consent not in asking.command.consents else WhoWhen.LATER
    if awaited_signals(step.needs, _fresh_runs(pathway), ()):
        when = WhoWhen.SIGNAL
    if not _applies(asking, pathway, step):
        when = WhoWhen.LEFT_OUT
    for competence in competences_of(step):
        found, said = expected.of(step, competence), one_of_several(step, competence)
        if isinstance(found, NobodyBecause):
            yield _row(asking, pathway, step, when, _Place(said, because=found))
            continue
        for service in found:
            person = expected.person(step, competence, service)
            yield _row(asking, pathway, step, when, _Place(said, service.id, person))
        for _missing in range(step.choose.fewest - len(found)):
            yield _row(asking, pathway, step, when, _Place(said, because=NobodyBecause.NOBODY))


def _applies(asking: _Asking, pathway: Pathway, step: AnyStep) -> bool:
    """Whether the facts let the step happen, through the steps that start its pathway."""
    if step.name in _left_out(asking, pathway):
        return False
    if pathway.name == asking.command.pathway:
        return True
    return any(
        _applies(asking, parent, other)
        for parent in asking.library.current.values()
        for other in parent.steps.values()
        if isinstance(other, StartStep) and other.pathway == pathway.name
    )


def _left_out(asking: _Asking, pathway: Pathway) -> frozenset[str]:
    """The steps that these facts leave out: by their own `when`, or because what they need is left out."""
    facts = fact_values(asking.library.facts, asking.command.facts)
    runs = _fresh_runs(pathway)
    changed = True
    while changed:
        changed = False
        for name, step in pathway.steps.items():
            impossible = need_state(step.needs, runs) is NeedState.IMPOSSIBLE or not holds(step.when, facts, asking.now)
            acting = [runs[other.name].state for other in pathway.steps.values() if other.told_in == name]
            impossible = impossible or (bool(acting) and set(acting) == {StepState.SKIPPED})
            if impossible and runs[name].state is StepState.WAITING:
                runs[name] = StepRun(step=name, state=StepState.SKIPPED)
                changed = True
    return frozenset(name for name, run in runs.items() if run.state is StepState.SKIPPED)


def _fresh_runs(pathway: Pathway) -> dict[str, StepRun]:
    """Every step as it stands when the pathway starts."""
    return {name: StepRun(step=name) for name in pathway.steps}


def _row(asking: _Asking, pathway: Pathway, step: AnyStep, when: WhoWhen, place: _Place) -> WhoRow:
    command, directory = asking.command, asking.directory
    coordinator = coordinator_of(directory, command.territory, command.exclusions)
    facts = fact_values(asking.library.facts, command.facts)
    channel = first_channel(directory, place.person, asking.now, imminent=is_imminent(facts))
    return WhoRow(
        pathway=pathway.name,
        step=step.name,
        when=when,
        service=place.service,
        person=place.person,
        coordinator=coordinator.id if coordinator and place.because is not NobodyBecause.PICKED else None,
        channel=channel,
        because=None if place.service else place.because,
        competence=place.competence,
    )

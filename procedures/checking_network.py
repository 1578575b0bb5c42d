"""Whether a network has somebody for each step of a pathway, at every hour of the week and after a refusal."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from procedures.checking_network_choices import check_choices_in, territories_of
from procedures.checking_network_persons import person_faults
from procedures.choosing import ROME, Terms, candidates, fulfils
from procedures.directory import Directory, Service
from procedures.faults import FaultKind, Severity
from procedures.grammar.drafts import PathwayDraft
from procedures.marking import N_
from procedures.placing import PlacedStep, competences_of
from procedures.reading import Document
from procedures.schema import COORDINATOR, OPERATOR, AskStep, Pathway, RungTarget, StartStep
from procedures.story import Sentence, Story

QUARTER = timedelta(minutes=15)
"""How finely a week is looked at: 08:10 is told as 08:15, and a gap that is shorter may not be seen."""
WEEK = 7 * 24 * 4
DAY = WEEK // 7
CHRISTMAS = datetime(2026, 12, 25, tzinfo=ROME)
"""A holiday in every calendar of Italy."""
MONDAY = datetime(2026, 11, 2, tzinfo=ROME)
"""The beginning of a week without a holiday and without a change of the clocks."""

NOBODY = FaultKind(
    "nobody-offers",
    "In {territory} no service offers {competence}: the coordinator would get every request.",
    "Add a service to the network, or ask for another competence.",
    Severity.WARNING,
)
NOBODY_THEN = FaultKind(
    "nobody-on-duty",
    "In {territory} nobody can be asked for {competence} {times}: the coordinator would get every request.",
    "Add a service that is open then, or longer hours, to the network.",
    Severity.WARNING,
)
NOBODY_AFTER = FaultKind(
    "nobody-after-refusal",
    "The step promises a next service, but in {territory} {story}, nobody else can be asked for {competence}.",
    "Add a second service to the network, or delete the rung next_service: the coordinator then gets it at once.",
    Severity.WARNING,
)

NOBODY_ON_HOLIDAYS = FaultKind(
    "nobody-on-holidays",
    "In {territory} nobody can be asked for {competence} on a holiday: the coordinator would get every request.",
    "Add a service that is open on holidays to the network.",
    Severity.WARNING,
)

NOBODY_OPENS = FaultKind(
    "nobody-opens",
    "A case may be opened with it on the word of {competence}, and nobody of the network offers that.",
    "Add a service to the network, or take {competence} out of opened_by.",
    Severity.WARNING,
)
NOBODY_SIGNALS = FaultKind(
    "nobody-signals",
    "The signal {signal} may come from {competence}, and in {territory} no service offers that.",
    "Add a service to the network, or take {competence} out of from.",
    Severity.WARNING,
)

IF_DECLINES = N_("if {service} declines")
IF_DECLINES_THEN = N_("if {service} declines {times}")
DAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
BETWEEN = N_("from {day} {since} to {until_day} {until}")
MOST_TIMES = 3


@dataclass(frozen=True, slots=True)
class _Span:
    """A part of the week, in quarters of an hour from Monday 00:00 (Rome); `until` may go round."""

    since: int
    until: int

    def sentence(self) -> Sentence:
        first, last = MONDAY + self.since * QUARTER, MONDAY + (self.until % WEEK) * QUARTER
        days = {"day": DAYS[first.weekday()], "until_day": DAYS[last.weekday()]}
        return Sentence(BETWEEN, {**days, "since": f"{first:%H:%M}", "until": f"{last:%H:%M}"})


def check_network(document: Document, draft: PathwayDraft, pathway: Pathway, directory: Directory) -> None:
    """Take note of every step that at some hour nobody of the network could be asked for."""
    for step in pathway.steps.values():
        if isinstance(step, StartStep):
            continue  # it asks nobody itself
        for territory in sorted(territories_of(step, draft.facts, directory)):
            for competence in competences_of(step):
                data = {"territory": territory, "competence": competence}
                for kind, more in _faults(step, directory, data):
                    document.fault(kind, draft.steps[step.name].key, **data, **more)
    check_choices_in(document, draft, pathway, directory)
    _check_persons(document, draft, pathway, directory)
    _check_senders(document, draft, pathway, directory)


def _check_persons(document: Document, draft: PathwayDraft, pathway: Pathway, directory: Directory) -> None:
    for step in pathway.steps.values():
        if isinstance(step, AskStep) and (step.choose.same_person_as or step.choose.other_person_than):
            for territory in sorted(territories_of(step, draft.facts, directory)):
                asked = {"territory": territory, "competence": step.competence}
                choice = draft.steps[step.name].choice
                place = choice.node if choice else draft.steps[step.name].key
                for kind, more in person_faults(step, pathway, directory, asked):
                    document.fault(kind, place, **asked, **more)


def _check_senders(document: Document, draft: PathwayDraft, pathway: Pathway, directory: Directory) -> None:
    every = (service.competences for service in directory.services.values())
    known = frozenset({OPERATOR, COORDINATOR}).union(*every)
    for word, node in draft.opened_by.items():
        if word not in known:
            document.fault(NOBODY_OPENS, node, competence=word)
    for signal in pathway.signals.values():
        for territory in sorted(directory.territories()):
            services = [service for service in directory.services.values() if territory in service.territories]
            offered = frozenset({OPERATOR, COORDINATOR}).union(*(service.competences for service in services))
            for sender in signal.senders:
                if sender not in offered:
                    data = {"signal": signal.name, "competence": sender, "territory": territory}
                    document.fault(NOBODY_SIGNALS, draft.signals[signal.name].key, **data)


def _faults(
    step: PlacedStep, directory: Directory, asked: Mapping[str, str]
) -> Iterator[tuple[FaultKind, Mapping[str, Story]]]:
    competence, territory = asked["competence"], asked["territory"]
    able = [s for s in directory.services.values() if competence in s.competences and territory in s.territories]
    if not able:
        yield NOBODY, {}
        return
    terms = Terms(barred=frozenset(step.choose.barred))
    able = [service for service in able if fulfils(directory, service, terms)]
    if not able:
        return  # told with what is barred
    chains = _chains(directory, asked, able, terms)
    empty = _spans([not chain for chain in chains])
    if empty:
        yield NOBODY_THEN, {"times": _told(empty)}
    friday = range(CHRISTMAS.weekday() * DAY, (CHRISTMAS.weekday() + 1) * DAY)
    if any(service.opening_hours for service in able) and any(chains[quarter] for quarter in friday):
        holiday = _looks(directory, asked, CHRISTMAS, DAY, terms)
        if not any(holiday):
            yield NOBODY_ON_HOLIDAYS, {}
    if isinstance(step, AskStep) and any(rung.to is RungTarget.NEXT_SERVICE for rung in step.escalate):
        for bodies in _bodies(step, able):
            own = [tuple(name for name in chain if directory.services[name].body in bodies) for chain in chains]
            for story in _alone(own, [service for service in able if service.body in bodies]):
                yield NOBODY_AFTER, {"story": story}


def _bodies(step: PlacedStep, able: Sequence[Service]) -> Iterator[frozenset[str]]:
    """Among whose services the next one is looked for: of one body alone, where it has to be the same."""
    bodies = dict.fromkeys(service.body for service in able)
    yield from ([frozenset({body}) for body in bodies] if step.choose.whose else [frozenset(bodies)])


def _chains(
    directory: Directory, asked: Mapping[str, str], able: Sequence[Service], terms: Terms
) -> list[tuple[str, ...]]:
    """Who could be asked, in order, in each quarter of the week. Services without hours need one look only."""
    quarters = WEEK if any(service.is_shut_at_times for service in able) else 1
    return _looks(directory, asked, MONDAY, quarters, terms)


def _looks(
    directory: Directory, asked: Mapping[str, str], since: datetime, quarters: int, terms: Terms
) -> list[tuple[str, ...]]:
    moments = (since + quarter * QUARTER for quarter in range(quarters))
    found = (candidates(directory, **asked, now=now, terms=terms) for now in moments)
    return [tuple(service.id for service in able) for able in found]


def _alone(chains: Sequence[tuple[str, ...]], able: Sequence[Service]) -> Iterator[Story]:
    by_service: Mapping[str, list[bool]] = {
        service.id: [chain == (service.id,) for chain in chains] for service in able
    }
    for service, alone in by_service.items():
        if all(alone):
            yield Story([Sentence(IF_DECLINES, {"service": service})])
        elif spans := _spans(alone):
            yield Story([Sentence(IF_DECLINES_THEN, {"service": service, "times": _told(spans)})])


def _spans(quarters: Sequence[bool]) -> list[_Span]:
    """The parts of the week in which it is so; one that goes over Sunday night is told as one."""
    starts = [n for n, so in enumerate(quarters) if so and not quarters[n - 1]]
    if not starts:
        return [_Span(0, 0)] if quarters and quarters[0] else []
    spans = []
    for start in starts:
        length = next(n for n in range(1, len(quarters) + 1) if not quarters[(start + n) % len(quarters)])
        spans.append(_Span(start, start + length))
    return spans


def _told(spans: Sequence[_Span]) -> Story:
    """The longest first: a weekend says more than each of the nights."""
    longest = sorted(spans, key=lambda span: span.since - span.until)[:MOST_TIMES]
    return Story([span.sentence() for span in longest])

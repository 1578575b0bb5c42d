"""All that is held of her, gathered for her (GDPR, art. 15): here stands what belongs to it, and what does not.

What is somebody else's is left out: facts, consents and pathways about a child or about the author, the people and
bodies that are kept from the case, and the names of whoever worked on it or looked: of them the role is told.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from models.composition import House
from models.consent_texts import texts_by_hash
from models.erasures_ahead import kept_until
from models.outbox import DeliveryState
from models.reads import ReadKind, reads, seen_case
from models.safe_ways import HeldWay, reached
from models.viewed import AlertView, CaseView, HandoffRow
from procedures.case import ConsentState
from procedures.commands import KeptValue
from procedures.consent_notes import EVERY_SERVICE
from procedures.events import CaseOpened, ConsentForService, ConsentGiven, ConsentLapsed, ConsentRefused, ConsentRevoked
from procedures.language.consents import Subject, subject_of
from procedures.safe_ways import OPENING
from procedures.schema import Library

MOST_LOOKS = 100_000
OF_CONSENTS = (ConsentGiven, ConsentRefused, ConsentRevoked, ConsentLapsed)


@dataclass(frozen=True, slots=True)
class HeldConsent:
    """One consent as it stands."""

    consent: str
    state: ConsentState
    said_by: str | None
    """Who spoke for her; None: she herself."""
    taken_at: datetime | None
    how: str | None
    language: str | None
    until: datetime | None
    only: Sequence[str] | None
    without: Sequence[str]
    read_out: Mapping[str, str] | None
    """What she was read, whole, by language; None where nothing was, or nobody noted it."""


@dataclass(frozen=True, slots=True)
class ConsentSaid:
    """Something that was said of a consent, or came of it."""

    at: datetime
    consent: str
    what: str
    service: str | None


@dataclass(frozen=True, slots=True)
class HeldHandoff:
    """What one service was asked about her, and when it was told."""

    pathway: str
    content_hash: str
    step: str
    service: str | None
    """None: the coordination."""
    asked_at: datetime
    told_at: datetime | None
    """When a carrier took the first message to it; None where none left, or it was told by telephone."""
    accepted_at: datetime | None
    ended_at: datetime | None
    state: str
    result: str | None
    evidence: Mapping[str, KeptValue]


@dataclass(frozen=True, slots=True)
class HeldAddress:
    """A way in which she said that she is reached safely."""

    kind: str
    address: str
    when: str
    may_leave_word: bool
    may_say: str
    until: date | None
    asked_at: datetime
    wishes_to_be_written_to: bool


@dataclass(frozen=True, slots=True)
class WrittenToHer:
    """A text that the desk wrote to her."""

    at: datetime
    sentence: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Look:
    """That somebody looked at the case."""

    at: datetime
    role: str
    """`operator`, `program` or `shell` (whoever runs the machine): never a name."""
    what: ReadKind


@dataclass(frozen=True, slots=True)
class Gathered:
    """All of it."""

    gathered_at: datetime
    code: str
    opened_at: datetime
    ended_at: datetime | None
    status: str
    territory: str
    drill: bool
    name: str | None
    safe_contact: str | None
    note: str | None
    no_contact_since: datetime | None
    facts: Mapping[str, KeptValue]
    consents: Sequence[HeldConsent]
    said: Sequence[ConsentSaid]
    handoffs: Sequence[HeldHandoff]
    looks: Sequence[Look]
    kept_away: int
    """How many people and bodies are kept from the case: who they are is not written down here."""
    about_others: int
    """How many facts and pathways about somebody else were left out."""
    addresses: Sequence[HeldAddress] = ()
    """The one that was noted at the opening is `safe_contact`."""
    written: Sequence[WrittenToHer] = ()
    kept_until: datetime | None = None
    """Until when it is kept, once it is over; None: nothing says until when."""


def gather(house: House, code: str, by: str) -> Gathered:
    """All that is held of her in this case, once it is noted that `by` (the actor) gathers it.

    Raises:
        UnknownCase: there is none.
        NoVaultKey: this process may not read what identifies her.
        StoreBusy, StoreFailed: it could not be noted.
    """
    view = seen_case(house, code, by, ReadKind.GATHERED)
    library = house.procedures.library().seen_by(view.state.texts)
    hers = {run.run_id for run in view.runs if _is_hers(library, run.content_hash)}
    facts = {name: value for name, value in view.state.facts.items() if _fact_is_hers(library, name)}
    person = view.person
    contact = reached(house, view)
    with house.database.read() as connection:
        until = kept_until(house, connection, view.row.case_id)
    return Gathered(
        gathered_at=house.clock.now(),
        code=view.row.code,
        opened_at=view.row.opened_at,
        ended_at=view.row.ended_at,
        status=view.row.status,
        territory=view.row.territory,
        drill=view.row.drill,
        name=person.name if person else None,
        safe_contact=person.safe_contact if person else None,
        note=person.note if person else None,
        no_contact_since=view.state.no_contact_since,
        facts=facts,
        consents=tuple(_consents(house, view)),
        said=tuple(_said(view)),
        handoffs=tuple(_handoff(view, row) for row in view.handoffs if view.state.handoffs[row.ref].run_id in hers),
        looks=tuple(
            Look(one.at, one.actor.partition(":")[0], one.kind)
            for one in reads(house.database, view.row.code, limit=MOST_LOOKS)
            if one.kind is not ReadKind.TRIED  # who asked in vain saw nothing
        ),
        kept_away=len(view.state.exclusions),
        about_others=len(view.state.facts) - len(facts) + len(view.runs) - len(hers),
        addresses=tuple(_address(one, contact.opened_at) for one in contact.ways if one.way_id != OPENING),
        kept_until=until,
        written=tuple(WrittenToHer(one.at, one.sentence, one.outcome) for one in contact.texts),
    )


def _address(one: HeldWay, opened_at: datetime) -> HeldAddress:
    way, known = one.way, one.known
    said = (way.kind.value, way.address, way.when, way.may_leave_word, way.may_say, way.until)
    return HeldAddress(*said, known.asked_at or opened_at, known.wished_at is not None)


def _is_hers(library: Library, content_hash: str) -> bool:
    pathway = library.by_hash.get(content_hash)
    return pathway is not None and pathway.subject is Subject.SURVIVOR


def _fact_is_hers(library: Library, name: str) -> bool:
    """A fact of the case as a whole is hers as well; one that left the vocabulary is left out, since nobody can say."""
    fact = library.facts.get(name)
    return fact is not None and fact.of not in {Subject.CHILD, Subject.AUTHOR}


def _consents(house: House, view: CaseView) -> Iterator[HeldConsent]:
    state = view.state
    hashes = [taken.text for taken in state.consent_taken.values() if taken.text]
    texts = texts_by_hash(house.database, hashes)
    for name, word in sorted(state.consents.items()):
        if subject_of(name) is not Subject.SURVIVOR:
            continue
        taken, note = state.consent_taken.get(name), state.consent_notes.get(name)
        services = state.consent_services.get(name, EVERY_SERVICE)
        kept = texts.get(taken.text) if taken and taken.text else None
        yield HeldConsent(
            consent=name,
            state=word,
            said_by=note.by if note else None,
            taken_at=taken.at if taken else None,
            how=taken.how if taken else None,
            language=taken.language if taken else None,
            until=taken.until if taken else None,
            only=None if services.only is None else sorted(services.only),
            without=sorted(services.without),
            read_out=kept.texts if kept else None,
        )


def _said(view: CaseView) -> Iterator[ConsentSaid]:
    """What was said when the case was opened, and since."""
    for entry in view.timeline:
        event = entry.recorded.event
        if isinstance(event, CaseOpened):
            hers = (one for one in sorted(event.consents) if subject_of(one) is Subject.SURVIVOR)
            yield from (ConsentSaid(entry.at, one, "consent_given", None) for one in hers)
        elif isinstance(event, ConsentForService) and subject_of(event.consent) is Subject.SURVIVOR:
            yield ConsentSaid(entry.at, event.consent, f"{entry.kind}_{event.word}", event.service)
        elif isinstance(event, OF_CONSENTS) and subject_of(event.consent) is Subject.SURVIVOR:
            yield ConsentSaid(entry.at, event.consent, entry.kind, None)


def _handoff(view: CaseView, row: HandoffRow) -> HeldHandoff:
    kept = view.state.handoffs[row.ref]
    step = view.state.runs[kept.run_id].steps[row.step]
    done = row.result is not None and row.result == step.result
    return HeldHandoff(
        pathway=row.pathway,
        content_hash=row.content_hash,
        step=row.step,
        service=row.service,
        asked_at=row.requested_at,
        told_at=min(_reached(view.alerts, row), default=None),
        accepted_at=kept.accepted_at,
        ended_at=row.ended_at,
        state=row.state,
        result=row.result,
        evidence=dict(step.evidence) if done else {},
    )


def _reached(alerts: Sequence[AlertView], row: HandoffRow) -> Iterator[datetime]:
    """When carriers took messages about it to whom was asked."""
    for alert in alerts:
        if alert.about == row.ref and alert.to_id == (row.service or alert.to_id):
            yield from (
                one.settled_at for one in alert.deliveries if one.state is DeliveryState.ACCEPTED and one.settled_at
            )

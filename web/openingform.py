"""What the form of a new case offers, and the answer to *who would be called now*, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from notifiers.language import translator
from procedures.directory import Directory, Service
from procedures.schema import OPERATOR, Condition, Fact, Library, Limit, MomentKind, StartStep
from procedures.screens import DA5, DA5_SOURCE, DASH_ITEMS, DASH_SOURCE
from procedures.whonow import WhoRow
from web.doorkeeper import Visit
from web.naming import Names
from web.saying import CHANNELS, N_, WHO_BECAUSE, WHO_WHEN
from web.spans import day_and_hour

Option = tuple[str, str]
"""A value and what it is called."""

FIRST_PATHWAY = "intake"


@dataclass(frozen=True)
class AskedFact:
    """One fact of the vocabulary."""

    name: str
    title: str
    type: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Choices:
    """Everything that can be chosen."""

    pathways: tuple[Option, ...]
    first_pathway: str
    openers: tuple[Option, ...]
    """On whose word a case may be opened, where some procedure says on whose."""
    territories: tuple[Option, ...]
    desks: tuple[Option, ...]
    consents: tuple[Option, ...]
    asked_first: tuple[AskedFact, ...]
    """Facts on which a procedure depends."""
    asked_also: tuple[AskedFact, ...]
    """Facts that are only recorded."""
    bodies: tuple[Option, ...]


@dataclass(frozen=True)
class WhoLine:
    """One line of the answer."""

    pathway: str
    step: str
    when: str
    when_said: str
    who: str
    role: str
    channel: str


def choices(visit: Visit) -> Choices:
    """What this network offers now."""
    procedures = visit.desk.house.procedures
    library, directory, names = procedures.library(), procedures.directory(), visit.names
    deciding = _deciding_facts(library)
    facts = asked_facts(library, names, no_case=False)
    return Choices(
        pathways=pathway_options(library, names, no_case=False),
        first_pathway=FIRST_PATHWAY if FIRST_PATHWAY in library.current else "",
        openers=tuple((word, names.agreeing(word)) for word in _openers(library)),
        territories=territory_options(directory, names),
        desks=tuple((desk.id, desk.name.said(names.language)) for desk in directory.desks.values()),
        consents=tuple((name, names.consent(name)) for name in _consents(library)),
        asked_first=tuple(fact for fact in facts if fact.name in deciding),
        asked_also=tuple(fact for fact in facts if fact.name not in deciding),
        bodies=_bodies(directory),
    )


def pathway_options(library: Library, names: Names, *, no_case: bool) -> tuple[Option, ...]:
    """The pathways that a case begins with; or, with `no_case`, those of the network's own work."""
    found = ((name, one) for name, one in sorted(library.current.items()) if one.no_case == no_case)
    return tuple((name, pathway.title.said(names.language)) for name, pathway in found)


def territory_options(directory: Directory, names: Names) -> tuple[Option, ...]:
    """Where the network works."""
    return tuple((name, names.territory(name)) for name in sorted(directory.territories()))


def asked_facts(library: Library, names: Names, *, no_case: bool) -> list[AskedFact]:
    """The facts of a case; or, with `no_case`, those of the network's own work."""
    return [_asked(fact, names) for fact in library.facts_asked(no_case=no_case).values()]


def screens_asked(visit: Visit) -> dict[str, object]:
    """What the screens of danger ask, with their sources."""
    words = translator(visit.language, "procedures")
    items = [(item, words.gettext(text)) for item, text in DA5.items()]
    return {"items": items, "da5_source": DA5_SOURCE, "dash_source": DASH_SOURCE, "dash_items": DASH_ITEMS}


def who_lines(rows: Iterable[WhoRow], names: Names, now: datetime) -> tuple[WhoLine, ...]:
    """The answer in words, in the order in which the steps stand."""
    return tuple(_who(row, names, now) for row in rows)


def _left_out(person: str, service: Service, names: Names, now: datetime) -> str:
    """Who would be called before this person, and is away."""
    directory = names.directory
    everybody = dict.fromkeys((directory.person_on_duty(service, now).id, service.referent, service.deputy))
    before = takewhile(lambda one: one != person, (one for one in everybody if one))
    away = {one: until for one in before if (until := directory.away_until(one, now)) is not None}
    said = names.words.gettext(N_("the %(role)s is away until %(until)s"))
    return "; ".join(
        said % {"role": names.role_in(one, service), "until": day_and_hour(until, names.language, now)}
        for one, until in away.items()
    )


def _who(row: WhoRow, names: Names, now: datetime) -> WhoLine:
    current = names.library.named(row.pathway)
    service = names.directory.services.get(row.service or "")
    coordinator = names.directory.coordinators.get(row.coordinator or "")
    who = service or coordinator
    role = names.role_in(row.person, service) if row.person and service else ""
    if row.person and service and (away := _left_out(row.person, service, names, now)):
        role = f"{role} ({away})"
    if row.because is not None and row.because in WHO_BECAUSE:
        role = names.words.gettext(WHO_BECAUSE[row.because])
    channel = row.channel if service and row.channel in CHANNELS else None
    return WhoLine(
        pathway=current.title.said(names.language),
        step=names.step(current.content_hash, row.step, row.competence),
        when=row.when,
        when_said=names.words.gettext(WHO_WHEN[row.when]),
        who=who.name.said(names.language) if who else "",
        role=role,
        channel=names.words.gettext(CHANNELS[channel]) if channel else "",
    )


def _asked(fact: Fact, names: Names) -> AskedFact:
    options = tuple((name, text.said(names.language)) for name, text in fact.choices.items())
    return AskedFact(fact.name, fact.title.said(names.language), fact.type, options)


def _openers(library: Library) -> list[str]:
    """The operator first; the others are offered only where some procedure names them."""
    named = {word for pathway in library.current.values() for word in pathway.opened_by}
    return [OPERATOR, *sorted(named - {OPERATOR})]


def _consents(library: Library) -> list[str]:
    """Those of the first pathway first: nobody is called before she was asked for it."""
    first = library.current.get(FIRST_PATHWAY)
    return sorted(library.consents(), key=lambda name: (first is None or name != first.consent, name))


def _bodies(directory: Directory) -> tuple[Option, ...]:
    return tuple(sorted(((body.id, body.name) for body in directory.bodies.values()), key=lambda option: option[1]))


def _deciding_facts(library: Library) -> frozenset[str]:
    """Facts in a condition or at the start of a limit of some pathway in force."""
    steps = [step for pathway in library.current.values() for step in pathway.steps.values()]
    found = {name for step in steps for name in _facts_of(step.when)}
    limits: list[Limit] = [limit for pathway in library.current.values() for limit in pathway.within]
    for step in steps:
        limits += [*getattr(step, "complete_within", ()), *getattr(step, "within", ())]
    moments = [moment for limit in limits for moment in limit.moments]
    moments += [step.not_before.of for step in steps if step.not_before]
    found |= {name for limit in limits for name in _facts_of(limit.when)}
    found |= {step.choose.territory for step in steps if not isinstance(step, StartStep) and step.choose.territory}
    found |= {moment.name for moment in moments if moment.kind is MomentKind.FACT and moment.name}
    return frozenset(found)


def _facts_of(condition: Condition | None) -> Iterable[str]:
    if condition is None:
        return
    if condition.fact:
        yield condition.fact
    for part in condition.parts:
        yield from _facts_of(part)

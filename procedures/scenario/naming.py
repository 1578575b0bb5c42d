"""Names and titles of scenarios that a program writes, in both languages of the network."""

import re

from procedures.language.base import Text
from procedures.scenario.coverage import APPLIES, FIRST_SIGN, LATE, LEFT_OUT, LET_IN, REFUSED, REVOKED, Point
from procedures.schema import AskStep, AwaitStep, Library, Pathway, StartStep

_LONGEST = 60
_TITLES: dict[tuple[str, str], Text] = {
    ("step", ""): Text(it="{of}: comincia", en="{of}: it begins"),
    ("branch", APPLIES): Text(it="{of}: si fa", en="{of}: it is done"),
    ("branch", LEFT_OUT): Text(it="{of}: qui non si fa", en="{of}: here it is left out"),
    ("branch", LET_IN): Text(it="{of}: un fatto cambia, e si fa", en="{of}: a fact changes, and it is done"),
    ("result", ""): Text(it="{of}: {which}", en="{of}: {which}"),
    ("refusal", ""): Text(it="{of}: il primo servizio rifiuta", en="{of}: the first service declines"),
    ("silence", ""): Text(it="{of}: nessuno risponde", en="{of}: nobody answers"),
    ("silence", FIRST_SIGN): Text(
        it="{of}: accettato, ma il lavoro non comincia", en="{of}: taken, but no work begins"
    ),
    ("silence", LATE): Text(it="{of}: accettato, ma l'esito non arriva", en="{of}: taken, but no result comes"),
    ("longer", ""): Text(it="{of}: più tempo", en="{of}: longer time"),
    ("hold", ""): Text(it="{of}: non prima del suo momento", en="{of}: not before its time"),
    ("repeat", ""): Text(it="{of}: di nuovo", en="{of}: again"),
    ("signal", ""): Text(it="Arriva il segnale {of}", en="The signal {of} comes"),
    ("ending", ""): Text(it="{of}: finisce con un segnale, {which}", en="{of}: a signal ends it, {which}"),
    ("called_off", ""): Text(it="{of}: un segnale lo ferma", en="{of}: a signal calls it off"),
    ("consent", REFUSED): Text(it="Non dà il consenso {of}", en="She does not give the consent {of}"),
    ("consent", REVOKED): Text(it="Ritira il consenso {of}", en="She takes back the consent {of}"),
    ("outcome", ""): Text(it="{of} finisce: {which}", en="{of} ends: {which}"),
}


def name_of(point: Point) -> str:
    """A name that no other point has."""
    words = "_".join(part for part in (point.kind, point.of, point.which) if part)
    return re.sub(r"[^a-z0-9_]", "_", words)[:_LONGEST]


def title_of(point: Point, pathway: Pathway, library: Library) -> Text:
    """What the scenario shows, in words."""
    template = _TITLES.get((point.kind, point.which)) or _TITLES[(point.kind, "")]
    step = pathway.steps.get(point.of)
    title = step.title if step else pathway.title if point.of == pathway.name else Text(it=point.of, en=point.of)
    which = _result(point, step, library) or Text(it=point.which or "-", en=point.which or "-")
    return Text(it=template.it.format(of=title.it, which=which.it), en=template.en.format(of=title.en, which=which.en))


def _result(point: Point, step: object, library: Library) -> Text | None:
    if isinstance(step, AskStep | AwaitStep) and point.which in step.results:
        return step.results[point.which].title
    if isinstance(step, StartStep):
        started = library.named(step.pathway).title
        return Text(it=f"{started.it}, {point.which}", en=f"{started.en}, {point.which}")
    return None

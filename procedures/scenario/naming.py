"""Names and titles of scenarios that a program writes, in both languages of the network."""

import re

from procedures.language.base import Text
from procedures.scenario.points import (
    ALL_ASKED,
    APPLIES,
    BACK_TO_DESK,
    BODY_UNKNOWN,
    CHOSEN,
    EACH,
    FIRST_SIGN,
    LATE,
    LEFT_OUT,
    LET_IN,
    NOBODY,
    NOT_DELEGABLE,
    PAUSED,
    PERSON_UNKNOWN,
    PICKED,
    REFUSED,
    REPLACED,
    RESUMED,
    REVOKED,
    TAKEN,
    TERRITORY_UNKNOWN,
    Point,
)
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
    ("choice", CHOSEN): Text(it="{of}: è chi dice la procedura", en="{of}: whom the procedure says"),
    ("choice", NOBODY): Text(it="{of}: tutti rifiutano", en="{of}: everybody declines"),
    ("choice", TERRITORY_UNKNOWN): Text(it="{of}: non si sa in quale territorio", en="{of}: nobody knows where"),
    ("choice", BODY_UNKNOWN): Text(it="{of}: nessun ente lo ha fatto prima", en="{of}: no body did it before"),
    ("choice", PERSON_UNKNOWN): Text(
        it="{of}: non si sa quale persona lo ha fatto prima", en="{of}: nobody knows which person did it before"
    ),
    ("choice", ALL_ASKED): Text(
        it="{of}: uno rifiuta, e nessuno lo sostituisce", en="{of}: one declines, for nobody else"
    ),
    ("choice", PICKED): Text(it="{of}: l'operatrice sceglie a chi", en="{of}: the operator picks who is asked"),
    ("choice", BACK_TO_DESK): Text(
        it="{of}: chi è scelto rifiuta, e si sceglie di nuovo",
        en="{of}: the one picked declines, and another is picked",
    ),
    ("choice", TAKEN): Text(it="{of}: il primo che accetta lo ha", en="{of}: the first that accepts has it"),
    ("choice", EACH): Text(it="{of}: ciascuno porta il suo esito", en="{of}: each brings its result"),
    ("choice", REPLACED): Text(
        it="{of}: uno rifiuta, e un altro lo sostituisce", en="{of}: one declines, and another comes in its place"
    ),
    ("choice", NOT_DELEGABLE): Text(it="{of}: rifiutato, e non si passa", en="{of}: declined, and not passed on"),
    ("hold", ""): Text(it="{of}: non prima del suo momento", en="{of}: not before its time"),
    ("repeat", ""): Text(it="{of}: di nuovo", en="{of}: again"),
    ("signal", ""): Text(it="Arriva il segnale: {of}", en="The signal comes: {of}"),
    ("ending", ""): Text(it="{of}: finisce con un segnale, {which}", en="{of}: a signal ends it, {which}"),
    ("called_off", ""): Text(it="{of}: un segnale lo ferma", en="{of}: a signal calls it off"),
    ("pause", PAUSED): Text(it="{of}: un segnale lo sospende", en="{of}: a signal lets it stand still"),
    ("pause", RESUMED): Text(it="{of}: sospeso, poi riprende", en="{of}: it stands still, and goes on"),
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
    title = _title(point, pathway)
    which = _result(point, step, library) or Text(it=point.which or "-", en=point.which or "-")
    return Text(it=template.it.format(of=title.it, which=which.it), en=template.en.format(of=title.en, which=which.en))


def _title(point: Point, pathway: Pathway) -> Text:
    if point.kind == "signal":
        return pathway.signals[point.of].title
    if point.kind != "consent" and point.of in pathway.steps:  # a consent may be called like a step
        return pathway.steps[point.of].title
    return pathway.title if point.of == pathway.name else Text(it=point.of, en=point.of)


def _result(point: Point, step: object, library: Library) -> Text | None:
    if isinstance(step, AskStep | AwaitStep) and point.which in step.results:
        return step.results[point.which].title
    if isinstance(step, StartStep):
        started = library.named(step.pathway).title
        return Text(it=f"{started.it}, {point.which}", en=f"{started.en}, {point.which}")
    return None

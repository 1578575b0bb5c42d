"""A whole pathway as JSON Schema."""

from collections.abc import Mapping

from procedures.describing import meanings
from procedures.describing.pieces import NAME, Piece, definitions, listed, mapping, named, one_or_more, ref, said
from procedures.grammar import schedules, words
from procedures.grammar.choosing import ANEW
from procedures.grammar.pathways import MAX_STEPS
from procedures.language.consents import Subject
from procedures.language.facts import OF_CASE, About, IncidentType, LawItem
from procedures.language.steps import Level
from procedures.reading import Form
from procedures.schema import Clock, Fact, FactType, LookedAt
from procedures.vocabulary import CLASSES, FACT, RANGE

DRAFT = "http://json-schema.org/draft-07/schema#"
_OF_STEP: Mapping[str, Piece] = {
    "title": ref("text"),
    "needs": ref("need"),
    "when": ref("condition"),
    "looked_at": {"enum": [*LookedAt]},
    "repeat": ref("repetition"),
    "not_before": ref("point"),
    "at": ref("point"),
    "consent": ref("consent"),
    "basis": ref("text"),
    "told_in": NAME,
    "ask": NAME,
    "tell": one_or_more(NAME),
    "level": {"enum": [*Level]},
    "await": ref("text"),
    "start": NAME,
    "choose": ref("choice"),
    "not_delegable": {"type": "boolean"},
    "two_persons": {"type": "boolean"},
    "anew": {"anyOf": [{"enum": [words.NEVER]}, ref("anew")]},
    "accept_within": ref("limit"),
    "first_sign_within": ref("limit"),
    "complete_within": one_or_more(ref("limit")),
    "watched_by": NAME,
    "within": one_or_more(ref("limit")),
    "results": {**named(ref("result"), words.RESERVED_RESULTS), "minProperties": 1},
    "escalate": listed(ref("rung")),
    "on_expiry": NAME,
    "extend": ref("extension"),
    "ends_when": named(ref("need")),
    "pauses_on": ref("need"),
    "resumes_on": ref("need"),
    "source": ref("source"),
    "clock": {"enum": [*Clock]},
}
_OF_PATHWAY: Mapping[str, Piece] = {
    "pathway": NAME,
    "edition": {"type": "integer", "minimum": 1},
    "title": ref("text"),
    "case": {"enum": [words.NO_CASE]},
    "subject": {"enum": [*Subject]},
    "consent": ref("consent"),
    "basis": ref("text"),
    "told_in": NAME,
    "opened_by": listed(NAME),
    "schedule": ref("schedule"),
    "tests_channels": {"type": "boolean"},
    "facts": named(ref("fact")),
    "within": one_or_more(ref("limit")),
    "on_expiry": NAME,
    "source": ref("source"),
    "clock": {"enum": [*Clock]},
    "signals": {**named(ref("signal")), "minProperties": 1},
    "stays_open": {"type": "boolean"},
    "steps": {
        **named(ref("step"), words.RESERVED_STEPS),
        "minProperties": 1,
        "maxProperties": MAX_STEPS,
    },
    "outcomes": named(ref("need"), words.RESERVED_OUTCOMES),
}
_OF_FACT: Mapping[str, Piece] = {
    "type": {"enum": [*FactType]},
    "title": ref("text"),
    "choices": {**named(ref("text")), "minProperties": 1},
    "ordered": {"type": "boolean"},
    "range": {
        "title": "`{at_least: …, at_most: …}`",
        "type": "object",
        "properties": {word: {"type": "integer"} for word in RANGE.known},
        "additionalProperties": False,
        "minProperties": 1,
    },
    "about": {"enum": [*About]},
    "changed_by": {"type": "array", "items": NAME},
    "raises_only": {"type": "boolean"},
    "class": {"enum": [*CLASSES]},
    "of": {"enum": [*Subject, OF_CASE]},
    "birth": {"type": "boolean"},
    "law": {"enum": [*LawItem]},
    "gbvims": named({"enum": [*IncidentType]}),
}
_EITHER: Piece = {
    "if": {"required": ["consent", "basis"]},
    "then": {"properties": {"consent": {"enum": [words.NO_CONSENT, {"of": words.NO_CONSENT}]}}},
}
"""Either a consent or a basis in law."""
_ABOUT_HER: Piece = {
    "if": {"required": ["case"]},
    "then": {"not": {"anyOf": [{"required": ["consent"]}, {"required": ["basis"]}]}},
    "else": {"required": ["consent"], "not": {"anyOf": [{"required": [word]} for word in schedules.OF_ITSELF]}},
}
"""The network's own work concerns no survivor, who alone could consent."""
_SEVERAL_STEPS: Piece = {
    "if": {"properties": {"steps": {"type": "object", "minProperties": 2}}, "required": ["steps"]},
    "then": {"required": ["outcomes"]},
}


def form_of(kind: str) -> Form:
    """The words of one kind of step."""
    return Form((kind, *words.COMMON, *words.OF_KIND[kind]), {kind: kind, **words.REQUIRED[kind]})


def json_schema(facts: Mapping[str, Fact]) -> Piece:
    """The JSON Schema of a pathway that may ask about these facts."""
    kinds = {kind: {**mapping(form_of(kind), meanings.STEP, _OF_STEP), **_EITHER} for kind in words.KINDS}
    return {
        "$schema": DRAFT,
        "title": "A pathway of Staffetta",
        "description": "Made by `make docs` from the words of the grammar.",
        **mapping(words.OWN_WORK, meanings.PATHWAY, _OF_PATHWAY),
        "allOf": [_EITHER, _ABOUT_HER, _SEVERAL_STEPS],
        "definitions": {
            **definitions(facts),
            **kinds,
            "anew": mapping(ANEW, meanings.ANEW, {"by": listed(NAME)}),
            "fact": mapping(FACT, meanings.FACT, _OF_FACT),
            "step": said({"oneOf": [ref(kind) for kind in words.KINDS]}, "One of four: ask, tell, await, start."),
        },
    }

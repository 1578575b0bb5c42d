"""The parts of a pathway as JSON Schema (draft 7, the one that editors know): what may stand in each place."""

from collections.abc import Iterable, Mapping
from typing import Any

from procedures.conditions import UNKNOWN
from procedures.describing import meanings, patterns
from procedures.describing.patterns import whole
from procedures.grammar import choosing, consents, limits, needs, repetitions, schedules, sets, signals, silences, steps
from procedures.grammar.with_today import MEASURED, OLDEST, measures_of
from procedures.language.choosing import FEWEST, MOST, HowMany
from procedures.language.consents import ConsentGiver, Governs
from procedures.language.schedules import LAST_DAY
from procedures.reading import Form
from procedures.schema import Clock, Comparison, Fact, FactType, Measure, RungTarget
from procedures.texts import TEXT
from procedures.values import NOT_ANSWERED

Piece = dict[str, Any]
SCALAR = ["string", "number", "boolean"]
"""A text may look like a number: it is taken as it was written."""
NAME: Piece = {"title": "a name", "type": "string", "pattern": f"^{patterns.NAME}$"}
DAY: Piece = {"title": "a day, `2026-11-24`", "type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
UNTOLD = (UNKNOWN, NOT_ANSWERED)


def ref(name: str) -> Piece:
    """What is described under that name."""
    return {"$ref": f"#/definitions/{name}"}


def said(piece: Piece, meaning: str) -> Piece:
    """The piece with its meaning; what draft 7 would not read beside a reference stands around it."""
    return {"description": meaning, "allOf": [piece]} if "$ref" in piece else {"description": meaning, **piece}


def mapping(form: Form, meaning: Mapping[str, str], pieces: Mapping[str, Piece]) -> Piece:
    """A mapping of the words of a form, and no others."""
    properties = {word: said(pieces[word], meaning[word]) for word in form.known}
    found: Piece = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**found, "required": list(form.required)} if form.required else found


def listed(piece: Piece) -> Piece:
    """A list with at least one item."""
    return {"type": "array", "items": piece, "minItems": 1}


def one_or_more(piece: Piece) -> Piece:
    """One of it, or a list."""
    return {"anyOf": [piece, listed(piece)]}


def named(piece: Piece, reserved: Iterable[str] = ()) -> Piece:
    """A mapping whose keys are names that the writer chose."""
    names: Piece = {**NAME, "not": {"enum": sorted(reserved)}} if reserved else NAME
    return {"type": "object", "propertyNames": names, "additionalProperties": piece}


def definitions(facts: Mapping[str, Fact]) -> dict[str, Piece]:
    """Every part that stands in more than one place, by its name."""
    text = {"title": "a text", "type": SCALAR, "pattern": r"\S"}
    limit = mapping(limits.LIMIT, meanings.LIMIT, _OF_LIMIT)
    limit["oneOf"] = [{"required": [word]} for word in limits.FORMS]
    of_source: dict[str, Piece] = {"text": text, "verified_on": DAY, "verified": {"type": "boolean"}}
    source = mapping(limits.SOURCE, meanings.SOURCE, of_source)
    source["oneOf"] = [
        {"required": ["verified_on"], "properties": {"verified": {"const": True}}},
        {"required": ["verified"], "properties": {"verified": {"const": False}}, "not": {"required": ["verified_on"]}},
    ]
    repetition = mapping(repetitions.REPETITION, meanings.REPETITION, _of_repetition(facts))
    repetition["oneOf"] = [
        {"required": ["every"], "not": {"anyOf": [{"required": ["at"]}, {"required": ["moves_to"]}]}},
        {"required": ["on_days", "at"], "not": {"anyOf": [{"required": ["every"]}, {"required": ["first"]}]}},
    ]
    several = listed(ref("need"))
    of_need = {"all_of": several, "any_of": several, "n_of": _counted("needs", several), "not": ref("need")}
    joined = mapping(needs.JOINED, meanings.NEED, of_need)
    return {
        "text": mapping(TEXT, meanings.TEXT, dict.fromkeys(TEXT.known, text)),
        "length": {"type": "string", "pattern": whole(patterns.LENGTH)},
        "point": {"type": "string", "pattern": whole(patterns.POINT)},
        "limit": {"anyOf": [ref("point"), limit]},
        "source": source,
        "extension": mapping(silences.EXTENSION, meanings.EXTENSION, _OF_EXTENSION),
        "choice": {**mapping(choosing.CHOOSE, meanings.CHOICE, _OF_CHOICE), "minProperties": 1},
        "repetition": repetition,
        "schedule": {"anyOf": [_LEADING_UP, mapping(schedules.MONTHLY, meanings.MONTHLY, _OF_MONTHLY)]},
        "signal": mapping(signals.SIGNAL, meanings.SIGNAL, _OF_SIGNAL),
        "rung": mapping(steps.RUNG, meanings.RUNG, {"after": ref("length"), "to": {"enum": [*RungTarget]}}),
        "result": {
            "anyOf": [{"type": "null"}, {"const": ""}, mapping(steps.RESULT, meanings.RESULT, _OF_RESULT)],
        },
        "need": {
            "anyOf": [
                {"title": "`STEP`, `STEP.RESULT` or `signal.NAME`", "type": "string", "pattern": f"^{patterns.NEED}$"},
                listed(ref("need")),
                {**joined, "minProperties": 1},
            ],
        },
        "condition": _condition(facts),
        "consent": {"anyOf": [NAME, mapping(consents.CONSENT, meanings.CONSENT, _OF_CONSENT)]},
    }


_OF_CONSENT: Mapping[str, Piece] = {"of": NAME, "from": {"enum": [*ConsentGiver]}, "governs": {"enum": [*Governs]}}
_OF_CHOICE: Mapping[str, Piece] = {
    "territory": {"title": "`fact.NAME`", "type": "string", "pattern": rf"^fact\.{patterns.NAME}$"},
    "same_as": NAME,
    "different_from": one_or_more(NAME),
    "same_person_as": NAME,
    "other_person_than": one_or_more(NAME),
    "barred": one_or_more(NAME),
    "how_many": {"anyOf": [{"enum": [*HowMany]}, {"type": "integer", "minimum": FEWEST, "maximum": MOST}]},
    "picked": {"type": "boolean"},
}
_LEADING_UP: Piece = {"title": "`LENGTH before fact.NAME`", "type": "string", "pattern": whole(patterns.LEADING_UP)}
_HOUR: Piece = {"title": "an hour, `09:00`", "type": "string", "pattern": f"^{patterns.FULL_HOUR}$"}
_FIXED_DAY: Piece = {
    "title": "`monday`, `first monday of the month`, `day 1 of the month`, `last day of the month` or `25 november`",
    "type": "string",
    "pattern": f"^{patterns.FIXED_DAY}$",
}
_OF_MONTHLY: Mapping[str, Piece] = {
    "every": {"enum": [*schedules.EVERY]},
    "day": {"type": "integer", "minimum": 1, "maximum": LAST_DAY},
    "at": _HOUR,
}
_OF_LIMIT: Mapping[str, Piece] = {
    "within": ref("point"),
    "of": {"title": "a moment", "type": "string", "pattern": whole(patterns.MOMENT)},
    "earliest": listed(ref("point")),
    "latest": listed(ref("point")),
    "when": ref("condition"),
    "clock": {"enum": [*Clock]},
    "moves_to": {
        "title": "`working day` or `working day in IT`",
        "type": "string",
        "pattern": r"^\s*working\s+day(\s+in\s+[A-Za-z]+)?\s*$",
    },
    "source": ref("source"),
}
_OF_EXTENSION: Mapping[str, Piece] = {
    "by": ref("length"),
    "at_most": {"type": "integer", "minimum": 1},
    "agreed_by": listed(NAME),
    "source": ref("source"),
}
_EVIDENCE: Piece = named(
    {
        "anyOf": [
            {"enum": [*sets.WRITTEN]},
            {"title": "`fact.NAME`", "type": "string", "pattern": rf"^fact\.{patterns.NAME}$"},
        ]
    }
)
_SETS: Piece = named({"title": "a value, or `evidence.FIELD`", "type": ["string", "integer", "boolean"]})
_OF_SIGNAL: Mapping[str, Piece] = {
    "title": ref("text"),
    "from": listed(NAME),
    "evidence": _EVIDENCE,
    "sets": _SETS,
    "cancels": listed(NAME),
}
_OF_RESULT: Mapping[str, Piece] = {
    "title": ref("text"),
    "evidence": _EVIDENCE,
    "sets": _SETS,
    "ends_here": {"type": "boolean"},
    "untold": {"type": "boolean"},
}


def _of_repetition(facts: Mapping[str, Fact]) -> dict[str, Piece]:
    asked = {name: repetitions.values_of(fact) for name, fact in facts.items()}
    words = sorted({word for values in asked.values() for word in values})
    by_fact: Piece = {
        "title": "a length for each value of a fact",
        "type": "object",
        "properties": {"fact": {"enum": [name for name, values in asked.items() if values]}, "otherwise": ref("length")}
        | dict.fromkeys(words, ref("length")),
        "additionalProperties": False,
        "required": ["fact", "otherwise"],
    }
    return {
        "every": {"anyOf": [ref("length"), listed(ref("length")), by_fact]},
        "first": ref("length"),
        "on_days": one_or_more(_FIXED_DAY),
        "at": _HOUR,
        "moves_to": {
            "title": "`next working day` or `previous working day in IT`",
            "type": "string",
            "pattern": r"^\s*(next|previous)\s+working\s+day(\s+in\s+[A-Za-z]+)?\s*$",
        },
        "while": ref("condition"),
        "until": ref("need"),
        "at_most": {"type": "integer", "minimum": 2},
    }


def _counted(what: str, several: Piece) -> Piece:
    return {
        "title": f"a number, and a list of {what}",
        "type": "object",
        "propertyNames": {"pattern": "^[0-9]+$"},
        "additionalProperties": several,
        "minProperties": 1,
        "maxProperties": 1,
    }


def _condition(facts: Mapping[str, Fact]) -> Piece:
    counted = _counted("conditions", listed(ref("condition")))
    joined = {"all": listed(ref("condition")), "any": listed(ref("condition")), "not": ref("condition")}
    words = {word: said({**joined, "at_least": counted}[word], meanings.CONDITION[word]) for word in needs.JOINING}
    asked = {name: said(_of_fact(fact), fact.title.en) for name, fact in facts.items()}
    return {"type": "object", "properties": words | asked, "additionalProperties": False, "minProperties": 1}


_AGE: Piece = {"type": "integer", "minimum": 0, "maximum": OLDEST}
_TIME: Piece = {
    "title": "a length of time, `72 h` or `10 working days in IT`",
    "type": "string",
    "pattern": whole(f"(?:{patterns.COUNTED}|{patterns.OF_COUNTRY})"),
}
_DAYS: Piece = {
    "title": "a length of whole days, `30 days` or `10 working days in IT`",
    "type": "string",
    "pattern": whole(f"(?:{patterns.WHOLE_DAYS}|{patterns.OF_COUNTRY})"),
}


def _measured(fact: Fact, measure: Measure) -> Piece:
    bound = _AGE if measure is Measure.AGE else _DAYS if fact.type is FactType.DATE else _TIME
    return {**mapping(MEASURED, meanings.COMPARED, dict.fromkeys(MEASURED.known, bound)), "minProperties": 1}


def _of_fact(fact: Fact) -> Piece:
    """What a fact can be said to be, and how it is compared."""
    values: dict[FactType, Piece] = {
        FactType.CHOICE: {"enum": [*fact.choices, *UNTOLD]},
        FactType.BOOLEAN: {"enum": [True, False, *UNTOLD]},
        FactType.INTEGER: {"anyOf": [{"type": "integer"}, {"enum": [*UNTOLD]}]},
    }
    value = values.get(fact.type, {"enum": [*UNTOLD]})
    comparisons = needs.comparisons_of(fact)
    if not comparisons:
        return one_or_more(value)
    bounds: dict[FactType, Piece] = {
        FactType.CHOICE: {"enum": [*fact.choices]},
        FactType.INTEGER: {"type": "integer", "minimum": 0},
    }
    compared: Piece = {
        "type": "object",
        "properties": {Comparison(word).value: bounds.get(fact.type, DAY) for word in comparisons}
        | {measure.value: said(_measured(fact, measure), meanings.MEASURE[measure]) for measure in measures_of(fact)},
        "additionalProperties": False,
        "minProperties": 1,
    }
    return {"anyOf": [value, listed(value), compared]}

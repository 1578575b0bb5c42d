"""What comes in, read strictly: JSON that means one thing, fields that are known, and faults that repeat nothing."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from starlette.datastructures import Headers, QueryParams

from web.api.failures import BodyNotUnderstood, BodyTooDeep, DoesNotFit, Fault, OnlyJsonComesIn
from web.saying import N_

DEEPEST = 32
JSON = "application/json"
Model = TypeVar("Model", bound=BaseModel)

MISSING = N_("This is needed.")
NOT_KNOWN = N_("There is something here that this operation does not know.")
NOT_ON_THE_LIST = N_("This is not one of the values that the description lists.")
WRONG_LENGTH = N_("This is too short or too long.")
WRONG_FORM = N_("This does not have the form that the description gives.")
WRONG_KIND = N_("This is of another type than the description says.")
TWICE = N_("This stands here more than once.")
SENTENCES: Mapping[str, str] = {
    "missing": MISSING,
    "extra_forbidden": NOT_KNOWN,
    "enum": NOT_ON_THE_LIST,
    "literal_error": NOT_ON_THE_LIST,
    "string_too_short": WRONG_LENGTH,
    "string_too_long": WRONG_LENGTH,
    "too_short": WRONG_LENGTH,
    "too_long": WRONG_LENGTH,
    "greater_than_equal": WRONG_FORM,
    "less_than_equal": WRONG_FORM,
    "string_pattern_mismatch": WRONG_FORM,
    "value_error": WRONG_FORM,
}
"""By pydantic's name of the fault; anything else is of the wrong kind."""


def read_body(raw: bytes, headers: Headers, model: type[Model], facts: Callable[[], Collection[str]]) -> Model:
    """The body as `model` says. An empty one stands for `{}`. `facts` are looked up where there is a fault to be told.

    Raises:
        OnlyJsonComesIn, BodyNotUnderstood, BodyTooDeep, DoesNotFit.
    """
    if raw and headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
        raise OnlyJsonComesIn
    text = raw or b"{}"
    _check(text)
    try:
        return model.model_validate_json(text, strict=True)
    except ValidationError as error:
        raise DoesNotFit(faults_of(error, "", {*known_names(model), *facts()})) from None


def read_query(query: QueryParams, model: type[Model]) -> Model:
    """What stands behind the question mark, each name once.

    Raises:
        DoesNotFit.
    """
    given = dict(query.multi_items())
    if len(given) != len(query.multi_items()):
        raise DoesNotFit([Fault("query#", TWICE, {})])
    try:
        return model.model_validate_strings(given)
    except ValidationError as error:
        raise DoesNotFit(faults_of(error, "query", known_names(model))) from None


def faults_of(error: ValidationError, place: str, known: Collection[str]) -> Sequence[Fault]:
    """Where and why, without what was sent: a name that the caller made up is cut off the pointer."""
    found: dict[str, Fault] = {}
    for one in error.errors(include_url=False, include_context=False, include_input=False):
        parts = one["loc"][:-1] if one["type"] == "extra_forbidden" else one["loc"]
        pointer = f"{place}#{_pointer(parts, known)}"
        found.setdefault(pointer, Fault(pointer, SENTENCES.get(one["type"], WRONG_KIND), {}))
    return tuple(found.values())


def _pointer(parts: Iterable[str | int], known: Collection[str]) -> str:
    """Down to the first part that is no field of ours: below it stands what the caller wrote."""
    kept = []
    for part in parts:
        if not (isinstance(part, int) or part in known):
            break
        kept.append(f"/{part}")
    return "".join(kept)


@lru_cache
def known_names(model: type[BaseModel]) -> frozenset[str]:
    """The names that may be told to belong here: fields of the model and of those in it."""
    found = set(model.model_fields)
    for field in model.model_fields.values():
        for inner in (field.annotation, *get_args(field.annotation)):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                found |= inner.model_fields.keys()
    return frozenset(found)


def _check(text: bytes) -> None:
    """Refuse what different readers would read differently, and what no database can keep."""
    if text.count(b"[") + text.count(b"{") > DEEPEST:
        _check_depth(text)
    try:
        value = json.loads(text.decode("utf-8"), object_pairs_hook=_once_each, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise BodyNotUnderstood from None
    if not isinstance(value, dict) or not all(map(_keepable, _strings(value))):
        raise BodyNotUnderstood


def _check_depth(text: bytes) -> None:
    """Count brackets outside of strings: a parser that descends first would be at its own end before ours."""
    depth = 0
    in_string = escaped = False
    for byte in text:
        if in_string:
            in_string, escaped = byte != ord('"') or escaped, byte == ord("\\") and not escaped
        elif byte == ord('"'):
            in_string = True
        elif byte in b"[{":
            depth += 1
            if depth > DEEPEST:
                raise BodyTooDeep
        elif byte in b"]}":
            depth -= 1


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _refuse_constant(_: str) -> None:
    raise ValueError


def _strings(value: object) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _keepable(text: str) -> bool:
    """Whether it is text to every database: no NUL, no half of a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)

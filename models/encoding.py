"""How events, states and commands become bytes, split by how secret their fields are."""

import hashlib
import hmac
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from json.encoder import encode_basestring

from pydantic import BaseModel, TypeAdapter

from procedures.case import CaseState
from procedures.classification import DataClass
from procedures.commands import AboutAnswer, AcceptHandoff, AnyCommand, OpenCase
from procedures.events import AnyEvent, Event

EVENTS: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)
DRAWN_AT_THE_EDGE = frozenset({"case_id", "code", "seed"})
"""Random in every attempt at opening a case, so not part of what was asked."""


@dataclass(frozen=True)
class Parts:
    """One event in three parts; what is empty is None."""

    payload: str
    routing: bytes | None
    identity: bytes | None


CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
"""Made once: `json.dumps` makes one for each text."""


quoted = encode_basestring
"""A text as `canonical` writes it."""


def canonical(value: object) -> str:
    """The one JSON text of a value: keys sorted, no spaces, letters as they are."""
    return CANONICAL.encode(value)


@lru_cache(maxsize=256)
def fields_by_class(model: type[BaseModel]) -> dict[DataClass, frozenset[str]]:
    """Which fields of a model are of which class. A field that declares none is of no class and would be lost."""
    found: dict[DataClass, set[str]] = {data_class: set() for data_class in DataClass}
    for name, field in model.model_fields.items():
        for mark in field.metadata:
            if isinstance(mark, DataClass):
                found[mark].add(name)
    return {data_class: frozenset(names) for data_class, names in found.items()}


@lru_cache(maxsize=256)
def _kept_apart(model: type[BaseModel]) -> tuple[set[str], set[str], set[str]]:
    classes = fields_by_class(model)
    clear = classes[DataClass.OPEN] | classes[DataClass.OPERATIONAL]
    return set(clear), set(classes[DataClass.ROUTING]), set(classes[DataClass.IDENTITY])


def split(event: Event) -> Parts:
    """An event in the parts that are kept apart. The text is kept, and hashed, exactly as it is written here."""
    clear, routing, identity = _kept_apart(type(event))
    return Parts(
        payload=event.model_dump_json(include=clear),
        routing=_sealed_part(event, routing),
        identity=_sealed_part(event, identity),
    )


def _sealed_part(event: Event, names: set[str]) -> bytes | None:
    if not names:
        return None
    part = event.model_dump_json(include=names, exclude_defaults=True)
    return None if part == "{}" else part.encode()


def join(payload: str, routing: bytes | None, identity: bytes | None) -> AnyEvent:
    """The event again; parts that could not be opened stay at their defaults.

    Raises:
        ValueError: it is no event.
    """
    if routing is None and identity is None:
        return EVENTS.validate_json(payload)
    texts = [payload, *(part.decode() for part in (routing, identity) if part is not None)]
    if not all(text.startswith("{") and text.endswith("}") for text in texts):
        raise ValueError(len(texts))
    return EVENTS.validate_json("{" + ",".join(text[1:-1] for text in texts) + "}")


def pack_state(state: CaseState) -> bytes:
    """A state as it is sealed. It is compressed: a state repeats the same few words."""
    return zlib.compress(state.model_dump_json().encode(), 1)


def unpack_state(packed: bytes) -> CaseState:
    """The state again."""
    return CaseState.model_validate_json(zlib.decompress(packed))


def is_packed(packed: bytes, state: CaseState) -> bool:
    """Whether this is, letter by letter, what `pack_state` compresses. Where it is not, it may be the same state."""
    try:
        return zlib.decompress(packed) == state.model_dump_json().encode()
    except zlib.error:
        return False


def command_digest(key: bytes, command: AnyCommand) -> str:
    """A keyed hash of what was asked: without the key nobody can try names against it."""
    left_out = set(DRAWN_AT_THE_EDGE) if isinstance(command, OpenCase) else set[str]()
    if isinstance(command, AcceptHandoff) and not command.proven:
        left_out.add("proven")  # as it was before there were PINs: a second tap on an old link is the same answer
    if isinstance(command, AboutAnswer) and command.said_by is None:
        left_out |= {"said_by", "said_at"}
    text = canonical(command.model_dump(mode="json", exclude=left_out))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def chained(prev_hash: str, record: Sequence[object]) -> str:
    """The hash of an event: SHA-256 over the hash before it and its own canonical bytes, ciphertext included."""
    return hashlib.sha256(prev_hash.encode("ascii") + canonical(record).encode()).hexdigest()

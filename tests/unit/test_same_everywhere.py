"""What is sealed and hashed is the same text in every process: nothing in it hangs on the order of a set."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_origin

import pytest
from pydantic import BaseModel

from models.encoding import join, split
from procedures.case import CaseState
from procedures.commands import AnyCommand
from procedures.directory import Directory
from procedures.events import AnyEvent, CaseOpened
from procedures.wordsets import Words
from tests.unit.test_classification import inner_models

MANY = frozenset({"pap", "legal", "shelter", "psychological", "medical", "police", "court", "school"})
IN_ORDER = get_args(Words)[1]
KEPT = (AnyCommand, AnyEvent, CaseState, Directory)
HEADS = """
import sys
from tests.simulation.running import run_seed
print(*(run_seed(int(seed), cases=1).heads for seed in sys.argv[1:]))
"""


def models_in(annotation: Any, found: set[type[BaseModel]]) -> set[type[BaseModel]]:
    """Every model that stands in there, however deep."""
    for model in set(inner_models(annotation)) - found:
        found.add(model)
        for field in model.model_fields.values():
            models_in(field.annotation, found)
    return found


def unordered(annotation: Any) -> Iterator[str]:
    """Sets that are written in whatever order they lie in."""
    if get_origin(annotation) is Annotated and IN_ORDER in get_args(annotation):
        return
    if get_origin(annotation) in {set, frozenset}:
        yield str(annotation)
    for argument in get_args(annotation):
        yield from unordered(argument)


def unordered_fields(model: type[BaseModel]) -> list[str]:
    return [
        f"{model.__name__}.{name}"
        for name, field in model.model_fields.items()
        if IN_ORDER not in field.metadata and list(unordered(field.annotation))
    ]


def test_no_field_that_is_kept_is_a_set_in_any_order() -> None:
    kept: set[type[BaseModel]] = set()
    for root in KEPT:
        models_in(root, kept)
    assert len(kept) > 80
    assert [found for model in kept for found in unordered_fields(model)] == []


def test_a_set_in_any_order_is_noticed() -> None:
    class Careless(BaseModel):
        words: frozenset[str] = frozenset()
        deep: tuple[set[str], ...] = ()

    assert unordered_fields(Careless) == ["Careless.words", "Careless.deep"]


def test_a_set_is_written_sorted_and_read_in_any_order() -> None:
    values = {
        "at": "2026-11-25T20:00:00Z", "case_id": "1", "code": "C", "seed": "00", "territory": "valle", "desk": None,
        "drill": True, "consents": MANY,
    }  # fmt: skip
    opened = CaseOpened.model_validate(values)
    parts = split(opened)
    assert parts.routing is not None
    assert json.loads(parts.routing)["consents"] == sorted(MANY)
    kept_before = parts.routing.replace(b'"court","legal"', b'"legal","court"')
    assert kept_before != parts.routing
    assert join(parts.payload, kept_before, None) == opened


@pytest.mark.slow
def test_a_seed_has_the_same_heads_in_every_process_and_after_every_other_seed() -> None:
    assert heads("0", "5") == heads("1", "6", "5")[-1:]


def heads(order_of_sets: str, *seeds: str) -> list[str]:
    told = {**os.environ, "PYTHONHASHSEED": order_of_sets}
    command = [sys.executable, "-c", HEADS, *seeds]
    return subprocess.run(command, env=told, check=True, capture_output=True, text=True).stdout.split()

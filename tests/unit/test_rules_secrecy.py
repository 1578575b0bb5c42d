"""No noun of the rules repeats what it was given when it refuses it: an exception may end in a log."""

import inspect
import pkgutil
from collections.abc import Iterator
from importlib import import_module

import pytest
from pydantic import BaseModel, ValidationError

import procedures
from procedures.classification import DataClass
from procedures.commands import Person
from tests.making import open_case

SECRET = {DataClass.IDENTITY, DataClass.ROUTING}
CANARY = "CANARY-Elena-Marchetti"


def models() -> Iterator[type[BaseModel]]:
    """Every pydantic model of the rules."""
    for module in pkgutil.walk_packages(procedures.__path__, "procedures."):
        for found in vars(import_module(module.name)).values():
            if inspect.isclass(found) and issubclass(found, BaseModel) and found.__module__ == module.name:
                yield found


def keeps_secrets(model: type[BaseModel]) -> bool:
    return any(mark in SECRET for field in model.model_fields.values() for mark in field.metadata)


@pytest.mark.parametrize("model", sorted({m for m in models() if keeps_secrets(m)}, key=str))
def test_a_noun_that_holds_secrets_hides_what_it_refuses(model: type[BaseModel]) -> None:
    assert model.model_config.get("hide_input_in_errors"), model.__name__


def test_what_is_looked_at_is_not_nothing() -> None:
    assert {"Person", "OpenCase", "CaseOpened", "CaseState"} <= {m.__name__ for m in models() if keeps_secrets(m)}


def test_a_name_that_is_too_long_is_refused_without_being_said() -> None:
    for given in ({"name": CANARY * 20}, {"note": CANARY * 200}, {CANARY: "x"}, {"safe_contact": [CANARY]}):
        with pytest.raises(ValidationError) as refused:
            Person.model_validate(given)
        assert CANARY not in str(refused.value).replace(next(iter(given)), "")
    with pytest.raises(ValidationError) as refused:
        open_case(person={"name": CANARY * 20})
    assert CANARY not in str(refused.value)

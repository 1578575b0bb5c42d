"""Every field says how secret it is: whoever adds one and forgets finds out here."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, get_args, get_origin

import pytest
from pydantic import BaseModel, Field
from sqlalchemy import Column, MetaData, String, Table
from sqlalchemy.types import TypeEngine

import models.tables  # noqa: F401  # fills the metadata
from models.columns import Base
from models.encoding import fields_by_class
from models.key_tables import KEY_TABLES
from procedures import (
    alert_events,
    case,
    choice_events,
    commands,
    directory,
    event_bases,
    events,
    handoff_events,
    limit_events,
    repeat_events,
    steering_events,
)
from procedures.classification import DataClass, Identity, Operational, Routing

EVENTS = (
    event_bases,
    events,
    handoff_events,
    alert_events,
    limit_events,
    repeat_events,
    steering_events,
    choice_events,
)
SECRECY = [DataClass.OPEN, DataClass.OPERATIONAL, DataClass.ROUTING, DataClass.IDENTITY]


def models_of(*modules: object) -> list[type[BaseModel]]:
    found = {
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, BaseModel) and value.__module__ == module.__name__  # type: ignore[attr-defined]
    }
    return sorted(found, key=lambda model: (model.__module__, model.__name__))


def declared(model: type[BaseModel]) -> dict[str, list[DataClass]]:
    return {
        name: [mark for mark in field.metadata if isinstance(mark, DataClass)]
        for name, field in model.model_fields.items()
    }


def undeclared_fields(models: Iterable[type[BaseModel]]) -> list[str]:
    return [
        f"{model.__name__}.{name}" for model in models for name, marks in declared(model).items() if len(marks) != 1
    ]


def inner_models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    arguments = get_args(annotation)
    for argument in arguments[:1] if get_origin(annotation) is Annotated else arguments:
        yield from inner_models(argument)


def too_secret_inside(model: type[BaseModel]) -> list[str]:
    """Fields of inner models that are more secret than the field that holds them would be kept."""
    leaks = []
    for name, field in model.model_fields.items():
        (outer,) = declared(model)[name]
        for inner in inner_models(field.annotation):
            leaks += [
                f"{model.__name__}.{name} -> {inner.__name__}.{inner_name}"
                for inner_name, marks in declared(inner).items()
                for mark in marks
                if SECRECY.index(mark) > SECRECY.index(outer)
            ]
            leaks += too_secret_inside(inner)
    return leaks


def undeclared_columns(*metadata: MetaData) -> list[str]:
    return [
        f"{table.name}.{column.name}"
        for one in metadata
        for table in one.tables.values()
        for column in table.columns
        if not isinstance(column.info.get("class"), DataClass)
    ]


def test_every_field_of_commands_events_states_and_the_directory_says_how_secret_it_is() -> None:
    models = models_of(commands, *EVENTS, case, directory)
    assert len(models) > 50
    assert undeclared_fields(models) == []


def test_every_column_says_how_secret_it_is() -> None:
    assert len(Base.metadata.tables) >= 14
    assert undeclared_columns(Base.metadata, KEY_TABLES) == []


def test_secret_columns_hold_ciphertext_only() -> None:
    secret = [
        column
        for one in (Base.metadata, KEY_TABLES)
        for table in one.tables.values()
        for column in table.columns
        if column.info["class"] in {DataClass.ROUTING, DataClass.IDENTITY}
    ]
    assert len(secret) >= 4
    assert {column.type.python_type for column in secret} == {bytes}


def test_no_event_hides_a_secret_inside_a_field_that_is_kept_in_clear() -> None:
    assert [leak for model in models_of(*EVENTS) for leak in too_secret_inside(model)] == []


def test_every_field_of_an_event_is_kept_in_exactly_one_part() -> None:
    for model in models_of(*EVENTS):
        parts = fields_by_class(model)
        assert sorted(name for names in parts.values() for name in names) == sorted(model.model_fields)


def test_a_field_that_says_nothing_is_found() -> None:
    class Forgetful(BaseModel):
        seen: Operational[str]
        forgotten: str = Field(default="")

    class Twofold(BaseModel):
        torn: Annotated[Operational[str], DataClass.IDENTITY]

    assert undeclared_fields([Forgetful, Twofold]) == ["Forgetful.forgotten", "Twofold.torn"]


def test_a_column_that_says_nothing_is_found() -> None:
    metadata = MetaData()
    kind: TypeEngine[str] = String()
    Table("people", metadata, Column("id", kind, info={"class": DataClass.OPERATIONAL}), Column("name", kind))
    assert undeclared_columns(metadata) == ["people.name"]


@pytest.mark.parametrize("secret", ["name", "risk"])
def test_a_secret_inside_a_clear_field_is_found(secret: str) -> None:
    class Inner(BaseModel):
        name: Identity[str]
        risk: Routing[str]

    class Outer(BaseModel):
        inner: Operational[tuple[Inner, ...] | None]

    assert f"Outer.inner -> Inner.{secret}" in too_secret_inside(Outer)

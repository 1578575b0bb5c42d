"""How every command of `staffetta` is made: its shared options, its example, and one way in which it fails.

A command is a function whose first argument is what everybody can ask (`Asked`); the rest are its own options.
"""

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Concatenate, Literal, ParamSpec

import typer
from pydantic import ValidationError

from cli.errors import FieldDoesNotFit, NoFolder, NoHouse
from cli.failing import FOUND, LONGEST_TALK, fail
from cli.files import is_there
from cli.speech import _, follow_settings, speaking
from procedures.errors import StaffettaError

__all__ = ["FOUND", "LONGEST_TALK", "Asked", "command"]

if TYPE_CHECKING:
    from models.composition import House

P = ParamSpec("P")

DataOption = Annotated[Path, typer.Option("--data", envvar="STAFFETTA_DATA", help=_("The data folder of the house."))]
ConfigOption = Annotated[
    Path | None, typer.Option("--config", help=_("Another settings file than staffetta.toml in the data folder."))
]
JsonOption = Annotated[bool, typer.Option("--json", help=_("Print JSON, for programs."))]
LanguageOption = Annotated[Literal["it", "en"] | None, typer.Option("--language", help=_("The language to speak."))]


@dataclass(frozen=True)
class Asked:
    """What can be asked of every command."""

    data: Path
    config: Path | None
    as_json: bool

    @contextmanager
    def house(self, *, with_vault: bool = False, make: bool = False) -> Iterator["House"]:
        """The house of this data folder, open while the context lasts.

        Args:
            with_vault: only for what writes a new case: looking at one needs no name.
            make: whether a missing folder is made.

        Raises:
            NoHouse: the folder is not there and may not be made.
            NoFolder: something else is there.
        """
        if not make and not is_there(self.data):
            raise NoHouse(path=self.data)
        if is_there(self.data) and not self.data.is_dir():
            raise NoFolder(path=self.data)
        from models.composition import open_house

        house = open_house(self.data, with_vault=with_vault, config=self.config)
        try:
            follow_settings(house.settings.desk.language)
            yield house
        finally:
            house.close()


def command(
    app: typer.Typer, name: str, *, example: str
) -> Callable[[Callable[Concatenate[Asked, P], None]], Callable[Concatenate[Asked, P], None]]:
    """Add a command to `app`. The first line of its docstring is its help, a key of the catalogue like any sentence."""

    def add(function: Callable[Concatenate[Asked, P], None]) -> Callable[Concatenate[Asked, P], None]:
        told = _(_first_line(function))
        shown = _("Example: {example}").format(example=example)
        app.command(name, help=told, short_help=told, epilog=shown)(_as_typed(function))
        return function

    return add


def _first_line(function: Callable[..., None]) -> str:
    return (inspect.getdoc(function) or "").partition("\n")[0]


def _as_typed(function: Callable[..., None]) -> Callable[..., None]:
    """The function as Typer reads it: the shared options stand in the place of `Asked`."""

    @functools.wraps(function)
    def run(**given: Any) -> None:
        asked = Asked(data=given.pop("data"), config=given.pop("config"), as_json=given.pop("as_json"))
        with speaking(given.pop("language")):
            try:
                _check_config(asked)
                function(asked, **given)
            except StaffettaError as error:
                raise typer.Exit(fail(error, as_json=asked.as_json)) from None
            except ValidationError as error:
                raise typer.Exit(fail(_unfit(error), as_json=asked.as_json)) from None

    shared = {
        "data": (DataOption, Path("data")),
        "config": (ConfigOption, None),
        "as_json": (JsonOption, False),
        "language": (LanguageOption, None),
    }
    own = list(inspect.signature(function).parameters.values())[1:]
    added = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for name, (annotation, default) in shared.items()
    ]
    every = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own] + added
    run.__signature__ = inspect.Signature(every)  # type: ignore[attr-defined]  # what `inspect` looks at first
    run.__annotations__ = {one.name: one.annotation for one in every}
    return run


def _check_config(asked: Asked) -> None:
    """A settings file that was named must be one, also for a command that looks at no setting."""
    if asked.config is not None:
        from models.settings import load_settings

        load_settings(asked.data, asked.config)


def _unfit(error: ValidationError) -> FieldDoesNotFit:
    """What a command cannot carry. Never the value."""
    place = error.errors(include_url=False, include_input=False, include_context=False)[0]["loc"]
    return FieldDoesNotFit(field=str(place[0]) if place else "?")

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

from cli.errors import NoHouse, WrongUsage
from cli.printing import tell
from cli.speech import _, failure, follow_settings, speaking, translate_fault
from notifiers.errors import BadCarrier
from procedures.errors import Refused, StaffettaError

if TYPE_CHECKING:
    from models.composition import House

P = ParamSpec("P")

FAILED, USAGE, FOUND, MISSING, REFUSED = 1, 2, 3, 4, 5
LONGEST_TALK = 3
"""Lines on standard error for one failure."""

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
        """
        if not make and not self.data.exists():
            raise NoHouse(path=self.data)
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
                function(asked, **given)
            except StaffettaError as error:
                raise typer.Exit(fail(error)) from None

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


def fail(error: StaffettaError) -> int:
    """Say on standard error what went wrong, in at most three lines; the exit code that goes with it."""
    faults = getattr(error, "faults", None)
    if faults is None:
        tell(*failure(error).splitlines()[:LONGEST_TALK])
        return _exit_code(error)
    for fault in faults[: LONGEST_TALK - 1]:
        tell(f"{fault.file}:{fault.line}:{fault.column}: {' '.join(fault.said(translate_fault))}")
    if len(faults) >= LONGEST_TALK:
        tell(_("{count} faults in all. See every one with `check`.").format(count=len(faults)))
    return FOUND


def _exit_code(error: StaffettaError) -> int:
    if isinstance(error, WrongUsage):
        return USAGE
    if isinstance(error, BadCarrier):
        return FAILED
    if type(error).__name__.startswith("Unknown"):
        return MISSING
    return REFUSED if isinstance(error, Refused) else FAILED

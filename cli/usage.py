"""What was typed wrongly, said in one to three lines; and the last net under every command.

Typer says such things in English, in a box of its own: here they become failures like any other.
"""

import io
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from cli import errors as e
from cli.failing import FAILED, USAGE, fail
from cli.speech import asked_on_the_command_line, speaking
from procedures.errors import StaffettaError
from procedures.reasons import reason_of

INTERRUPTED = 130
JSON = "--json"
NOTHING_TYPED = "NoArgsIsHelpError"
"""After a noun alone Typer fails with its help for a message."""
LONGEST_WORD = 40


class Noun(TyperGroup):
    """A word with commands under it."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that was named.

        Raises:
            NoSuchCommand: there is none.
        """
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            raise e.NoSuchCommand(command=ctx.command_path, known=", ".join(self.commands))
        return super().resolve_command(ctx, args)


class Everything(Noun):
    """The whole `staffetta`: whatever goes wrong below ends here, and never as a traceback."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: FBT001, FBT002  # Typer's own
        windows_expand_args: bool = True,  # noqa: FBT001, FBT002  # Typer's own
        **extra: Any,
    ) -> Any:
        """Run what was typed; ends the process with the exit code of the contract."""
        del standalone_mode
        typed = list(sys.argv[1:] if args is None else args)
        more = {**extra, "complete_var": complete_var, "windows_expand_args": windows_expand_args}
        with speaking(asked_on_the_command_line(typed)):
            sys.exit(self._run(typed, prog_name or "staffetta", more))

    def _run(self, typed: list[str], name: str, more: dict[str, Any]) -> int:
        try:
            _check_outlets()
            _check_words(typed)
            code = super().main(typed, name, standalone_mode=False, **more)
            sys.stdout.flush()
        except BrokenPipeError:
            _let_go_of_output()
            return FAILED
        except (KeyboardInterrupt, typer.Abort):
            return INTERRUPTED
        except Exception as failure:  # noqa: BLE001  # the last net: said by name and place, never by value
            if type(failure).__name__ == NOTHING_TYPED:
                sys.stderr.write(f"{failure}\n")
                return USAGE
            return fail(_ours(failure), as_json=JSON in typed)
        return code if isinstance(code, int) else 0


def _check_outlets() -> None:
    """See that output can be written, whatever the letters; without a place for it, files would be taken for it."""
    if sys.stdout is None or sys.stderr is None:
        raise e.NowhereToWrite
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _check_words(typed: Sequence[str]) -> None:
    """What can be said of all words before they are understood: they are text, and no option has an empty value.

    An empty value is a variable of a script that was not set: as a path it would mean the folder one stands in.
    """
    for place, word in enumerate(typed):
        if not word.isascii() and any("\ud800" <= letter <= "\udfff" for letter in word):
            raise e.NotText
        option, equals, value = word.partition("=")
        if option.startswith("--") and not value and (equals or typed[place + 1 : place + 2] == [""]):
            raise e.OptionWithoutValue(option=_shown(option))


def _let_go_of_output() -> None:
    """Whoever read the output has left: what is still to be flushed goes nowhere, without a word."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, sys.stdout.fileno())
    finally:
        os.close(nowhere)


def _ours(failure: Exception) -> StaffettaError:
    match failure:
        case StaffettaError():
            return failure
        case TyperException():
            return _told(failure)
        case OSError(errno=int()):
            return e.SystemSaidNo(why=reason_of(failure))
    where = traceback.extract_tb(failure.__traceback__)[-1]
    return e.BrokenHere(failure=type(failure).__name__, place=f"{where.filename.rpartition('/')[2]}:{where.lineno}")


def _told(wrong: TyperException) -> StaffettaError:
    """What Typer found, as a failure of ours. Nothing that was typed as a value is repeated: it may be a secret."""
    context = getattr(wrong, "ctx", None)
    command = context.command_path if context is not None else "staffetta"
    param = getattr(wrong, "param", None)
    if param is not None:
        return _about_parameter(wrong, param, command)
    option = getattr(wrong, "option_name", None)
    if option is None:
        return e.OneWordTooMany(command=command)
    if type(wrong).__name__ == "NoSuchOption":
        nearest = sorted(getattr(wrong, "possibilities", None) or ())
        if nearest:
            return e.MisspeltOption(command=command, option=_shown(option), nearest=nearest[0])
        return e.NoSuchOption(command=command, option=_shown(option))
    takes_one = "requires" in wrong.message
    return (e.OptionWithoutValue if takes_one else e.OptionWithValue)(option=_shown(option))


def _about_parameter(wrong: TyperException, param: Any, command: str) -> StaffettaError:
    name = param.opts[0] if param.param_type_name == "option" else str(param.metavar or param.name.upper())
    if type(wrong).__name__ == "MissingParameter":
        return e.WordMissing(command=command, name=name)
    choices = param.type_descriptor.choices
    if choices:
        return e.NotOnTheList(name=name, known=", ".join(str(choice) for choice in choices))
    if param.max is not None:
        return e.NotBetween(name=name, least=param.min or 0, most=param.max)
    return e.ValueDoesNotFit(name=name, command=command)


def _shown(option: str) -> str:
    """The name of an option as it was typed, without its value and anything that a terminal would obey."""
    name = option.partition("=")[0][:LONGEST_WORD]
    return name if name.isprintable() else "?"

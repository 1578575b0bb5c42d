"""One way to fail: at most three lines on standard error, or one line of JSON for programs, and an exit code."""

import json
import sys

from cli.errors import WrongUsage
from cli.printing import tell
from cli.speech import _, failure, translate_fault
from notifiers.errors import BadCarrier
from procedures.errors import Refused, StaffettaError
from procedures.faults import Fault
from procedures.marking import Marked

FAILED, USAGE, FOUND, MISSING, REFUSED = 1, 2, 3, 4, 5
LONGEST_TALK = 3
"""Lines on standard error for one failure."""
LONGEST_WORD = 200
"""Letters of a value; a path may be as long as that."""


def fail(error: StaffettaError, *, as_json: bool = False) -> int:
    """Say on standard error what went wrong; the exit code that goes with it."""
    _shorten(error)
    faults = getattr(error, "faults", None)
    code = FOUND if faults is not None else exit_code(error)
    if sys.stderr is None:
        return code
    if as_json:
        message = failure(error) if faults is None else _line(faults[0])
        found = {} if faults is None else {"faults": [fault.as_json(translate_fault) for fault in faults]}
        tell(json.dumps({"error": error.code, "message": message, "exit": code, **found}))
        return code
    if faults is None:
        tell(*map(_harmless, failure(error).splitlines()[:LONGEST_TALK]))
        return code
    for fault in faults[: LONGEST_TALK - 1]:
        tell(_harmless(_line(fault)))
    if len(faults) >= LONGEST_TALK:
        tell(_("{count} faults in all. See every one with `check`.").format(count=len(faults)))
    return code


def _line(fault: Fault) -> str:
    return f"{fault.file}:{fault.line}:{fault.column}: {' '.join(fault.said(translate_fault))}"


def exit_code(error: StaffettaError) -> int:
    """2 for what was typed wrongly, 4 for what is not there, 5 for what the rules refuse, else 1."""
    if isinstance(error, WrongUsage):
        return USAGE
    if isinstance(error, BadCarrier):
        return FAILED
    if type(error).__name__.startswith("Unknown"):
        return MISSING
    return REFUSED if isinstance(error, Refused) else FAILED


def _shorten(error: StaffettaError) -> None:
    """A word that was not understood is repeated so far that it is recognised; what is known stays whole."""
    for name, value in error.data.items():
        if name != "known" and not isinstance(value, Marked) and len(str(value)) > LONGEST_WORD:
            error.data[name] = f"{str(value)[:LONGEST_WORD]}…"


def _harmless(line: str) -> str:
    """The line without what a terminal would obey: a file may be called anything."""
    return "".join(letter if letter.isprintable() else "?" for letter in line)

"""The log of the processes that work by themselves: JSON lines, a code each, and only keys from a list.

What is not on the list is not written: a log is read by people who may not know whom a case is about. The text of
an exception is never written either, only the name of its class: other people's messages hold addresses and values.
"""

import sys
from collections.abc import MutableMapping
from contextlib import suppress
from typing import Any, TextIO

import structlog

from procedures.errors import StaffettaError

ALLOWED = frozenset(
    {
        "attempt",
        "case_id",
        "code",
        "count",
        "delay_s",
        "seconds",
        "delivery_id",
        "error",
        "exit_code",
        "port",
        "process",
        "program",
        "run_ref",
        "state",
        "task",
        "timestamp",
    }
)

Journal = structlog.typing.FilteringBoundLogger


def keep_allowed(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop every key that is not on the list, and say how many were dropped."""
    line["code"] = line.pop("event")
    kept = {key: value for key, value in line.items() if key in ALLOWED}
    if len(kept) < len(line):
        kept["count"] = len(line) - len(kept)
        kept["code"] = f"{kept['code']}+dropped-keys"
    return kept


class _Unfailing(structlog.PrintLogger):
    """A full disk or a closed pipe costs the line, never the work: whoever dies of its journal is started by nobody."""

    def msg(self, message: str) -> None:
        """Write the line if that can be done."""
        with suppress(OSError, ValueError):
            super().msg(message)

    log = debug = info = warn = warning = fatal = failure = err = error = critical = exception = msg


def open_journal(process: str, file: TextIO | None = None) -> Journal:
    """The journal of one process, on standard error unless told otherwise."""
    logger = structlog.wrap_logger(
        _Unfailing(file or sys.stderr),
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            keep_allowed,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(0),
        cache_logger_on_first_use=True,
    )
    bound: Journal = logger.bind(process=process)
    return bound


def error_code(error: BaseException) -> str:
    """What may be written of an exception: our own code, else the name of its class."""
    return error.code if isinstance(error, StaffettaError) else type(error).__name__

"""The desk's own log: one JSON line per answer, by route template, with an allow-list of keys.

The server's access log is off: it would carry one-tap links and case codes (trust.md). What is not on the list below
does not come through, so a new line cannot leak by carelessness.
"""

import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

ALLOWED = frozenset(
    {"event", "level", "timestamp", "method", "route", "status", "milliseconds", "failure", "where", "reference"}
)


def _allowed_only(_: object, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: value for key, value in line.items() if key in ALLOWED}


def desk_log(stream: TextIO | None = None) -> structlog.typing.FilteringBoundLogger:
    """A logger that writes to `stream` (standard error where none is given)."""
    logger: structlog.typing.FilteringBoundLogger = structlog.wrap_logger(
        structlog.PrintLogger(stream or sys.stderr),
        processors=[
            _allowed_only,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(0),
    )
    return logger

"""Faults of procedures and networks: for people, for programs, and for the pages of a code host."""

from collections.abc import Sequence
from enum import StrEnum

from cli.printing import put, put_json, tell
from cli.speech import _, translate_fault
from procedures.faults import Fault


class Format(StrEnum):
    """How faults are printed."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


def put_faults(faults: Sequence[Fault], form: Format) -> None:
    """Every fault on standard output, one line each or as a list; how many there are on standard error."""
    if form is Format.JSON:
        put_json([fault.as_json(translate_fault) for fault in faults])
    else:
        put(*(_line(fault, *fault.said(translate_fault), form) for fault in faults))
    tell(_("Faults found: {count}.").format(count=len(faults)) if faults else _("No fault was found."))


def _line(fault: Fault, message: str, remedy: str, form: Format) -> str:
    if form is Format.GITHUB:
        place = f"file={fault.file},line={fault.line},col={fault.column},title={fault.code}"
        return f"::{fault.severity} {place}::{message} {remedy}".replace("\n", "%0A")
    return f"{fault.file}:{fault.line}:{fault.column}: {fault.code}: {message} {remedy}"

"""What is wrong in a file that a person wrote: its place, a stable code, a sentence, and what to write instead.

All faults of a file are gathered and shown at once. Sentences are English templates, the keys of the catalogues;
`said` puts them into another language.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from procedures.errors import StaffettaError
from procedures.story import put_into_words

MAX_FAULTS = 100
"""A file with more faults than this is not read to its end: nobody mends them in one go."""


class Severity(StrEnum):
    """How bad it is: an error keeps the file from being used, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class FaultKind:
    """One sort of fault: its code for programs, its sentence and its remedy as templates."""

    code: str
    message: str
    help: str
    severity: Severity = Severity.ERROR


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault at one place. Lines and columns count from 1, columns in characters."""

    file: str
    line: int
    column: int
    kind: FaultKind
    data: Mapping[str, str] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """The stable name of this sort of fault."""
        return self.kind.code

    @property
    def message(self) -> str:
        """What is wrong, in English."""
        return self.kind.message.format(**self.data)

    @property
    def help(self) -> str:
        """What to write instead, in English."""
        return self.kind.help.format(**self.data)

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return self.kind.severity

    def said(self, translate: Callable[[str], str]) -> tuple[str, str]:
        """Message and help in the language of `translate` (a catalogue's `gettext`)."""
        data = {name: put_into_words(value, translate) for name, value in self.data.items()}
        return translate(self.kind.message).format(**data), translate(self.kind.help).format(**data)

    def as_json(self, translate: Callable[[str], str] = str) -> dict[str, str | int]:
        """The fault as `staffetta procedures check --format json` prints it."""
        message, remedy = self.said(translate)
        return {
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "code": self.code,
            "message": message,
            "help": remedy,
            "severity": self.severity.value,
        }

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message} {self.help}"


class ProcedureFaults(StaffettaError):
    """A file (or several) cannot be used. `faults` holds every fault, in the order of the text."""

    template = "{count} faults were found, the first of them: {first}"

    def __init__(self, faults: Iterable[Fault]) -> None:
        """Order the faults by their place; there is at least one."""
        self.faults = tuple(sorted(faults, key=lambda f: (f.file, f.line, f.column)))
        super().__init__(count=len(self.faults), first=str(self.faults[0]))

"""The facts that a folder's own procedures may ask about: the shipped ones, and those in `facts.yaml` beside them."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from procedures.composing import MAX_BYTES
from procedures.fault_kinds import NO_PATHWAYS, NOT_UTF8, TOO_LARGE, UNREADABLE
from procedures.faults import Fault, ProcedureFaults
from procedures.folders import facts_beside
from procedures.language.facts import Fact
from procedures.reasons import reason_of
from procedures.vocabulary import read_facts


def vocabulary_of(paths: Iterable[Path], shipped: Mapping[str, Fact]) -> tuple[dict[str, Fact], list[Fault]]:
    """The shipped facts and those beside these files and folders, and whatever is wrong with the latter.

    A shipped fact means the same everywhere: the rules and the shipped procedures that these may start ask about it.
    """
    known, faults = dict(shipped), list[Fault]()
    for path in facts_beside(paths):
        try:
            document, facts = read_facts(file_text(path), str(path), known)
            known |= facts
            faults += document.faults
        except ProcedureFaults as error:
            faults += error.faults
    return known, faults


def vocabulary_beside(path: Path, shipped: Mapping[str, Fact]) -> Mapping[str, Fact]:
    """The facts that the procedure in this file may ask about.

    Raises:
        ProcedureFaults: what stands beside it is wrong.
    """
    known, faults = vocabulary_of([path], shipped)
    if faults:
        raise ProcedureFaults(faults)
    return known


def file_text(path: Path) -> str:
    """What stands in a file of procedures.

    Raises:
        ProcedureFaults: it cannot be read, is too large, or is no UTF-8.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ProcedureFaults([Fault(str(path), 1, 1, TOO_LARGE, {"limit": str(MAX_BYTES // 1024)})])
        return path.read_bytes().decode("utf-8")
    except IsADirectoryError as error:
        raise ProcedureFaults([Fault(str(path), 1, 1, NO_PATHWAYS)]) from error
    except OSError as error:
        raise ProcedureFaults([Fault(str(path), 1, 1, UNREADABLE, {"why": reason_of(error)})]) from error
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        line, column = before.count(b"\n") + 1, error.start - (before.rfind(b"\n") + 1) + 1
        raise ProcedureFaults([Fault(str(path), line, column, NOT_UTF8)]) from error

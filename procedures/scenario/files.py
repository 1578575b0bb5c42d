"""Scenario files and the procedures beside them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from procedures.composing import MAX_BYTES
from procedures.directory import Directory
from procedures.fault_kinds import NOT_UTF8, TOO_LARGE, UNREADABLE
from procedures.faults import Fault, ProcedureFaults
from procedures.folders import SCENARIO as ENDING
from procedures.folders import VOCABULARIES, facts_beside, folders_of, is_file, pathway_files
from procedures.loading import SHIPPED, content_hash, library_of, shipped_library
from procedures.reading import Document
from procedures.reasons import reason_of
from procedures.scenario.checking import Known, check
from procedures.scenario.earlier import earlier_texts, files_of_today
from procedures.scenario.kinds import NO_SCENARIOS
from procedures.scenario.language import Scenario
from procedures.scenario.reading import read_scenarios
from procedures.scenario.running import Stage
from procedures.schema import Library, Pathway

NetworkOf = Callable[[str, Path], Directory]
"""The network that a scenario names, looked for from the folder of its file. Raises ProcedureFaults, StaffettaError."""
Stages = dict[tuple[int, int, frozenset[str]], tuple[Stage, Known]]


@dataclass(frozen=True)
class Loaded:
    """The scenarios of one file, with the stage that each is run on."""

    file: str
    library: Library
    scenarios: tuple[tuple[Scenario, Stage], ...]


def scenario_files(paths: Iterable[Path]) -> list[Path]:
    """The files meant: of a folder every `*.scenario.yaml`, of a pathway's file the scenarios beside it."""
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            inside = [file for folder in folders_of(path) for file in sorted(folder.glob(f"*{ENDING}"))]
        elif path.name.endswith(".yaml") and not path.name.endswith(ENDING) and path.exists():
            inside = [beside] if (beside := path.with_name(path.stem + ENDING)).exists() else []
        else:
            inside = [path]
        found |= dict.fromkeys(inside or [path])
    return list(found)


def without_scenarios(paths: Iterable[Path]) -> tuple[list[Path], list[Path]]:
    """The pathways meant, named or in a folder, that have no scenarios beside them; and the paths that are left."""
    bare: dict[Path, None] = {}
    others = []
    for path in paths:
        files = [file for file in pathway_files([path]) if file.suffix == ".yaml" and is_file(file)]
        own = [file for file in files if not file.name.endswith(ENDING)]
        alone = [file for file in own if not file.with_name(file.stem + ENDING).exists()]
        bare |= dict.fromkeys(alone)
        if not alone or (path.is_dir() and scenario_files([path]) != [path]):
            others.append(path)
    return list(bare), others


def pathway_in(path: Path) -> tuple[Pathway, Library]:
    """The pathway of a file, and the procedures that it stands among.

    Raises:
        ProcedureFaults: it is wrong, or one beside it is.
    """
    library = library_beside(path.parent)
    return library.by_hash[content_hash(_text(path))], library


def load(paths: Iterable[Path], network_of: NetworkOf) -> tuple[list[Loaded], list[Fault]]:
    """Every scenario of these files that can be run, and every fault of the others."""
    stages: Stages = {}
    loaded: list[Loaded] = []
    faults: list[Fault] = []
    for path in scenario_files(paths):
        try:
            loaded.append(_load(path, network_of, stages))
        except ProcedureFaults as wrong:
            faults += (fault for fault in wrong.faults if fault not in faults)
    return loaded, faults


def _load(path: Path, network_of: NetworkOf, stages: Stages) -> Loaded:
    document, scenarios = read_scenarios(_text(path), str(path))
    library = library_beside(path.parent)
    found: list[tuple[Scenario, Stage]] = []
    for scenario in scenarios:
        directory = network_of(scenario.given.network, path.parent)
        earlier = _earlier(document, scenario, library, path.parent)
        key = (id(library), id(directory), frozenset(one.content_hash for one in earlier.values()))
        if key not in stages:
            stages[key] = (Stage(library, directory, earlier), Known(library, directory, earlier))
        stage, known = stages[key]
        check(document, scenario, known)
        found.append((scenario, stage))
    document.finish()
    return Loaded(str(path), library, tuple(found))


def _earlier(document: Document, scenario: Scenario, library: Library, folder: Path) -> Mapping[str, Pathway]:
    if not scenario.given.earlier:
        return {}
    return earlier_texts(document, scenario, library, files_of_today(own_pathways(folder), library))


_BESIDE: dict[Path, tuple[Mapping[Path, int], Library]] = {}


def library_beside(folder: Path) -> Library:
    """The shipped procedures, and over them those in the folder.

    Raises:
        ProcedureFaults: one of them is wrong.
    """
    shipped, own = shipped_library(), own_pathways(folder)
    if not own:
        return shipped
    seen = {file: file.stat().st_mtime_ns for file in (*own, *facts_beside(own))}
    kept = _BESIDE.get(folder)
    if kept is None or kept[0] != seen:
        kept = _BESIDE[folder] = (seen, _over(shipped, library_of(own, beside=shipped.current)))
    return kept[1]


def own_pathways(folder: Path) -> list[Path]:
    """The files of the procedures in a folder, where they are not the shipped ones."""
    if folder.resolve() == SHIPPED.resolve():
        return []
    named = sorted(folder.glob("*.yaml"))
    return [file for file in named if not file.name.endswith(ENDING) and file.name not in VOCABULARIES]


def _over(shipped: Library, own: Library) -> Library:
    return Library(
        current={**shipped.current, **own.current}, by_hash={**shipped.by_hash, **own.by_hash}, facts=own.facts
    )


def _text(path: Path) -> str:
    if path.is_dir():
        raise ProcedureFaults([Fault(str(path), 1, 1, NO_SCENARIOS)])
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ProcedureFaults([Fault(str(path), 1, 1, TOO_LARGE, {"limit": str(MAX_BYTES // 1024)})])
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise ProcedureFaults([Fault(str(path), 1, 1, UNREADABLE, {"why": reason_of(error)})]) from None
    except UnicodeDecodeError:
        raise ProcedureFaults([Fault(str(path), 1, 1, NOT_UTF8)]) from None

"""From files to the library the rules decide with: procedures and vocabulary, or all of their faults at once."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from procedures.checking_competences import check_competences
from procedures.checking_library import check_together
from procedures.checking_limits import check_clinical
from procedures.checking_network import check_network
from procedures.declaring import with_facts
from procedures.directory import Directory
from procedures.exploring.finding import find
from procedures.faults import Fault, FaultKind, ProcedureFaults, Severity
from procedures.folders import FACTS, pathway_files, vocabulary_files
from procedures.grammar.pathways import PathwayText, content_hash, read_pathway
from procedures.language.pathways import own_facts
from procedures.schema import Fact, Library, Pathway, StartStep, Text
from procedures.vocabularies import file_text, vocabulary_beside, vocabulary_of
from procedures.vocabulary import DECLARED_OTHERWISE, load_competences, load_facts

__all__ = [
    "Fault",
    "FaultKind",
    "ProcedureFaults",
    "Severity",
    "check_paths",
    "check_texts",
    "content_hash",
    "library_of",
    "load_competences",
    "load_facts",
    "load_kept",
    "load_pathway",
    "shipped_competences",
    "shipped_facts",
    "shipped_library",
    "started_by",
    "texts_of",
    "with_facts_beside",
]

_HERE = Path(__file__).parent
SHIPPED = _HERE / "pathways"
"""The folder of the procedures that come with the program."""


def load_pathway(text: str, file: str, facts: Mapping[str, Fact] | None = None) -> Pathway:
    """One pathway from its text; `file` is the name that faults show. Without `facts`, the shipped vocabulary.

    Which pathways it starts is not looked at: `library_of` does that.

    Raises:
        ProcedureFaults: with every fault of the text.
    """
    read = read_pathway(text, file, shipped_facts() if facts is None else facts)
    if read.pathway is None:
        raise ProcedureFaults(read.document.faults)
    return read.pathway


def load_kept(text: str, file: str) -> Pathway:
    """One pathway from a text that was adopted: what it declares itself goes before what ships by now.

    Raises:
        ProcedureFaults: with every fault of the text.
    """
    try:
        return load_pathway(text, file)
    except ProcedureFaults as error:
        otherwise = {fault.data["fact"] for fault in error.faults if fault.kind is DECLARED_OTHERWISE}
        if not otherwise:
            raise
    return load_pathway(text, file, {name: fact for name, fact in shipped_facts().items() if name not in otherwise})


def with_facts_beside(text: str, path: Path) -> str:
    """The text of the pathway in this file, with those facts declared in it that it takes from `facts.yaml` beside.

    Raises:
        ProcedureFaults: what stands beside it is wrong.
    """
    shipped = shipped_facts()
    known = vocabulary_beside(path, shipped)
    return with_facts(text, {name: fact for name, fact in known.items() if name not in shipped})


def library_of(
    paths: Iterable[Path], facts: Mapping[str, Fact] | None = None, beside: Mapping[str, Pathway] | None = None
) -> Library:
    """The library of all pathways in `paths` (files, or folders of `*.yaml`). They may start those `beside` them.

    Without `facts` they speak by the shipped vocabulary and by the `facts.yaml` beside them.

    Raises:
        ProcedureFaults: with every fault of every file.
    """
    paths = list(paths)
    vocabulary, wrong = vocabulary_of(paths, shipped_facts()) if facts is None else (facts, [])
    read, faults = _read(paths, vocabulary, beside or {})
    faults += wrong
    if any(fault.severity is Severity.ERROR for fault in faults):
        raise ProcedureFaults(faults)
    pathways = [text.pathway for text in read if text.pathway is not None]
    vocabulary = {**vocabulary, **own_facts(pathways)}
    return Library(
        current={pathway.name: pathway for pathway in pathways},
        by_hash={pathway.content_hash: pathway for pathway in pathways},
        facts=vocabulary,
    )


def check_paths(
    paths: Iterable[Path], facts: Mapping[str, Fact] | None = None, directory: Directory | None = None
) -> tuple[Fault, ...]:
    """Every fault and warning of the pathways in `paths`, in the order of the texts.

    They may start shipped ones, and ask about shipped facts and those in `facts.yaml` beside them. With a
    `directory`, whether each step has somebody.
    """
    paths, beside = list(paths), shipped_library().current
    vocabulary, wrong = vocabulary_of(paths, shipped_facts()) if facts is None else (facts, [])
    read, faults = _read(paths, vocabulary, beside)
    faults += wrong + _competences(paths)
    faults += _explored(read, beside, directory)
    return tuple(sorted(faults, key=lambda fault: (fault.file, fault.line, fault.column)))


def check_texts(
    texts: Mapping[str, str],
    facts: Mapping[str, Fact] | None = None,
    directory: Directory | None = None,
    beside: Mapping[str, Pathway] | None = None,
) -> tuple[Fault, ...]:
    """The same for texts by the names that faults show, without a file on a disk.

    They may start those `beside` them: the shipped ones, where nothing else is said.
    """
    vocabulary = shipped_facts() if facts is None else facts
    beside = shipped_library().current if beside is None else beside
    read: list[PathwayText] = []
    faults: list[Fault] = []
    for file, text in texts.items():
        try:
            read.append(read_pathway(text, file, vocabulary))
        except ProcedureFaults as error:
            faults += error.faults
    faults += _together(read, beside, complete=len(read) == len(texts))
    faults += _explored(read, beside, directory)
    return tuple(sorted(faults, key=lambda fault: (fault.file, fault.line, fault.column)))


def _explored(read: Iterable[PathwayText], beside: Mapping[str, Pathway], directory: Directory | None) -> list[Fault]:
    """What going through every sound pathway shows. Done when a procedure is checked, not each time one is loaded."""
    texts = [text for text in read if text.pathway is not None and not text.document.has_errors]
    outcomes = {name: [outcome.name for outcome in pathway.outcomes] for name, pathway in beside.items()}
    outcomes |= {text.pathway.name: [o.name for o in text.pathway.outcomes] for text in texts if text.pathway}
    subjects = {name: pathway.subject for name, pathway in beside.items()}
    subjects |= {text.pathway.name: text.pathway.subject for text in texts if text.pathway}
    found: list[Fault] = []
    for text in texts:
        if text.pathway is not None:
            before = len(text.document.faults)
            try:
                subject = text.pathway.subject
                beyond = {name for name, whose in subjects.items() if whose is not subject}
                seen = {name: () if name in beyond else ends for name, ends in outcomes.items()}
                find(text.document, text.draft, text.pathway, seen)
                known = shipped_competences() if directory is None else ()
                check_clinical(text.document, text.draft, text.pathway)
                check_competences(text.document, text.draft, text.pathway, known)
                if directory is not None:
                    check_network(text.document, text.draft, text.pathway, directory)
            except ProcedureFaults as error:
                found.append(error.faults[-1])
            found += text.document.faults[before:]
    return found


@lru_cache(maxsize=1)
def shipped_facts() -> Mapping[str, Fact]:
    """The vocabulary that comes with the program."""
    path = _HERE / "facts.yaml"
    return load_facts(path.read_text(encoding="utf-8"), path.name)


@lru_cache(maxsize=1)
def shipped_competences() -> Mapping[str, Text]:
    """The names of competences that come with the program."""
    path = _HERE / "competences.yaml"
    return load_competences(path.read_text(encoding="utf-8"), path.name)


@lru_cache(maxsize=1)
def shipped_library() -> Library:
    """The procedures that come with the program."""
    return library_of([SHIPPED])


def started_by(pathway: Pathway, file: Path) -> Mapping[str, Pathway]:
    """The pathways that this one may start, as far as they can be read: those of its own folder, and the shipped ones.

    A faulty file beside it is told where it is checked.
    """
    shipped = shipped_library().current
    starts = {step.pathway for step in pathway.steps.values() if isinstance(step, StartStep)}
    if starts <= set(shipped) or not file.is_file():
        return shipped
    facts, _wrong = vocabulary_of([file.parent], shipped_facts())
    read, _faults = _read([file.parent], facts, shipped)
    return {**shipped, **{text.pathway.name: text.pathway for text in read if text.pathway is not None}}


def texts_of(paths: Iterable[Path]) -> Mapping[str, str]:
    """The exact text of each pathway file by its content hash, to be kept with the runs that are pinned to it."""
    texts = (path.read_bytes().decode("utf-8") for path in pathway_files(paths))
    return {content_hash(text): text for text in texts}


def _competences(paths: Iterable[Path]) -> list[Fault]:
    """What is wrong in the names of competences that lie beside the pathways."""
    faults: list[Fault] = []
    for path in vocabulary_files(paths):
        try:
            if path.name != FACTS:
                load_competences(file_text(path), str(path))
        except ProcedureFaults as error:
            faults += error.faults
    return faults


def _read(
    paths: Iterable[Path], facts: Mapping[str, Fact], beside: Mapping[str, Pathway]
) -> tuple[list[PathwayText], list[Fault]]:
    read: list[PathwayText] = []
    faults: list[Fault] = []
    files = pathway_files(paths)
    for path in files:
        try:
            read.append(read_pathway(file_text(path), str(path), facts))
        except ProcedureFaults as error:
            faults += error.faults
    return read, faults + _together(read, beside, complete=len(read) == len(files))


def _together(read: list[PathwayText], beside: Mapping[str, Pathway], *, complete: bool) -> list[Fault]:
    """What was found in each text and in all of them together."""
    too_many: list[Fault] = []
    try:
        check_together(read, beside, complete=complete)
    except ProcedureFaults as error:
        too_many.append(error.faults[-1])  # the others stand in their documents
    return too_many + [fault for text in read for fault in text.document.faults]

"""The texts that a story begins with in the place of those of today, read from files of a folder of their own."""

from collections.abc import Mapping
from pathlib import Path

from procedures.folders import pathway_files
from procedures.loading import SHIPPED, content_hash, library_of
from procedures.marking import N_
from procedures.reading import Document, listed
from procedures.scenario.kinds import NOT_EARLIER, UNKNOWN_NAME
from procedures.scenario.language import Given, Line, Scenario
from procedures.scenario.verbs import ADOPT
from procedures.schema import Library, Pathway


def earlier_texts(
    document: Document, scenario: Scenario, library: Library, today: Mapping[str, Path]
) -> Mapping[str, Pathway]:
    """By name, what is in force when the story begins. Each mixture of texts that it passes through is read together.

    Args:
        document: gathers what is wrong.
        scenario: the story.
        library: the texts of today.
        today: their files, by the names of the pathways.

    Raises:
        ProcedureFaults: a text is wrong, alone or beside the others.
    """
    found: dict[str, tuple[Path, Pathway]] = {}
    for line in scenario.given.earlier:
        for path in pathway_files([Path(document.file).parent / line.words]):
            for pathway in library_of([path], library.facts, beside=library.current).current.values():
                if _fits(document, line, pathway, library):
                    found[pathway.name] = (path, pathway)
    if found:
        _read_together(scenario, {name: path for name, (path, _pathway) in found.items()}, library, today)
    return {name: pathway for name, (_path, pathway) in found.items()}


def earlier_files(given: Given, folder: Path) -> list[Path]:
    """The files of these texts, for a scenario in this folder."""
    return pathway_files([folder / line.words for line in given.earlier]) if given.earlier else []


def files_of_today(own: list[Path], library: Library) -> Mapping[str, Path]:
    """The file of each pathway of a library, which was read from these and from the shipped ones."""
    texts = {content_hash(path.read_bytes().decode("utf-8")): path for path in pathway_files([SHIPPED, *own])}
    return {name: texts[pathway.content_hash] for name, pathway in library.current.items()}


def _fits(document: Document, line: Line, pathway: Pathway, library: Library) -> bool:
    today = library.current.get(pathway.name)
    if today is None:
        known = listed(sorted(library.current))
        document.fault(UNKNOWN_NAME, line.node, name=pathway.name, what=N_("pathway"), known=known)
        return False
    if pathway.edition >= today.edition:
        numbers = {"edition": str(pathway.edition), "today": str(today.edition)}
        document.fault(NOT_EARLIER, line.node, file=line.words, pathway=pathway.name, **numbers)
    return True


def _read_together(
    scenario: Scenario, earlier: Mapping[str, Path], library: Library, today: Mapping[str, Path]
) -> None:
    """What is in force at the beginning, and after each adoption, must fit together, as in a house."""
    adopted = [act.target for block in scenario.blocks for act in block.acts if act.verb == ADOPT]
    in_force = {**today, **earlier}
    library_of(in_force.values(), library.facts)
    for name in adopted:
        if name in earlier:
            in_force[name] = today[name]
            library_of(in_force.values(), library.facts)

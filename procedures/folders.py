"""What a folder of procedures holds: pathways, here and under `pathways/`, scenarios, and the two vocabularies."""

from collections.abc import Iterable
from pathlib import Path

SCENARIO = ".scenario.yaml"
PATHWAYS = "pathways"
FACTS, COMPETENCES = "facts.yaml", "competences.yaml"
VOCABULARIES = (FACTS, COMPETENCES)


def pathway_files(paths: Iterable[Path]) -> list[Path]:
    """The pathways meant: of a folder every `*.yaml` but the scenarios and the vocabularies.

    A folder without any stays in the list: reading it is a fault, and silence would look like soundness.
    """
    found: list[Path] = []
    for path in paths:
        if path.name in VOCABULARIES and is_file(path):
            continue
        found += _inside(path) or [path]
    return found


def vocabulary_files(paths: Iterable[Path]) -> list[Path]:
    """The vocabularies among these files, and in these folders."""
    found: list[Path] = []
    for path in paths:
        if path.name in VOCABULARIES and is_file(path):
            found.append(path)
        found += [path / name for name in VOCABULARIES if is_file(path / name)]
    return found


def facts_beside(paths: Iterable[Path]) -> list[Path]:
    """Where these files and folders declare facts of their own: beside a pathway, or beside the folder `pathways`."""
    found: dict[Path, None] = {}
    for path in paths:
        folder = path.parent if is_file(path) else path
        above = [folder.parent] if folder.absolute().name == PATHWAYS else []
        found |= {one / FACTS: None for one in (*above, folder) if is_file(one / FACTS)}
    return list(found)


def folders_of(path: Path) -> tuple[Path, ...]:
    """A folder, and the one of its pathways."""
    return (path, path / PATHWAYS)


def is_file(path: Path) -> bool:
    """Whether there is such a file. A name that no file can have is told where it is read as a pathway."""
    try:
        return path.is_file()
    except OSError:
        return False


def _inside(path: Path) -> list[Path]:
    try:
        files = [file for folder in folders_of(path) for file in sorted(folder.glob("*.yaml"))]
    except OSError:  # reading it will tell
        return []
    return [file for file in files if not file.name.endswith(SCENARIO) and file.name not in VOCABULARIES]

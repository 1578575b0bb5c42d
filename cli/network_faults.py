"""Whether a network has somebody for each step of some procedures."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from cli.files import read_text
from models.network import parse_network
from procedures.directory import Directory
from procedures.faults import Fault, FaultKind, Severity
from procedures.marking import N_

NOBODY = FaultKind(
    code="nobody-offers",
    message=N_("In {territory} no service offers {competence}: the coordinator would get every request."),
    help=N_("Add a service to the network, or ask for another competence."),
    severity=Severity.WARNING,
)
ASKED = re.compile(r"\b(?:ask|tell|watched_by):\s*[\"']?([a-z_]+)")
"""Where a step names its competence. Only texts that were found sound are looked at."""


def nobody_offers(paths: Sequence[Path], network: Path) -> list[Fault]:
    """A warning for each competence and territory without a service.

    Raises:
        UnreadableFile: the network's file.
        ProcedureFaults: what is wrong in the network's file.
    """
    directory = parse_network(read_text(network), str(network))
    return [fault for file in _files(paths) for fault in _in_file(file, directory)]


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        for file in sorted(path.glob("*.yaml")) if path.is_dir() else [path]:
            if not file.name.endswith(".scenario.yaml"):
                yield file


def _in_file(file: Path, directory: Directory) -> Iterator[Fault]:
    for number, line in enumerate(read_text(file).splitlines(), start=1):
        for found in ASKED.finditer(line.partition("#")[0]):
            for territory in sorted(directory.territories()):
                if not _offered(directory, found[1], territory):
                    data = {"competence": found[1], "territory": territory}
                    yield Fault(str(file), number, found.start(1) + 1, NOBODY, data)


def _offered(directory: Directory, competence: str, territory: str) -> bool:
    return any(
        competence in service.competences and territory in service.territories
        for service in directory.services.values()
    )

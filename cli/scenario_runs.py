"""Running scenario files for the command line: the networks they name, what came of them, how far they reach."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cli.files import read_text
from models.network import parse_network, sample_network
from procedures.directory import Directory
from procedures.faults import Fault, ProcedureFaults
from procedures.scenario.coverage import Coverage, coverage
from procedures.scenario.differing import Failure, failure
from procedures.scenario.files import Loaded, NetworkOf, load, pathway_in, without_scenarios
from procedures.scenario.language import SAMPLE, Scenario
from procedures.scenario.running import ScenarioRun, Stage
from procedures.schema import Library, Pathway


@dataclass(frozen=True)
class Ran:
    """One scenario that was run."""

    scenario: Scenario
    stage: Stage
    run: ScenarioRun
    failure: Failure | None


@dataclass(frozen=True)
class RanFiles:
    """Everything that was run, and what could not be."""

    ran: tuple[Ran, ...]
    faults: tuple[Fault, ...]
    loaded: tuple[Loaded, ...]
    bare: tuple[tuple[Pathway, Library], ...] = ()
    """Pathways that have no scenarios beside them."""

    @property
    def failed(self) -> list[Ran]:
        """Those that are not as they say."""
        return [one for one in self.ran if one.failure]

    def coverages(self) -> list[tuple[Coverage, Pathway, Library]]:
        """How far the scenarios reach each pathway that one of them is about."""
        found: dict[tuple[int, str], tuple[Library, list[ScenarioRun]]] = {}
        for file in self.loaded:
            for scenario, _stage in file.scenarios:
                found.setdefault((id(file.library), scenario.given.pathway), (file.library, []))
        for pathway, library in self.bare:
            found.setdefault((id(library), pathway.name), (library, []))
        for (library_id, _name), (_library, runs) in found.items():
            runs += [one.run for one in self.ran if id(one.stage.library) == library_id]
        return [
            (coverage(library.current[name], library, runs), library.current[name], library)
            for (_id, name), (library, runs) in found.items()
        ]


def run_files(paths: Iterable[Path], network: Path | None, *, bare: bool = False) -> RanFiles:
    """Run every scenario of these files on the rules alone.

    Args:
        paths: scenario files, pathways with scenarios beside them, or folders.
        network: a network's file that stands for the one that each scenario names.
        bare: whether a pathway without scenarios is none that is wrong: nothing of it is reached.

    Raises:
        ProcedureFaults, UnreadableFile: the network's file cannot be used.
    """
    without, others = without_scenarios(paths) if bare else ([], paths)
    loaded, faults = load(others, _network_of(network))
    alone = []
    for path in without:
        try:
            alone.append(pathway_in(path))
        except ProcedureFaults as wrong:
            faults += (fault for fault in wrong.faults if fault not in faults)
    ran = []
    for file in loaded:
        for scenario, stage in file.scenarios:
            run = stage.run(scenario)
            ran.append(Ran(scenario, stage, run, failure(run)))
    return RanFiles(tuple(ran), tuple(faults), tuple(loaded), tuple(alone))


def _network_of(network: Path | None) -> NetworkOf:
    def named(name: str, folder: Path) -> Directory:
        if network is not None:
            return directory_in(network)
        return sample_directory() if name == SAMPLE else directory_in(folder / name)

    return named


@lru_cache(maxsize=1)
def sample_directory() -> Directory:
    """The invented network that comes with the program."""
    return parse_network(sample_network(), "network.yaml")


@lru_cache(maxsize=32)
def directory_in(path: Path) -> Directory:
    """The network of a file.

    Raises:
        UnreadableFile: it is not there.
        ProcedureFaults: it is wrong.
    """
    return parse_network(read_text(path), str(path))

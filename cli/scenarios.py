"""`staffetta procedures test` and `coverage`: procedures tried out in the words of those who wrote them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cli.command import FOUND, Asked, command
from cli.pathways import app
from cli.printing import put, put_json, tell
from cli.speech import _, translate_fault

__all__ = ["app", "coverage", "try_out"]

if TYPE_CHECKING:
    from cli.scenario_runs import RanFiles
    from procedures.scenario.coverage import Coverage
    from procedures.schema import Library, Pathway

Paths = Annotated[
    list[Path] | None, typer.Argument(metavar="[PATH]...", help=_("Files *.scenario.yaml, pathways, or folders."))
]
Network = Annotated[
    Path | None, typer.Option("--network", help=_("A network's file, in the place of the one each scenario names."))
]


@command(app, "test", example="staffetta procedures test procedures/pathways --coverage")
def try_out(
    asked: Asked,
    paths: Paths = None,
    *,
    network: Network = None,
    with_coverage: Annotated[bool, typer.Option("--coverage", help=_("Show how far the scenarios reach."))] = False,
    suggest: Annotated[bool, typer.Option("--suggest", help=_("Write scenarios for what none reaches."))] = False,
    live: Annotated[
        bool, typer.Option("--live", help=_("Rehearse each one in a real house as well: both must agree."))
    ] = False,
    form: Annotated[
        Literal["text", "json", "github"], typer.Option("--format", help=_("How failures are printed."))
    ] = "text",
) -> None:
    """Run the scenarios of procedures: what was to happen, what happened instead, and the story that led there."""
    from cli.fault_printing import Format, put_faults
    from cli.scenario_pages import as_json, put_coverage, put_failures
    from cli.scenario_runs import run_files

    found = run_files(_paths(paths), network)
    if live:
        from cli.scenario_rehearsals import rehearsed

        found = rehearsed(found, network)
    coverages = found.coverages() if with_coverage or suggest else []
    if asked.as_json or form == "json":
        faults = [fault.as_json(translate_fault) for fault in found.faults]
        reached = [_covered(one, pathway) for one, pathway, _library in coverages]
        put_json({"scenarios": [as_json(one) for one in found.ran], "faults": faults, "coverage": reached})
        if faults:
            tell(_("Faults found: {count}.").format(count=len(faults)))
    else:
        if found.faults:
            put_faults(found.faults, Format(form))
        put_failures(found.failed, Format(form))
        if with_coverage:
            put_coverage([one for one, _pathway, _library in coverages])
            _put_missing(coverages)
        if suggest:
            _suggest(found, coverages, network)
    _tell_count(found)
    if found.faults or found.failed:
        raise typer.Exit(FOUND)


@command(app, "coverage", example="staffetta procedures coverage procedures/pathways --suggest")
def coverage(
    asked: Asked,
    paths: Paths = None,
    *,
    network: Network = None,
    suggest: Annotated[bool, typer.Option("--suggest", help=_("Write scenarios for what none reaches."))] = False,
) -> None:
    """Show which steps, conditions, results, refusals and silences of procedures no scenario reaches."""
    from cli.fault_printing import Format, put_faults
    from cli.scenario_pages import put_coverage
    from cli.scenario_runs import run_files

    found = run_files(_paths(paths), network, bare=True)
    coverages = found.coverages()
    if asked.as_json:
        faults = [fault.as_json(translate_fault) for fault in found.faults]
        put_json({"coverage": [_covered(one, pathway) for one, pathway, _library in coverages], "faults": faults})
    else:
        if found.faults:
            put_faults(found.faults, Format.TEXT)
        put_coverage([one for one, _pathway, _library in coverages])
        _put_missing(coverages)
        if suggest:
            _suggest(found, coverages, network)
    missing = sum(len(one.missing) for one, _pathway, _library in coverages)
    tell(_("Not reached by any scenario: {count}.").format(count=missing))
    if found.faults or missing:
        raise typer.Exit(FOUND)


def _paths(paths: list[Path] | None) -> list[Path]:
    """Those that were named, else the procedures that come with the program."""
    from procedures.loading import SHIPPED

    return paths or [SHIPPED]


def _covered(one: "Coverage", pathway: "Pathway") -> dict[str, object]:
    from cli.scenario_pages import point_words
    from procedures.scenario.points import KINDS

    return {
        "pathway": one.pathway,
        "percent": one.percent,
        "kinds": {kind: one.counts(kind) for kind in KINDS if one.counts(kind)[1]},
        "missing": [
            {"kind": point.kind, "of": point.of, "which": point.which, "said": point_words(point, pathway)}
            for point in one.missing
        ],
    }


def _put_missing(coverages: "Sequence[tuple[Coverage, Pathway, Library]]") -> None:
    from cli.scenario_pages import point_words

    for one, pathway, _library in coverages:
        put(*(f"{one.pathway}: {point_words(point, pathway)}" for point in one.missing))


def _suggest(found: "RanFiles", coverages: "Sequence[tuple[Coverage, Pathway, Library]]", network: Path | None) -> None:
    """Scenarios on standard output, to be read by a person before they are kept: they say what the rules do today."""
    from cli.scenario_pages import point_words
    from cli.scenario_runs import directory_in, sample_directory
    from procedures.scenario.searching import Search
    from procedures.scenario.writing import written

    for one, pathway, library in coverages:
        named = (ran.stage.directory for ran in found.ran if ran.stage.library is library)
        directory = next(named, None) or (directory_in(network) if network else sample_directory())
        runs, unfound = Search(pathway, library, directory).all_missing(one.reached)
        if runs:
            put(written(runs).rstrip())
        for point in unfound:
            tell(_("No scenario was found for this: {what}").format(what=point_words(point, pathway)))


def _tell_count(found: "RanFiles") -> None:
    failed, count = len(found.failed), len(found.ran)
    if failed:
        tell(_("Scenarios failed: {failed} of {count}.").format(failed=failed, count=count))
    elif not found.faults:
        tell(_("Scenarios passed: {count}.").format(count=count))

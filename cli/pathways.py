"""`staffetta procedures`: check procedures before they are used, and read them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cli.command import FOUND, Asked, command
from cli.errors import UnknownFaultCode, WordMissing
from cli.printing import put, put_json, tell
from cli.speech import _, language, translate_fault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from procedures.schema import Fact, Pathway

    Shown = tuple[Pathway, Mapping[str, Fact], Mapping[str, Pathway]]

OF_DIFF = _("A shipped pathway, a file, or an edition of the house such as shelter:2.")
LONGEST = 9
"""Digits of an edition's number that somebody can mean."""
app = typer.Typer(no_args_is_help=True, help=_("Check procedures before they are used, and read them."))


@command(app, "check", example="staffetta procedures check procedures/pathways --format github")
def check(
    asked: Asked,
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="PATH...", help=_("Files, or folders of *.yaml files."))
    ] = None,
    *,
    network: Annotated[
        Path | None, typer.Option("--network", help=_("A network's file: is there somebody for each step?"))
    ] = None,
    form: Annotated[
        Literal["text", "json", "github"], typer.Option("--format", help=_("How faults are printed."))
    ] = "text",
    explain: Annotated[
        str | None, typer.Option("--explain", metavar="CODE", help=_("Tell what a fault means, by its code."))
    ] = None,
) -> None:
    """Find whatever is wrong in procedures: file, line, column, and what to write instead."""
    if explain is not None:
        _explain(explain, as_json=asked.as_json)
        return
    if not paths:
        raise WordMissing(command="staffetta procedures check", name="PATH...")
    from cli.fault_printing import Format, put_faults
    from procedures.faults import Fault, ProcedureFaults
    from procedures.loading import check_paths

    faults: list[Fault] = []
    directory = None
    if network is not None:
        from cli.files import read_text
        from models.network import parse_network

        try:
            directory = parse_network(read_text(network), str(network))
        except ProcedureFaults as wrong:
            faults += wrong.faults
    faults += check_paths(paths, directory=directory)
    put_faults(faults, Format.JSON if asked.as_json else Format(form))
    if faults:
        raise typer.Exit(FOUND)


def _explain(code: str, *, as_json: bool) -> None:
    """One code: why it is a fault, a wrong example and a right one."""
    from cli.explaining.pages import pages
    from cli.explaining.wording import as_text
    from procedures.reading import nearest_or_all

    known = pages()
    if code not in known:
        raise UnknownFaultCode(word=code, known=nearest_or_all(code, known))
    if as_json:
        put_json(known[code])
    else:
        put(*as_text(known[code], language(), _, translate_fault))


@command(app, "show", example="staffetta procedures show shelter --format svg > shelter.svg")
def show(
    asked: Asked,
    name: Annotated[str, typer.Argument(metavar="NAME", help=_("A shipped pathway, such as shelter, or a file."))],
    *,
    form: Annotated[
        Literal["text", "svg", "html"],
        typer.Option("--format", help=_("In plain words, as a drawing, or both on a page to be printed and signed.")),
    ] = "text",
    edition: Annotated[
        int | None,
        typer.Option("--edition", metavar="EDITION", min=1, help=_("That edition of the house, proposed or adopted.")),
    ] = None,
    pdf: Annotated[
        Path | None,
        typer.Option("--pdf", metavar="FILE", help=_("Write the page to be signed into this file, as PDF/A-3u.")),
    ] = None,
) -> None:
    """Show a pathway in plain words: its steps, whom they ask, their limits, and whom silence leads to."""
    from cli.pathway_pages import page, pathway_lines
    from procedures.showing.svg import drawing

    pathway, facts, others = _edition(asked, name, edition) if edition else _pathway(name)
    if pdf is not None:
        from cli.pdf import write_pdf

        write_pdf(page(pathway, facts, others), pdf)
        tell(_("Written: {file}").format(file=pdf))
    if asked.as_json:
        put_json(pathway)
    elif form == "svg":
        put(drawing(pathway, facts, translate_fault, language(), others).rstrip())
    elif form == "html":
        put(page(pathway, facts, others).rstrip())
    elif pdf is None:
        put(*pathway_lines(pathway, facts, others))


@command(app, "diff", example="staffetta procedures diff shelter shelter-edition-2.yaml")
def diff(
    asked: Asked,
    old: Annotated[str, typer.Argument(metavar="OLD", help=OF_DIFF)],
    new: Annotated[str, typer.Argument(metavar="NEW", help=OF_DIFF)],
) -> None:
    """Say in plain words what changed from one edition of a pathway to another."""
    from dataclasses import asdict

    from cli.pathway_pages import difference_lines
    from procedures.showing.comparing import differences
    from procedures.showing.words import Part, plain_words

    def told(name: str) -> list[Part]:
        edition = _numbered(name)
        pathway, facts, others = _edition(asked, *edition) if edition else _pathway(name)
        return plain_words(pathway, facts, translate_fault, language(), others)

    found = differences(told(old), told(new))
    if asked.as_json:
        put_json([asdict(difference) for difference in found])
    else:
        put(*difference_lines(found))


def _numbered(said: str) -> tuple[str, int] | None:
    """`shelter:2` is edition 2 of the house."""
    name, _colon, number = said.rpartition(":")
    numbered = name.isidentifier() and number.isascii() and number.isdecimal() and len(number) <= LONGEST
    return (name, int(number)) if numbered else None


def _edition(asked: Asked, name: str, number: int) -> "Shown":
    """An edition that the house knows, whatever became of it.

    Raises:
        UnknownPathway, UnknownEdition: the house knows none of this name, or not this one.
    """
    from models.adopting import known_text
    from procedures.loading import load_kept

    with asked.house() as house:
        text, library = known_text(house, name, number), house.procedures.library()
    return load_kept(text, f"{name} ({number})"), library.facts, library.current


def _pathway(name: str) -> "Shown":
    """A shipped pathway by its name, or the one in a file; the facts that it may ask about, and what it may start.

    Raises:
        UnknownPathway: neither is there.
        ProcedureFaults: the file holds a pathway that is wrong, or `facts.yaml` beside it is.
    """
    from cli.files import is_there, read_text
    from procedures.errors import UnknownPathway
    from procedures.loading import load_pathway, shipped_facts, shipped_library, started_by, with_facts_beside

    known = shipped_library().current
    if name in known:
        return known[name], shipped_facts(), known
    path = Path(name)
    if not is_there(path) or path.is_dir():
        raise UnknownPathway(pathway=name, known=", ".join(sorted(known)))
    text = with_facts_beside(read_text(path), path)
    pathway = load_pathway(text, name)
    facts = {**shipped_facts(), **pathway.facts}
    return pathway, facts, started_by(pathway, path)

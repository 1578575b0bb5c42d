"""`staffetta procedures`, editions: proposed by one person, adopted by two, and in force from then on."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.command import Asked, command
from cli.pathways import app as procedures_app
from cli.printing import moment, put_json, put_table, tell
from cli.speech import _
from procedures.marking import N_

if TYPE_CHECKING:
    from models.adopting import Acted, OwnFile
    from models.composition import House
    from procedures.editions import Edition

ByOption = Annotated[
    str, typer.Option("--by", metavar="NAME", help=_("The account of the desk whose act it is, such as operatrice."))
]
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help=_("The name of the pathway, such as shelter."))]
EditionArgument = Annotated[int, typer.Argument(metavar="EDITION", min=1, help=_("The number of the edition."))]
STATES: Mapping[str, str] = {
    "proposed": N_("proposed"),
    "in_force": N_("in force"),
    "past": N_("past"),
    "beside": N_("shipped, not adopted"),
    "withdrawn": N_("withdrawn"),
    "out_of_force": N_("taken out of force"),
}


@command(procedures_app, "propose", example="staffetta procedures propose shelter.yaml --by operatrice")
def propose(
    asked: Asked,
    file: Annotated[str, typer.Argument(metavar="FILE", help=_("A file, or the name of a shipped pathway."))],
    by: ByOption,
) -> None:
    """Propose an edition of a pathway. It is checked, and comes into force when two people adopted it."""
    from models.adopting import propose as keep_proposal

    text, called = _text(file)
    with asked.house() as house:
        acted = keep_proposal(house, text, called, _actor(house, by))
        _put_act(asked, house, acted)


@command(procedures_app, "adopt", example="staffetta procedures adopt shelter 2 --by operatrice")
def adopt(asked: Asked, name: NameArgument, edition: EditionArgument, by: ByOption) -> None:
    """Adopt a proposed edition. With the second person it is in force for every pathway that begins from then on."""
    from models.adopting import adopt as keep_adoption

    with asked.house() as house:
        acted = keep_adoption(house, name, edition, _actor(house, by))
        _put_act(asked, house, acted)


@command(procedures_app, "withdraw", example="staffetta procedures withdraw shelter 2 --by operatrice")
def withdraw(asked: Asked, name: NameArgument, edition: EditionArgument, by: ByOption) -> None:
    """Take a proposed edition back before it is in force, or the wish that one in force leave."""
    from models.adopting import withdraw as take_back

    with asked.house() as house:
        taken = take_back(house, name, edition, _actor(house, by))
    if asked.as_json:
        put_json({"pathway": taken.pathway, "edition": taken.edition, "state": "withdrawn"})
    else:
        tell(_("Edition {edition} of {pathway} is withdrawn.").format(edition=taken.edition, pathway=taken.pathway))


@command(procedures_app, "take-out", example="staffetta procedures take-out channel_test 2 --by operatrice")
def take_out(asked: Asked, name: NameArgument, edition: EditionArgument, by: ByOption) -> None:
    """Take a pathway out of force. With the second person nothing begins by it any more; what runs goes on."""
    from models.adding_accounts import operator_names
    from models.adopting import take_out as keep_wish

    with asked.house() as house:
        taken = keep_wish(house, name, edition, _actor(house, by))
        names = operator_names(house.database)
    if asked.as_json:
        put_json(_fields(taken, names))
    elif taken.out_since:
        tell(_("{pathway} is out of force: nothing begins by it any more. Cases that run go on.").format(pathway=name))
    else:
        tell(_("One person wants {pathway} out of force. Somebody else has to say so as well.").format(pathway=name))


@command(procedures_app, "editions", example="staffetta procedures editions shelter")
def editions(
    asked: Asked,
    name: Annotated[
        str, typer.Argument(metavar="[NAME]", help=_("The name of a pathway; without one, all of them."))
    ] = "",
) -> None:
    """List the editions of the procedures: which is in force, which are proposed, and by whom."""
    from models.adding_accounts import operator_names
    from models.adopting import not_used, own_files
    from procedures.errors import UnknownPathway

    with asked.house() as house:
        known, names = house.procedures.editions(), operator_names(house.database)
        files = own_files(house)
    if name and name not in known:
        raise UnknownPathway(pathway=name, known=", ".join(sorted(known)))
    found = [one for pathway in sorted(known) if name in {"", pathway} for one in known[pathway]]
    if asked.as_json:
        put_json({"editions": [_fields(one, names) for one in found], "files": [_file(one) for one in files]})
        return
    heads = (_("pathway"), _("edition"), _("state"), _("in force since"), _("proposed by"), _("adopted by"))
    put_table(heads, (_line(one, names) for one in found))
    tell(*(_unused(one) for one in not_used(files)))


def _text(said: str) -> tuple[str, str]:
    """The text of a file, or of a shipped pathway by its name; with what messages call it."""
    from cli.files import is_there, read_text
    from procedures.loading import SHIPPED, with_facts_beside

    shipped = SHIPPED / f"{said}.yaml"
    path = shipped if said.isidentifier() and is_there(shipped) and not is_there(Path(said)) else Path(said)
    return with_facts_beside(read_text(path), path), path.name if path is shipped else said


def _actor(house: "House", name: str) -> str:
    from models.accounts import operator_named

    return f"operator:{operator_named(house.database, name)}"


def _put_act(asked: Asked, house: "House", acted: "Acted") -> None:
    from cli.fault_printing import Format, put_faults
    from models.adding_accounts import operator_names

    if asked.as_json:
        put_json(_fields(acted.edition, operator_names(house.database)))
        return
    if acted.warnings:
        put_faults(acted.warnings, Format.TEXT)
    tell(told(acted.edition))


def told(edition: "Edition") -> str:
    """Where an edition stands after an act, and what comes next."""
    if edition.state == "in_force":
        said = _("Edition {edition} of {pathway} is in force. Cases that run keep theirs.")
    elif edition.adopted:
        said = _("Edition {edition} of {pathway} is adopted by one person. Somebody else has to adopt it as well.")
    else:
        said = _("Edition {edition} of {pathway} is proposed. It comes into force when two people adopted it.")
    return said.format(edition=edition.edition, pathway=edition.pathway)


def _fields(one: "Edition", names: Mapping[str, str]) -> dict[str, object]:
    return {
        "pathway": one.pathway,
        "edition": one.edition,
        "content_hash": one.content_hash,
        "state": one.state.value,
        "shipped": one.shipped,
        "warnings": one.warnings,
        "proposed_by": names.get(one.proposed_by, one.proposed_by) or None,
        "proposed_at": one.proposed_at and one.proposed_at.isoformat(),
        "adopted": [{"by": names.get(by, by), "at": at.isoformat()} for by, at in one.adopted],
        "in_force_since": one.in_force_since and one.in_force_since.isoformat(),
        "taken_out": [{"by": names.get(by, by), "at": at.isoformat()} for by, at in one.leaving],
        "out_since": one.out_since and one.out_since.isoformat(),
    }


def _line(one: "Edition", names: Mapping[str, str]) -> Sequence[str | None]:
    by = names.get(one.proposed_by, one.proposed_by) or (_("the program") if one.shipped else None)
    adopters = ", ".join(names.get(actor, actor) for actor, _at in one.adopted)
    since = moment(one.in_force_since) if one.in_force_since else None
    return (one.pathway, str(one.edition), _(STATES[one.state.value]), since, by, adopters or None)


def _file(one: "OwnFile") -> dict[str, object]:
    state = one.state.value if one.state else None
    return {"file": one.file, "pathway": one.pathway or None, "edition": one.edition or None, "state": state}


def _unused(one: "OwnFile") -> str:
    """That a file of the house's own folder is not used, and what to do."""
    if one.declares_facts:
        said = _("The facts in {file} are used with the procedures that ask about them, as two people adopted these.")
        return said.format(file=one.file)
    if one.is_vocabulary:
        return _("{file} is not used: a house goes by the one that comes with the program.").format(file=one.file)
    if not one.pathway:
        return _("{file} is not used: it cannot be read. Try `staffetta procedures check`.").format(file=one.file)
    if one.state is None:
        return _("{file} is not used: nobody proposed it. Try `staffetta procedures propose`.").format(file=one.file)
    return _("{file} is not used: {state}.").format(file=one.file, state=_(STATES[one.state.value]))


def unused_lines(house: "House") -> Iterator[str]:
    """The same for every such file."""
    from models.adopting import not_used, own_files

    return (_unused(one) for one in not_used(own_files(house)))

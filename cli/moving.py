"""`staffetta procedures move`: running pathways are moved to the edition in force, previewed case by case."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.command import FOUND, Asked, command
from cli.editions import NameArgument
from cli.errors import WordMissing
from cli.pathways import app as procedures_app
from cli.printing import moment, put, put_json, tell
from cli.speech import _, failure, translate_fault

if TYPE_CHECKING:
    from models.composition import House
    from models.moves import CasePreview

REASONS = "procedure_changed, law_changed, better_for_her, fault_in_the_old."


@command(procedures_app, "move", example="staffetta procedures move shelter --all --preview")
def move(
    asked: Asked,
    name: NameArgument,
    *,
    case: Annotated[str, typer.Option("--case", metavar="CODE", help=_("The code of the case."))] = "",
    every: Annotated[bool, typer.Option("--all", help=_("Every case in which the pathway runs."))] = False,
    to: Annotated[
        int | None, typer.Option("--to", metavar="EDITION", min=1, help=_("The edition; it must be the one in force."))
    ] = None,
    only_preview: Annotated[bool, typer.Option("--preview", help=_("Only tell what would happen."))] = False,
    reason: Annotated[str, typer.Option("--reason", help=REASONS)] = "",
    by: Annotated[
        str, typer.Option("--by", metavar="NAME", help=_("The account of the desk of whoever coordinates."))
    ] = "",
) -> None:
    """Move running pathways to the edition in force, and tell of each what comes of it. Whatever is done stays done."""
    from cli.codes import as_kept
    from models.moves import in_force, previews
    from models.views import case_id_of
    from procedures.move_errors import NotTheEditionInForce

    words = {"--case CODE | --all": case or every, "--reason": only_preview or reason, "--by": only_preview or by}
    _check_words(words, reason)
    with asked.house() as house:
        new = in_force(house, name)
        if to is not None and to != new.edition:
            raise NotTheEditionInForce(pathway=name, edition=to, in_force=new.edition)
        code = as_kept(case) if case else None
        if code is not None:
            case_id_of(house.database, code)
        found = previews(house, name, code)
        actor = "" if only_preview else _actor(house, by)
        moved = [not only_preview and one.preview.may_move and _moved(house, one, actor, reason) for one in found]
        told = [_told(house, one, moved=so, as_json=asked.as_json) for one, so in zip(found, moved, strict=True)]
        if asked.as_json:
            put_json({"pathway": name, "edition": new.edition, "runs": told})
        else:
            put(*(line for lines in told for line in lines))
        tell(_("Running pathways by another edition: {count}.").format(count=len(found)))
        if not only_preview and not all(moved):
            raise typer.Exit(FOUND)


def _check_words(words: Mapping[str, object], reason: str) -> None:
    """Whether all that is needed is said. Raises WordMissing, UnknownReason."""
    from procedures.commands import MoveReason
    from procedures.errors import UnknownReason

    for missing in [word for word, said in words.items() if not said]:
        raise WordMissing(command="staffetta procedures move", name=missing)
    if reason and reason not in list(MoveReason):
        raise UnknownReason(reason=reason, known=", ".join(MoveReason))


def _actor(house: "House", name: str) -> str:
    from models.accounts import operator_named

    return f"operator:{operator_named(house.database, name)}"


def _moved(house: "House", one: "CasePreview", actor: str, reason: str) -> bool:
    """Whether it was moved: something may have come in between since it was looked at."""
    from procedures.commands import MovePathway, Road
    from procedures.move_errors import CannotMove

    asked = {"id": house.ids.new_id(), "case_id": one.case_id, "actor": actor, "road": Road.CLI}
    said = {"run": one.preview.run_id, "edition": one.preview.edition, "reason": reason}
    try:
        house.handling.handle(MovePathway.model_validate({**asked, **said}))
    except CannotMove as obstacle:
        tell(f"{one.code}: {failure(obstacle)}")
        return False
    return True


def _told(house: "House", one: "CasePreview", *, moved: bool, as_json: bool) -> Any:
    shown = one.preview
    if as_json:
        return {**_fields(one), "moved": moved, "said": _lines(house, one)}
    head = _("{code}, {ref}: from edition {old} to edition {new}").format(
        code=one.code, ref=shown.ref, old=shown.old_edition, new=shown.edition
    )
    head = f"{head} ({_('moved')})" if moved else head
    return [head, *(f"    {line}" for line in _lines(house, one))]


def _fields(one: "CasePreview") -> dict[str, object]:
    shown = one.preview
    return {
        "case": one.code,
        "run": shown.ref,
        "old_edition": shown.old_edition,
        "edition": shown.edition,
        "obstacles": [why.code for why in shown.obstacles],
        "done": shown.done,
        "at_work": shown.at_work,
        "begins": shown.begins,
        "new": shown.new,
        "left_out": shown.left_out,
        "looked_at_anew": shown.looked_at,
        "ends": [
            {
                "step": end.step,
                "old": end.old_at and end.old_at.isoformat(),
                "new": end.new_at and end.new_at.isoformat(),
            }
            for end in shown.ends
        ],
        "over": shown.over,
    }


def _lines(house: "House", one: "CasePreview") -> Sequence[str]:
    from cli.case_pages import names_of
    from procedures.showing.moves import Telling, preview_lines

    names, run = names_of(house), one.state.runs[one.preview.run_id]
    new = house.procedures.library().current[run.pathway]

    def step(name: str) -> str:
        return names.step(run.pathway, name, new.content_hash if name in new.steps else run.content_hash)

    def when(at: Any) -> str:
        return moment(at) or ""

    telling = Telling(step=step, service=names.service, when=when, refusal=failure, say=translate_fault)
    return preview_lines(one.preview, telling)

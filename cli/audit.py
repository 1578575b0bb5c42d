"""`staffetta audit`: derive every state again from the trail, and hand the trail out without what is secret."""

import json
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.codes import as_kept
from cli.command import FOUND, Asked, command
from cli.printing import moment, put, put_json, put_json_line, put_table, tell
from cli.speech import _, language
from cli.users import SHELL
from procedures.marking import N_

if TYPE_CHECKING:
    from models.reports import Report
    from models.trail import Verification

app = typer.Typer(no_args_is_help=True, help=_("Check the trail, and hand it out."))
REPORTED = {
    "cancelled": N_("cancelled in Prefect"),
    "resumed": N_("resumed or retried in Prefect"),
    "paused": N_("paused in Prefect"),
    "ended": N_("ended in Prefect"),
    "deleted": N_("deleted in Prefect"),
    "rebuilt": N_("Prefect's database was lost"),
    "left_under_way": N_("left under way: an engine was killed, or somebody resumed it"),
    "task_changed": N_("a task run was changed in Prefect"),
    "unknown_task": N_("a task run that follows from no event"),
    "unknown_run": N_("a flow run that follows from no trail"),
}


@command(app, "verify", example="staffetta audit verify --anchors saved-mails/")
def verify(
    asked: Asked,
    *,
    anchors: Annotated[
        Path | None,
        typer.Option("--anchors", help=_("Mails of the house that were saved outside: a file (.eml), or a folder.")),
    ] = None,
    from_start: Annotated[
        bool, typer.Option("--from-start", help=_("Look again at what an interrupted check had seen."))
    ] = False,
) -> None:
    """Check every chain, derive every state again, and compare it with what is kept."""
    from models.anchors import read_anchors
    from models.whole_check import verify_whole

    told = () if anchors is None else read_anchors(anchors)
    with asked.house() as house:
        found = verify_whole(house, told, from_start=from_start)
    if asked.as_json:
        put_json({field.name: getattr(found, field.name) for field in fields(found)} | {"sound": found.sound})
    else:
        put_table(
            (_("case"), _("event"), _("fault"), _("what")),
            (
                (fault.case_code, None if fault.seq is None else str(fault.seq), fault.code, _said(fault.message))
                for fault in found.faults
            ),
        )
    tell(_counted(found))
    tell(_outside(found.unchanged_until))
    _tell_stamps(found)
    if found.erased:
        tell(_("Erased cases, whose chains hold and which nobody can read: {count}.").format(count=found.erased))
    if not found.sound:
        raise typer.Exit(FOUND)


def _said(message: str) -> str:
    """A fault's message in the language of the command line; `--json` keeps the English one."""
    from models.fault_words import taken_apart
    from notifiers.faults import fault_said

    return fault_said(taken_apart(message), language())


def _counted(found: "Verification") -> str:
    """How much was looked through."""
    return _(
        "Cases: {cases}, events: {events}, faults: {faults}. "
        "Acts about procedures: {acts}, about accounts: {people}, about who sees a case: {relations}. "
        "Looks at cases: {reads}."
    ).format(
        cases=found.cases,
        events=found.events,
        acts=found.acts,
        people=found.person_acts,
        relations=found.relation_acts,
        reads=found.reads,
        faults=len(found.faults),
    )


def _outside(until: datetime | None) -> str:
    """What can be said of somebody who holds the keys."""
    if until is None:
        return _(
            "No anchor from outside reaches this house: that somebody with its keys rewrote it cannot be excluded."
        )
    return _("Up to {moment} nothing was rewritten: an anchor from outside shows it.").format(moment=moment(until))


def _tell_stamps(found: "Verification") -> None:
    """What a third party proves; nothing in a house that never asked one."""
    if found.stamped_until is not None and found.stamped_at is not None:
        said = _("A third party proves what happened up to {moment}: its time stamp of {stamped} holds.")
        tell(said.format(moment=moment(found.stamped_until), stamped=moment(found.stamped_at)))
    if found.stamps_unchecked:
        said = _("Time stamps that were not checked, for [anchors] stamp_ca names no certificates: {count}.")
        tell(said.format(count=found.stamps_unchecked))


@command(app, "key", example="staffetta audit key")
def key(asked: Asked) -> None:
    """Print the public half of the key that signs the roots, for whoever keeps anchors outside."""
    from models.keyring_errors import KeyMissing
    from models.rootkeys import PUBLIC, public_root_key

    with asked.house() as house:
        folder = house.settings.key_folder
        public = public_root_key(folder)
    if public is None:
        raise KeyMissing(path=folder / PUBLIC)
    put_json({"public_key": public.hex()}) if asked.as_json else put(public.hex())


@command(app, "export", example="staffetta audit export C-7KQ4-M9TX > trail.jsonl")
def export(
    asked: Asked,
    codes: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CODE]...", help=_("The codes of the cases; without one, every case.")),
    ] = None,
    *,
    to: Annotated[
        Path | None,
        typer.Option("--to", help=_("Write all chains, the roots and what checks them to this file, for an auditor.")),
    ] = None,
) -> None:
    """Print the trail of cases as lines of JSON, without facts, consents, evidence or anything personal."""
    if to is not None:
        _archive(asked, codes, to)
        return
    from models.encoding import split
    from models.reads import ReadKind, note_reads
    from models.trail import case_events
    from models.views import all_cases, case_id_of

    with asked.house() as house:
        named = [(code, case_id_of(house.database, code)) for code in map(as_kept, codes or ())]
        readable = [case for case in all_cases(house.database) if case.erased_at is None]
        found = named if codes else [(case.code, case.case_id) for case in readable]
        note_reads(house.database, [case_id for _code, case_id in found], SHELL, ReadKind.EXPORT, house.clock.now())
        for code, case_id in found:
            for one in case_events(house.database, house.keyring, case_id):
                put_json_line(
                    {
                        "case": code,
                        "seq": one.seq,
                        "command_id": one.command_id,
                        "actor": one.actor,
                        "road": one.road,
                        **json.loads(split(one.event).payload),
                    }
                )


def _archive(asked: Asked, codes: list[str] | None, target: Path) -> None:
    """The whole trail, with what checks it; noted for every case, and told outside."""
    from cli.errors import CodesBesideTo
    from models.anchors import anchor_now
    from models.exporting import write_archive
    from models.reads import ReadKind, note_reads
    from models.rootkeys import public_root_key
    from models.views import all_cases

    if codes:
        raise CodesBesideTo
    with asked.house() as house:
        now = house.clock.now()

        def note() -> None:
            """Before anything is handed out."""
            every = [one.case_id for one in all_cases(house.database)]
            note_reads(house.database, every, SHELL, ReadKind.EXPORT, now)

        rows = write_archive(house.database, public_root_key(house.settings.key_folder), target, now, note)
        anchor_now(house.database, now, "export")
    put_json({"file": target, "rows": rows}) if asked.as_json else put(str(target))
    tell(_("Rows of all chains: {rows}. `python3 verify.py`, which is in it, checks them.").format(rows=rows))


@command(app, "reads", example="staffetta audit reads C-7KQ4-M9TX")
def show_reads(
    asked: Asked,
    code: Annotated[
        str | None, typer.Argument(metavar="[CODE]", help=_("The code of a case; without one, every case."))
    ] = None,
    *,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help=_("How many lines at most."))] = 200,
) -> None:
    """Print who looked at which case, the latest first."""
    from models.adding_accounts import operator_names
    from models.reads import READS, reads
    from models.views import case_id_of
    from notifiers.language import translator

    with asked.house() as house:
        if code is not None:
            case_id_of(house.database, as_kept(code))
        found = reads(house.database, None if code is None else as_kept(code), limit=limit)
        names = operator_names(house.database)
    if asked.as_json:
        put_json(found)
        return
    said = translator(language(), "procedures").gettext
    put_table(
        (_("when"), _("who"), _("case"), _("what")),
        ((moment(one.at), names.get(one.actor, one.actor), one.case_code, said(READS[one.kind])) for one in found),
    )


@command(app, "history", example="staffetta audit history")
def history(
    asked: Asked,
    *,
    still_open: Annotated[bool, typer.Option("--open", help=_("Only what was not mended yet."))] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help=_("How many lines at most."))] = 200,
) -> None:
    """Print what in Prefect's record did not agree with the trail, newest first."""
    from models.reports import reports

    with asked.house() as house:
        found = reports(house.database, limit=limit, still_open=still_open)
    if asked.as_json:
        put_json([_report_fields(one) for one in found])
    else:
        heads = (_("run"), _("pathway"), _("what"), _("first seen"), _("last seen"), _("mended"))
        put_table(heads, map(_report_line, found))
    still = sum(one.mended_at is None for one in found)
    tell(
        _("Reports: {count}, not mended yet: {open}. No handoff changes by them.").format(count=len(found), open=still)
    )
    if still:
        raise typer.Exit(FOUND)


def _report_fields(one: "Report") -> dict[str, str | int | None]:
    return {
        "run": one.run_ref,
        "pathway": one.pathway,
        "flow_run": None if one.run_ref else one.run_id,
        "kind": one.kind,
        "first_seen_at": one.first_seen_at.isoformat(),
        "last_seen_at": one.last_seen_at.isoformat(),
        "seen": one.seen,
        "mended_at": None if one.mended_at is None else one.mended_at.isoformat(),
    }


def _report_line(one: "Report") -> tuple[str | None, ...]:
    return (
        one.run_ref or one.run_id,
        one.pathway,
        _(REPORTED.get(one.kind, one.kind)),
        moment(one.first_seen_at),
        moment(one.last_seen_at),
        None if one.mended_at is None else moment(one.mended_at),
    )

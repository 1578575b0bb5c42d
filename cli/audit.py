"""`staffetta audit`: derive every state again from the trail, and hand the trail out without what is secret."""

import json
from typing import Annotated

import typer

from cli.codes import as_kept
from cli.command import FOUND, Asked, command
from cli.printing import put_json, put_json_line, put_table, tell
from cli.speech import _

app = typer.Typer(no_args_is_help=True, help=_("Check the trail, and hand it out."))


@command(app, "verify", example="staffetta audit verify")
def verify(asked: Asked) -> None:
    """Check every chain, derive every state again, and compare it with what is kept."""
    from models.trail import verify as verify_trail

    with asked.house() as house:
        found = verify_trail(house.database, house.keyring)
    if asked.as_json:
        put_json({"cases": found.cases, "events": found.events, "sound": found.sound, "faults": found.faults})
    else:
        put_table(
            (_("case"), _("event"), _("fault"), _("what")),
            (
                (fault.case_code, None if fault.seq is None else str(fault.seq), fault.code, fault.message)
                for fault in found.faults
            ),
        )
    tell(
        _("Cases: {cases}, events: {events}, faults: {faults}.").format(
            cases=found.cases, events=found.events, faults=len(found.faults)
        )
    )
    if not found.sound:
        raise typer.Exit(FOUND)


@command(app, "export", example="staffetta audit export C-7KQ4-M9TX > trail.jsonl")
def export(
    asked: Asked,
    codes: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CODE]...", help=_("The codes of the cases; without one, every case.")),
    ] = None,
) -> None:
    """Print the trail of cases as lines of JSON, without facts, consents, evidence or anything personal."""
    from models.encoding import split
    from models.trail import case_events
    from models.views import all_cases, case_id_of

    with asked.house() as house:
        named = [(code, case_id_of(house.database, code)) for code in map(as_kept, codes or ())]
        found = named if codes else [(case.code, case.case_id) for case in all_cases(house.database)]
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

"""`staffetta doctor`: whether this house can do its work, and what to mend."""

import typer

from cli.command import FOUND, LONGEST_TALK, Asked, command
from cli.printing import put_json, put_table, tell
from cli.speech import _


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "doctor", example="staffetta doctor --data data")(doctor)


def doctor(asked: Asked) -> None:
    """Look whether everything is in place: folder, settings, keys, database, network, carriers, dispatcher."""
    from cli.examining import Health, examine

    findings = examine(asked.data, asked.config)
    if asked.as_json:
        put_json(findings)
    else:
        put_table(
            (_("what"), _("how it is"), _("to know")),
            ((_(one.what), _(one.health.value), one.said) for one in findings),
        )
    bad = [one for one in findings if one.health is Health.BAD]
    if bad:
        tell(_("To be mended: {count}.").format(count=len(bad)), *(one.said for one in bad[: LONGEST_TALK - 1]))
        raise typer.Exit(FOUND)
    tell(_("Everything that a case needs is in place."))

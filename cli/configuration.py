"""`staffetta config show`: the settings in force, and where each of them came from."""

import typer

from cli.command import Asked, command
from cli.printing import put_json, put_table
from cli.speech import _

app = typer.Typer(no_args_is_help=True, help=_("The settings in force."))


@command(app, "show", example="staffetta config show --data data")
def show(asked: Asked) -> None:
    """Show every setting, its value, and where it came from. Secrets stay hidden."""
    from cli.origins import settings_with_origins

    rows = settings_with_origins(asked.data, asked.config)
    if asked.as_json:
        put_json([{"key": row.key, "value": row.value, "from": row.origin} for row in rows])
    else:
        put_table((_("setting"), _("value"), _("from")), ((row.key, row.value, row.origin) for row in rows))


@app.callback()
def _of_the_noun() -> None:
    """Keeps `show` a word of its own while it is the only one."""

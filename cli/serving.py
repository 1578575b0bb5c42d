"""`staffetta serve`: the house at work, whole or one part of it."""

from typing import Annotated, Literal

import typer

from cli.command import Asked, command
from cli.printing import put, put_json_line, tell
from cli.speech import _

Part = Literal["desk", "dispatcher", "replies", "engine"]


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "serve", example="staffetta serve --data data --port 8480")(serve)


def serve(
    asked: Asked,
    part: Annotated[Part | None, typer.Argument(help=_("One part alone; without it, all of them."))] = None,
    *,
    port: Annotated[int | None, typer.Option("--port", min=0, max=65535, help=_("The port of the desk."))] = None,
) -> None:
    """Run the house: desk, dispatcher, engine and Prefect together, each started again if it dies."""
    from cli.carrying import usable_carriers, usable_desk_carriers
    from cli.unreachable import unreachable_lines
    from flows import serving
    from models.accounts import FIRST_OPERATOR
    from models.settings import load_settings

    def greet(greeting: serving.Greeting) -> None:
        with asked.house() as house:
            tell(*unreachable_lines(house))
        if asked.as_json:
            put_json_line({"url": greeting.url, "account": FIRST_OPERATOR, "password": greeting.first_password})
            return
        if part in {None, "desk"}:
            put(greeting.url)
        if greeting.first_password is not None:
            tell(
                _("The account {account} was made. Its password is shown only now: {password}").format(
                    account=FIRST_OPERATOR, password=greeting.first_password
                )
            )
        tell(_("The house is at work. Ctrl-C stops it."))

    # A sender that cannot start would be started again for ever.
    settings = load_settings(asked.data, asked.config)
    usable_carriers(settings)
    usable_desk_carriers(settings)
    serving.serve(asked.data, port=port, only=part, config=asked.config, greet=greet)

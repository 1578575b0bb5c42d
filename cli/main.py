"""The `staffetta` command. Nothing heavy is imported here: a command imports what it needs when it runs."""

import typer

from cli import (
    audit,
    cases,
    certified,  # noqa: F401  # its command is one of `case`
    configuration,
    consents,  # noqa: F401  # its commands are those of `case` and `procedures`
    doctor,
    editions,  # noqa: F401  # its commands are those of `procedures`
    erasing,  # noqa: F401  # its commands are those of `case` and `audit`
    gathering,  # noqa: F401  # its command is one of `case`
    handoffs,
    keys,
    moving,  # noqa: F401  # its command is one of `procedures`
    network,
    pins,
    scenarios,
    serving,
    steering,  # noqa: F401  # its commands are those of `case`
    users,
    watch,
    who,
)
from cli.speech import _
from cli.usage import Everything, Noun

app = typer.Typer(
    name="staffetta",
    cls=Everything,
    help=_("The relay of a network against gender-based violence: cases, handoffs, procedures, the trail."),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # a pretty traceback shows the values of variables
)
serving.add_to(app)
watch.add_to(app)
app.add_typer(cases.app, name="case", cls=Noun)
app.add_typer(handoffs.app, name="handoff", cls=Noun)
who.add_to(app)
app.add_typer(scenarios.app, name="procedures", cls=Noun)
app.add_typer(network.app, name="network", cls=Noun)
app.add_typer(pins.app, name="pin", cls=Noun)
app.add_typer(audit.app, name="audit", cls=Noun)
doctor.add_to(app)
app.add_typer(configuration.app, name="config", cls=Noun)
app.add_typer(keys.app, name="keys", cls=Noun)
app.add_typer(users.app, name="user", cls=Noun)

if __name__ == "__main__":
    app()

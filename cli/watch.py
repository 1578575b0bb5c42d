"""`staffetta watch`: the outside watcher, on a second machine; `config watch` writes its settings file."""

from pathlib import Path
from typing import Annotated

import typer

from cli.command import FOUND, Asked, command
from cli.configuration import app as config
from cli.printing import put, put_json, put_table, tell
from cli.speech import _
from procedures.marking import N_
from procedures.vigil import Seen

SEEN = {
    Seen.WELL: N_("it is well"),
    Seen.SILENT: N_("it does not answer"),
    Seen.STRANGE: N_("something else answers, or the key is another"),
    Seen.TROUBLED: N_("it answers, and something in it does not work"),
}
DRAFT = """\
# {about}
url = "{url}"
key = "{key}"
every = 5             # {every}
silent_after = 60     # {silent_after}
again_every = 900     # {again_every}

[carriers.email]
url_file = "mail.url" # {carrier}

[[tell]]
email = "{address}"
language = "{language}"
"""


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "watch", example="staffetta watch watch.toml")(watch)


def watch(
    asked: Asked,
    file: Annotated[Path, typer.Argument(help=_("The settings of the watcher, as `config watch` begins them."))],
    *,
    once: Annotated[
        bool, typer.Option("--once", help=_("Look once, send everybody one test message, and end."))
    ] = False,
) -> None:
    """Watch a house from another machine, and tell people when it goes silent and when it is back."""
    import asyncio

    from cli.carrying import usable
    from flows.journal import open_journal
    from flows.process import run_until_told
    from flows.watcher import try_out
    from flows.watcher import watch as watch_for_ever
    from models.watch_settings import load_watch_settings

    settings = load_watch_settings(file)
    urls = usable(settings.carriers)
    if once:
        sight, sent = asyncio.run(try_out(settings, urls, open_journal("watcher")))
        if asked.as_json:
            put_json(
                {
                    "seen": sight.seen,
                    "faults": sight.faults,
                    "sent": [{"channel": channel, "taken": taken} for channel, taken in sent],
                }
            )
        else:
            rows = [(_("house"), _(SEEN[sight.seen]), ", ".join(sight.faults))]
            rows += [
                (channel, _("taken by the carrier") if taken else _("not taken by the carrier"), "")
                for channel, taken in sent
            ]
            put_table((_("what"), _("how it is"), _("to know")), rows)
        if sight.seen is not Seen.WELL or not all(taken for _channel, taken in sent):
            tell(_("The watcher cannot do its work like this."))
            raise typer.Exit(FOUND)
        return

    def complain(channel: str) -> None:
        tell(_("Nobody could be told over {channel}: it is tried again. Telephone.").format(channel=channel))

    tell(_("Watching {url}. Ctrl-C stops it.").format(url=settings.url))
    raise typer.Exit(run_until_told("watcher", lambda journal: watch_for_ever(settings, urls, journal, say=complain)))


@command(config, "watch", example="staffetta config watch --data data > watch.toml")
def draft(asked: Asked) -> None:
    """Print the settings file of the outside watcher of this house, with the secret that they share."""
    from models.heartbeat import watch_key

    with asked.house() as house:
        desk = house.settings.desk
        values = {"url": desk.web_address, "key": watch_key(house.keyring.token_key).hex(), "language": desk.language}
    if asked.as_json:
        put_json(values)
        return
    explained = {
        "about": _("For `staffetta watch` on another machine. It holds a secret: chmod 600."),
        "every": _("seconds between two looks"),
        "silent_after": _("seconds without a good sign until people are told"),
        "again_every": _("seconds until they are told again"),
        "carrier": _("a mail account of its own, not that of the house"),
        "address": _("coordinator@example.org"),
    }
    put(DRAFT.format(**values, **explained).rstrip())

"""`staffetta keys`: which keys the house has, putting new ones in their place, and their three shares."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.command import FOUND, Asked, command
from cli.printing import moment, put, put_json, put_table, tell
from cli.speech import _

if TYPE_CHECKING:
    from models.settings import Settings

app = typer.Typer(
    no_args_is_help=True, help=_("The keys of the house: which there are, new ones, and their three shares.")
)

SharesArgument = Annotated[
    list[Path], typer.Argument(metavar="SHARE SHARE", help=_("The files of two shares, as printed or typed again."))
]


@command(app, "show", example="staffetta keys show")
def show(asked: Asked) -> None:
    """List the key files, since when each is there, and its fingerprint. Never a key."""
    from models.keyfiles import key_files

    folder = _settings(asked).key_folder
    found = key_files(folder)
    if asked.as_json:
        put_json(found)
        return
    stages = {"": _("in use"), "next": _("coming"), "old": _("the one before")}
    put_table(
        (_("key"), _("which"), _("since"), _("fingerprint")),
        ((one.name, stages[one.stage.value], moment(one.since), one.fingerprint) for one in found),
    )


@command(app, "rotate", example="staffetta keys rotate")
def rotate(asked: Asked) -> None:
    """Put new keys into the place of those that wrap the keys of cases, while everybody works on."""
    from models.rotating import rotate as rotate_keys

    with asked.house(with_vault=True) as house:
        found = rotate_keys(house)
    if asked.as_json:
        put_json(found)
        return
    put_table(
        (_("key"), _("fingerprint"), _("rewrapped")),
        ((one.name, one.fingerprint, str(one.rewrapped)) for one in found),
    )
    tell(_("Make new shares now (`staffetta keys split`): those of before give back the old keys."))
    tell(_("The old keys are still there. Take them away with `staffetta keys retire`."))


@command(app, "retire", example="staffetta keys retire")
def retire(
    asked: Asked,
    *,
    now: Annotated[bool, typer.Option("--now", help=_("Though backups of the key store may still need them."))] = False,
) -> None:
    """Take away the keys from before the rotation, once nothing opens under them alone."""
    from models.rotating import retire as retire_keys

    with asked.house(with_vault=True) as house:
        found = retire_keys(house, at_once=now)
    if asked.as_json:
        put_json(found)
        return
    tell(_("Key files that were taken away: {count}.").format(count=len(found)))


@command(app, "split", example="staffetta keys split --to /media/one --to /media/two --to /media/three")
def split(
    asked: Asked,
    to: Annotated[
        list[Path], typer.Option("--to", metavar="FOLDER", help=_("Three times: a medium for each of three people."))
    ],
) -> None:
    """Write three shares of the keys, for three people: any two of them give the keys back."""
    from models.recovery import split_keys

    heading = _(
        "Staffetta, share {number} of 3, set {set}.\n"
        "Two of the three give back the keys of the house. Keep it locked away, apart from the other two.\n"
        "To type it again: large or small letters, blanks as you like."
    )
    found = split_keys(_settings(asked).key_folder, to, heading)
    if asked.as_json:
        put_json(found)
        return
    put(*map(str, found))
    tell(_("Give each to another person. None of them stays on this machine."))


@command(app, "recover", example="staffetta keys recover share-1.txt share-3.txt")
def recover(asked: Asked, shares: SharesArgument) -> None:
    """Write the keys that two shares give, where there are none."""
    from models.recovery import recover as recover_keys

    found = recover_keys(_settings(asked).key_folder, _texts(shares))
    if asked.as_json:
        put_json(found)
        return
    put(*map(str, found))
    tell(_("The keys are back. See with `staffetta audit verify` that every case opens."))


@command(app, "try", example="staffetta keys try share-1.txt share-3.txt")
def try_them(asked: Asked, shares: SharesArgument) -> None:
    """See whether two shares give the keys in use, once a year. Nothing is written."""
    from models.recovery import try_shares

    found = try_shares(_settings(asked).key_folder, _texts(shares))
    if asked.as_json:
        put_json(found)
    else:
        fits = {True: _("given back as it is in use"), False: _("another one than in use")}
        put_table((_("key"), _("what the shares give")), ((one.name, fits[one.fits]) for one in found))
    if not all(one.fits for one in found):
        tell(_("These shares were made for other keys. Make new ones: `staffetta keys split`."))
        raise typer.Exit(FOUND)
    tell(_("These two shares give back every key."))


def _texts(shares: list[Path]) -> list[str]:
    from cli.files import read_text

    return [read_text(path) for path in shares]


def _settings(asked: Asked) -> "Settings":
    """The settings alone: the keys may be missing, so no house can be opened."""
    from cli.errors import NoFolder, NoHouse
    from cli.files import is_there
    from cli.speech import follow_settings
    from models.settings import load_settings

    if not is_there(asked.data):
        raise NoHouse(path=asked.data)
    if not asked.data.is_dir():
        raise NoFolder(path=asked.data)
    settings = load_settings(asked.data, asked.config)
    follow_settings(settings.desk.language)
    return settings

"""Files that were named on the command line."""

from pathlib import Path

from cli.errors import UnreadableFile
from procedures.marking import N_
from procedures.reasons import reason_of

LARGEST_FILE = 16 * 1024 * 1024
"""Bytes: beyond any file that this program reads. What is too much for its kind is said where it is understood."""


def is_there(path: Path) -> bool:
    """Whether something has this name. Where nobody may look, or no file can be called so, nothing is found."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def read_text(path: Path) -> str:
    """The text of a file, UTF-8.

    Raises:
        UnreadableFile: it is not there, may not be read, or is no text.
    """
    try:
        with path.open("rb") as file:
            kept = file.read(LARGEST_FILE + 1)
        if len(kept) > LARGEST_FILE:
            raise UnreadableFile(path=path, why=N_("it is larger than 16 MiB"))
        return kept.decode("utf-8").replace("\r\n", "\n")
    except OSError as error:
        raise UnreadableFile(path=path, why=reason_of(error)) from None
    except UnicodeDecodeError:
        raise UnreadableFile(path=path, why=N_("it is no UTF-8 text")) from None

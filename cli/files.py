"""Files that were named on the command line."""

from pathlib import Path

from cli.errors import UnreadableFile
from procedures.marking import N_


def read_text(path: Path) -> str:
    """The text of a file, UTF-8.

    Raises:
        UnreadableFile: it is not there, may not be read, or is no text.
    """
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise UnreadableFile(path=path, why=error.strerror or type(error).__name__) from None
    except UnicodeDecodeError:
        raise UnreadableFile(path=path, why=N_("it is no UTF-8 text")) from None

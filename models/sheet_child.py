"""The child that opens a spreadsheet: the file on its standard input, the rows on its standard output.

A spreadsheet of a few kilobytes can ask its reader for all the memory of a machine, and the reader, written in Rust,
then ends its process. Here that process has 512 MiB of address space and ten seconds, and holds nothing else.
"""

import json
import resource
import subprocess
import sys
from typing import Any

ADDRESS_SPACE = 512 * 1024 * 1024
SECONDS = 10
STARTS = "from models.sheet_child import main; main()"


class ChildGaveUp(Exception):
    """It ended without a word, or took too long. Holds nothing of the file."""


def rows_in_a_child(content: bytes) -> dict[str, Any]:
    """What the child made of it: `rows` by sheet, or `unknown`, or `unusable`.

    Raises:
        ChildGaveUp: it did not come to an end.
    """
    try:
        ran = subprocess.run(  # noqa: S603 - ourselves
            [sys.executable, "-c", STARTS], input=content, capture_output=True, timeout=SECONDS + 5, check=True
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        raise ChildGaveUp from None
    said: dict[str, Any] = json.loads(ran.stdout)
    return said


def main() -> None:
    """In the child."""
    from models.network_sheets import SheetUnknown, SheetUnusable, rows_here  # noqa: PLC0415 - before the limits

    content = sys.stdin.buffer.read()
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        said: dict[str, Any] = {"rows": rows_here(content)}
    except SheetUnknown as unknown:
        said = {"unknown": dict(unknown.data)}
    except SheetUnusable:
        said = {"unusable": True}
    sys.stdout.write(json.dumps(said))

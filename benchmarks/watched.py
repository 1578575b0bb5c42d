"""A process that writes down when it comes by each named point: `python -m benchmarks.watched FILE MODULE …`."""

import os
import runpy
import sys
import time
from pathlib import Path

from models.points import listen


class Notes:
    """A listener that appends a line a point, monotonic nanoseconds and the name, until it is closed."""

    def __init__(self, path: Path) -> None:
        self._handle: int | None = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def __call__(self, name: str) -> None:
        """Write it down."""
        if self._handle is not None:
            os.write(self._handle, f"{time.monotonic_ns()} {name}\n".encode())

    def close(self) -> None:
        """Listen no more."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


if __name__ == "__main__":
    _, file, module, *arguments = sys.argv
    listen(Notes(Path(file)))
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)

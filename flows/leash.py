"""Start a program that dies with whoever started it: `python -I leash.py PARENT_PID PROGRAM ARGUMENTS…`.

A supervisor killed with SIGKILL can stop nobody; the kernel can. The program replaces this one, so its pid stays.
Outside Linux there is no such promise, and the program is started without it.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def tie_to_parent(parent: int) -> None:
    """Ask the kernel to end this process when its parent is gone; end at once if it is gone already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(1)


if __name__ == "__main__":
    tie_to_parent(int(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606 - the supervisor names the program

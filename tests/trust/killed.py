"""One of our processes with an ear at the named points: `python -m tests.trust.killed PART MODULE ARGUMENTS…`.

Where the file `PART` in the folder of orders says `POINT N`, the process kills itself when it comes by that point for
the N-th time, with SIGKILL: nothing is tidied up. A planted bug is planted here too, before the process begins.
"""

import os
import runpy
import signal
import sys
import time
from pathlib import Path

from models import points
from tests.trust import trial

ORDERS = "STAFFETTA_TRUST_ORDERS"
PLANT = "STAFFETTA_TRUST_PLANT"


class Ear:
    """Hears the points, and knows when to die."""

    def __init__(self, part: str, orders: Path) -> None:
        """Look for orders each time: they change while the process runs."""
        self._order = orders / part
        self._deaths = orders / f"{part}.deaths"
        self._heard: dict[str, int] = {}
        self._said = ""

    def __call__(self, point: str) -> None:
        """Die here, if that is the order."""
        try:
            said = self._order.read_text("ascii")
        except FileNotFoundError:
            return
        if said != self._said:
            self._said, self._heard = said, {}
        wanted, _, times = said.partition(" ")
        self._heard[point] = self._heard.get(point, 0) + 1
        if point == wanted and self._heard[point] >= int(times):
            self._order.unlink(missing_ok=True)
            self._deaths.write_text(f"{point} {time.monotonic()}", encoding="ascii")
            os.kill(os.getpid(), signal.SIGKILL)


def main(part: str, module: str, arguments: list[str]) -> None:
    """Become that process."""
    trial.in_force().__enter__()  # for good
    points.listen(Ear(part, Path(os.environ[ORDERS])))
    if planted := os.environ.get(PLANT):
        from tests.trust.plants import plant

        plant(planted)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])

"""The verification of the whole trail, in a process of its own, so that nothing else waits for it.

Run it with `python -m flows.verifying --data DIR`. What it found is kept in `checks_done`, where status and doctor read
it. Prefect serves it each night (`flows.served`); where Prefect is away, the engine does it all the same.
"""

import asyncio
import os
import sys
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from flows.journal import Journal, error_code
from flows.process import ask_which_house
from models.checks import TRAIL, Check, keep_check, last_check
from models.composition import House, open_house
from models.retaining import retain
from models.whole_check import verify_whole
from procedures.errors import StaffettaError

OLDEST = timedelta(hours=26)
"""A night and two hours: by then somebody else than Prefect does it."""
FIRST_AFTER_SECONDS = 600.0
"""A house that was never verified is, once it had time to come up."""
LOOK_EVERY = 60.0
WITHIN = 6 * 3600.0
NICE = 10


class VerificationFailed(StaffettaError):
    """The verification of the trail did not come to its end. Nothing is known of the trail."""

    template = "The verification of the trail did not come to its end. Run `staffetta audit verify`."


def verify_and_keep(house: House) -> Check:
    """Verify the trail, and keep what was found.

    Raises:
        StoreBusy, StoreFailed: nothing was kept.
    """
    found = verify_whole(house)
    note = found.faults[0].code if found.faults else None
    check = Check(TRAIL, house.clock.now(), found.cases, len(found.faults), note)
    keep_check(house.database, check)
    return check


@dataclass
class Verifier:
    """Verifies in a child, one at a time."""

    house: House
    config: Path | None
    _one: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def verify(self) -> Check:
        """Verify the trail now.

        Raises:
            VerificationFailed: it did not come to its end.
        """
        async with self._one:
            before = last_check(self.house.database, TRAIL)
            settings_file = () if self.config is None else ("--config", str(self.config.resolve()))
            command = (sys.executable, "-m", "flows.verifying", "--data", str(self.house.settings.data), *settings_file)
            child = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.DEVNULL)
            try:
                async with asyncio.timeout(WITHIN):
                    await child.wait()
            finally:
                if child.returncode is None:
                    child.kill()
                    await child.wait()
            found = last_check(self.house.database, TRAIL)
        if found is None or found == before:
            raise VerificationFailed
        return found

    def is_overdue(self) -> bool:
        """Whether the last verification is older than it may be. False before the first."""
        last = last_check(self.house.database, TRAIL)
        return last is not None and self.house.clock.now() - last.at > OLDEST * self.house.clock.speed

    def is_first(self) -> bool:
        """Whether there was none yet."""
        return last_check(self.house.database, TRAIL) is None


async def verify_when_overdue(verifier: Verifier, journal: Journal) -> None:
    """Verify the trail whenever nobody else did it in time. Needs no Prefect."""
    began = time.monotonic()
    while True:
        await asyncio.sleep(LOOK_EVERY)
        try:
            if verifier.is_overdue() or (verifier.is_first() and time.monotonic() - began >= FIRST_AFTER_SECONDS):
                found = await verifier.verify()
                journal.info("trail-verified", count=found.faults)
        except Exception as error:  # noqa: BLE001 - whatever it was, the next look comes
            journal.error("verification-stumbled", error=error_code(error))


def main() -> int:
    """See to what is kept no longer, then verify once; 0 where all follows from the trail, 3 where not."""
    arguments = ask_which_house("verifying")
    os.nice(NICE)
    house = open_house(arguments.data, with_vault=False, config=arguments.config)
    try:
        retain(house)
        return 3 if verify_and_keep(house).faults else 0
    finally:
        house.close()


if __name__ == "__main__":
    raise SystemExit(main())

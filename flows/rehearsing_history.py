"""The history of a rehearsal: a Prefect server for a while, and every run brought in as the engine does it."""

import http.client
import json
import os
import sys
import time
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from flows.environment import LOOPBACK, PrefectHouse, environment_with_prefect, prefect_environment
from flows.recording import Recording
from flows.serving import claim_port
from flows.supervising import STOP_WITHIN, Program, Supervisor
from models.composition import House
from models.history import run_facts
from notifiers.leaving import Leave, at_once
from notifiers.message import Message
from notifiers.outcomes import Outcome, Uncertain
from procedures.errors import StaffettaError

READY_WITHIN = 240.0
LOG = "prefect.log"
"""What Prefect says in this process, in the folder of the history: not between the lines of whoever called it."""


class NoHistory(StaffettaError):
    """The Prefect server of a rehearsal did not come up."""

    template = "Prefect did not start within {seconds} s. Try again on a quieter machine."


class Nobody:
    """Everything was sent before: the history sends nothing."""

    async def send(self, message: Message, leave: Leave = at_once) -> Outcome:  # noqa: ARG002 - a sender's signature
        """Send nothing."""
        return Uncertain("rehearsal")


@contextmanager
def prefect_for_a_while(folder: Path) -> Iterator[None]:
    """A Prefect server in `folder`; this process may import Prefect while the context lasts, and logs into `LOG`.

    Raises:
        NoHistory: it did not come up.
    """
    house = PrefectHouse(folder, claim_port(LOOPBACK, 0, ""))
    server = Program("prefect", (sys.executable, "-m", "prefect", "server", "start"), environment_with_prefect(house))
    supervisor = Supervisor([server], folder / "log")
    supervisor.start("prefect")
    os.environ.update(prefect_environment(house) | _logging_into(folder))
    try:
        _wait_for(house)
        yield
    finally:
        supervisor.stop(within=STOP_WITHIN)


def _logging_into(folder: Path) -> dict[str, str]:
    """Settings by which Prefect writes into a file of this folder, and neither on the terminal nor to its server."""
    said = {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
        "handlers": {"file": {"class": "logging.FileHandler", "filename": str(folder / LOG), "formatter": "plain"}},
        "loggers": {"prefect": {"level": "INFO", "handlers": ["file"], "propagate": False}},
        # Its workers log under names of their own, such as EventsWorker, where a busy machine keeps them waiting.
        "root": {"level": "WARNING", "handlers": ["file"]},
    }
    settings = folder / "logging.json"  # JSON is YAML; a dollar would be taken for a setting
    settings.write_text(json.dumps(said).replace("$", "$$"), encoding="utf-8")
    return {"PREFECT_LOGGING_SETTINGS_PATH": str(settings), "PREFECT_LOGGING_TO_API_ENABLED": "false"}


def _wait_for(house: PrefectHouse) -> None:
    until = time.monotonic() + READY_WITHIN
    while not _answers(house):
        if time.monotonic() > until:
            raise NoHistory(seconds=int(READY_WITHIN))
        time.sleep(0.2)  # between two looks


def _answers(house: PrefectHouse) -> bool:
    """Whether the server answers to its password."""
    connection = http.client.HTTPConnection(LOOPBACK, house.port, timeout=5)
    try:
        word = b64encode(house.password().encode()).decode()
        connection.request("GET", "/api/health", headers={"Authorization": f"Basic {word}"})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


async def bring_in(house: House, run_ids: Sequence[str]) -> None:
    """Bring these runs in, and leave each at rest.

    Raises:
        NotAtRest, TurnedAway: Prefect does not show a run as the trail has it.
    """
    from flows.history import historian  # noqa: PLC0415 - Prefect reads its environment when it is imported
    from flows.pathway import calm_the_log  # noqa: PLC0415 - as above

    calm_the_log()
    async with historian(house) as history:
        for run_id in run_ids:
            run = run_facts(house.database, run_id)
            if run is not None:
                await history.bring_in(Recording(house, Nobody(), "rehearsal", run))

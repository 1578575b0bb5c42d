"""The procedures of the simulation: those that are shipped, and beside them two that say all that the language can."""

import threading
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from models.database import Database
from models.library import Procedures
from procedures.loading import SHIPPED, library_of, texts_of
from procedures.schema import Library

FOLDERS = (SHIPPED, Path(__file__).parent / "pathways")


@lru_cache(maxsize=1)
def simulated_library() -> Library:
    """Read once in each process: a seed lasts seconds, and reading them as long."""
    return library_of(FOLDERS)


class SimulatedProcedures(Procedures):
    """The product's own, over these folders."""

    def __init__(self, database: Database, now: datetime) -> None:
        self._db = database
        self._library = simulated_library()
        self._follows, self._acts_seen = False, 0
        self._growing = threading.Lock()
        self._keep(texts_of(FOLDERS), now)

"""The procedures of the simulation: those shipped, six that say all that the language can, and later editions."""

import re
import threading
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from models.database import Database
from models.library import Procedures, keep_text
from procedures.loading import SHIPPED, library_of, load_pathway, texts_of
from procedures.schema import Library, Pathway

FOLDERS = (SHIPPED, Path(__file__).parent / "pathways")
CHANGED = ("search", "vigil", "shelter", "intake", "guarded", "together")
"""The pathways that are adopted anew while cases run."""
MORE = """
  added_later:
    tell: police
    title: {it: Passo aggiunto, en: Step added later}
    basis: {it: Legge inventata, en: Invented law}

outcomes:"""


def _sooner(text: str) -> str:
    """Edition 2: less time to answer, and one step more."""
    text = re.sub(r"accept_within: (\d+) min", lambda found: f"accept_within: {max(int(found[1]) - 4, 5)} min", text)
    return text.replace("\noutcomes:", MORE, 1)


def _later(text: str) -> str:
    """Edition 3: more time for the result, and without that step."""
    return re.sub(r"complete_within: (\d+) h", lambda found: f"complete_within: {int(found[1]) + 5} h", text)


@lru_cache(maxsize=1)
def later_texts() -> Mapping[tuple[str, int], str]:
    """By name and number, the editions that the network adopts later."""
    first = {load_pathway(text, "x").name: text for text in texts_of(FOLDERS).values()}
    changes = {2: _sooner, 3: _later}
    return {
        (name, number): change(first[name].replace("\nedition: 1\n", f"\nedition: {number}\n", 1))
        for name in CHANGED
        for number, change in changes.items()
    }


@lru_cache(maxsize=1)
def later_editions() -> Mapping[tuple[str, int], Pathway]:
    """The same, read."""
    return {key: load_pathway(text, f"{key[0]} ({key[1]})") for key, text in later_texts().items()}


@lru_cache(maxsize=1)
def simulated_library() -> Library:
    """Read once in each process: a seed lasts seconds, and reading them as long."""
    first = library_of(FOLDERS)
    later = {one.content_hash: one for one in later_editions().values()}
    return first.model_copy(update={"by_hash": {**first.by_hash, **later}})


class SimulatedProcedures(Procedures):
    """The product's own, over these folders."""

    def __init__(self, database: Database, now: datetime) -> None:
        self._db = database
        self._library = simulated_library()
        self._follows, self._acts_seen = False, 0
        self._growing = threading.Lock()
        self._keep(texts_of(FOLDERS), now)

    def keep_later(self, now: datetime) -> None:
        """Keep the later editions, as whoever proposes one does."""
        with self._db.write() as connection:
            for key, text in later_texts().items():
                keep_text(connection, later_editions()[key], text, now)

    def adopt(self, pathway: Pathway) -> None:
        """From now on this edition is in force."""
        current = {**self._library.current, pathway.name: pathway}
        last = {name: one for name, one in self._library.last.items() if name != pathway.name}
        self._library = self._library.model_copy(update={"current": current, "last": last})

    def take_out(self, name: str) -> None:
        """From now on no edition of it is in force; whatever runs by one goes on."""
        gone = self._library.current[name]
        current = {other: one for other, one in self._library.current.items() if other != name}
        last = {**self._library.last, name: gone}
        self._library = self._library.model_copy(update={"current": current, "last": last})

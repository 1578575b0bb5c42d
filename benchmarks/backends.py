"""The two databases a house may stand on, as the benches ask for them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from benchmarks.postgres import Cluster, NoPostgres, cluster


@dataclass(frozen=True)
class Backend:
    """One database: a file for each house, or a cluster with a database for each."""

    name: str
    cluster: Cluster | None = None

    def settings(self) -> str:
        """The lines of `staffetta.toml` that put a new house on a database of its own."""
        if self.cluster is None:
            return ""
        return f'[database]\nurl = "{self.cluster.url(self.cluster.database())}"\n'


SQLITE = Backend("sqlite")


@contextmanager
def backends() -> Iterator[tuple[Backend, ...]]:
    """SQLite, and PostgreSQL where it is installed; what is missing is said by whoever asks for it."""
    with ExitStack() as held:
        try:
            found: tuple[Backend, ...] = (SQLITE, Backend("postgresql", held.enter_context(cluster())))
        except NoPostgres:
            found = (SQLITE,)
        yield found

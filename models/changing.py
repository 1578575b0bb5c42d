"""Whether anything happened in an open case since the last look, cheaply enough to be asked several times a second."""

from pathlib import Path

from sqlalchemy import func, select

from models.database import Database
from models.prepared import Prepared
from models.tables import Case
from procedures.case import CaseStatus

VERSIONS = Prepared(
    select(func.count().label("cases"), func.coalesce(func.sum(Case.version), 0).label("versions")).where(
        Case.status == CaseStatus.OPEN.value
    )
)
"""Every event makes a case one version older, and one that ends is no longer counted."""
Mark = tuple[int, int]


class Changes:
    """Looks, and remembers what it saw."""

    def __init__(self, db: Database) -> None:
        self._db = db
        name = None if db.shared else db.engine.url.database
        self._log = Path(f"{name}-wal") if name else None
        self._written: object = None
        self._mark: Mark | None = None

    def mark(self) -> Mark:
        """What differs as soon as something happened. Nothing is read where nobody wrote.

        Raises:
            StoreBusy, StoreFailed.
        """
        written = self._last_written()
        if self._mark is None or written is None or written != self._written:
            with self._db.look() as connection:
                row = VERSIONS.first(connection)
            self._mark, self._written = (int(row.cases), int(row.versions)), written
        return self._mark

    def _last_written(self) -> object:
        """When SQLite's log was last written; None where nobody can say."""
        try:
            found = self._log.stat() if self._log else None
        except OSError:
            return None
        return (found.st_mtime_ns, found.st_size) if found else None

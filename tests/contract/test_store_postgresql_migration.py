"""A migration whose line is cut half-way: PostgreSQL takes all of it back, and the next opening does it again."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from alembic import command
from sqlalchemy import event, inspect, text

from models.database import REVISION, Database, engine_for
from models.migrations.running import settings_for
from models.store_errors import StoreFailed
from models.trail import verify
from tests.contract.test_store_postgresql import KEY, told
from tests.databases import Cluster
from tests.houses import Told

__all__ = ["told"]
pytestmark = pytest.mark.slow
BEFORE = "0001"
CUTS = 6
LATER = {"alembic_version", "acts", "act_heads", "network_acts"}
"""They came later than what is put back."""


def rows(database: Database) -> Mapping[str, Sequence[Any]]:
    with database.read() as connection:
        return {
            name: connection.execute(text(f'SELECT * FROM "{name}" ORDER BY 1, 2')).all()  # noqa: S608  # its own names
            for name in inspect(connection).get_table_names()
            if name not in LATER
        }


def cut_at(cluster: Cluster, address: str, number: int) -> int:
    """Migrate, and cut the line before that statement (0: never); how many statements there were until then."""
    database = Database(engine_for(address, KEY))
    seen = 0

    def count(connection: Any, *_: object) -> None:
        nonlocal seen
        seen += 1
        if seen == number:
            process = connection.connection.driver_connection.info.backend_pid
            with cluster.connect() as other:
                other.execute("SELECT pg_terminate_backend(%s)", (process,))

    event.listen(database.engine, "before_cursor_execute", count)
    try:
        database.migrate()
    finally:
        database.close()
    return seen


def test_a_migration_whose_line_is_cut_is_done_again_from_the_start(
    cluster: Cluster, postgresql: str, told: Told
) -> None:
    told.opened()
    address, database = cluster.address(postgresql), told.house.database
    before = rows(database)
    there_are = 0
    for step in range(CUTS + 1):
        with database.write() as connection:
            command.downgrade(settings_for(connection), BEFORE)
        if step == 0:
            there_are = cut_at(cluster, address, 0)
            continue
        with pytest.raises(StoreFailed):
            cut_at(cluster, address, 1 + round((step - 1) * (there_are - 1) / (CUTS - 1)))
        assert database.revision() == BEFORE
        database.migrate()
        assert rows(database) == before
        assert database.revision() == REVISION
    assert there_are > CUTS
    assert verify(database, told.house.keyring).sound

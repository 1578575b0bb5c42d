"""Runs the migrations inside a transaction that somebody else holds."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from models.store_errors import StoreTooNew

FOLDER = Path(__file__).parent


def settings_for(connection: Connection | None) -> Config:
    """What Alembic wants to know; `env.py` works on this connection."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def scripts() -> ScriptDirectory:
    """The migrations of this edition."""
    return ScriptDirectory.from_config(settings_for(None))


def upgrade(connection: Connection, found: str | None) -> None:
    """Bring the tables from revision `found` to the newest, in the transaction of `connection`.

    Raises:
        StoreTooNew: the database knows a revision that we do not.
    """
    config = settings_for(connection)
    try:
        ScriptDirectory.from_config(config).get_revision(found or "base")
    except CommandError:
        raise StoreTooNew(place=connection.engine.url.database) from None
    command.upgrade(config, "head")

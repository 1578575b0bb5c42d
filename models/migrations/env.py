"""Where Alembic finds the tables: the connection that `running` hands over, inside its transaction."""

from alembic import context

import models.tables  # noqa: F401  # fills the metadata
from models.columns import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
)
context.run_migrations()

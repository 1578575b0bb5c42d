"""An index of the signals that came: the coordination looks for those that nobody saw."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Towards it."""
    signals = sa.text("kind = 'signal_given'")
    op.create_index("ix_events_signals", "events", ["at"], sqlite_where=signals, postgresql_where=signals)


def downgrade() -> None:
    """Back to before it."""
    op.drop_index("ix_events_signals", "events")

"""Since when something done without a consent waits to be reviewed."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Towards it. What was begun before is not known to have been without a consent, so it is not listed."""
    op.add_column("runs", sa.Column("review_since", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Back to before it."""
    op.drop_column("runs", "review_since")

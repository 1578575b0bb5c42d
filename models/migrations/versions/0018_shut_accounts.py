"""Accounts that are shut, since their person left the network."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Towards them."""
    op.add_column("operators", sa.Column("shut", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Back to before them."""
    op.drop_column("operators", "shut")

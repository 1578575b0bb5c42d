"""Which messages went out as one: what comes back of that one came back of all of them."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None
NAME, GIVEN = "ix_deliveries_folded", "folded_into IS NOT NULL"


def upgrade() -> None:
    """Towards it. Until now each went out by itself."""
    op.add_column("deliveries", sa.Column("folded_into", sa.String(), nullable=True))
    given = sa.text(GIVEN)
    op.create_index(NAME, "deliveries", ["folded_into"], sqlite_where=given, postgresql_where=given)


def downgrade() -> None:
    """Back to before it."""
    op.drop_index(NAME, table_name="deliveries")
    op.drop_column("deliveries", "folded_into")

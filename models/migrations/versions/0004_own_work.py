"""The network's own work stands in the table of cases, apart from them."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

OWN_WORK = sa.text("own_work")


def upgrade() -> None:
    """Whatever there was before is a case."""
    op.add_column("cases", sa.Column("own_work", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(
        "ix_cases_own_work", "cases", ["opened_at", "case_id"], sqlite_where=OWN_WORK, postgresql_where=OWN_WORK
    )


def downgrade() -> None:
    """Back to before it."""
    op.drop_index("ix_cases_own_work", "cases")
    op.drop_column("cases", "own_work")

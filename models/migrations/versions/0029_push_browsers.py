"""Browsers to which an alert is also said."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Towards it. Nobody let one yet."""
    op.create_table(
        "push_browsers",
        sa.Column("browser_id", sa.String(), nullable=False),
        sa.Column(
            "operator_id",
            sa.String(),
            sa.ForeignKey("operators.operator_id", name=op.f("fk_push_browsers_operator_id_operators")),
            nullable=False,
        ),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("browser_id", name=op.f("pk_push_browsers")),
    )
    op.create_index(op.f("ix_push_browsers_operator_id"), "push_browsers", ["operator_id"])


def downgrade() -> None:
    """Back to before it."""
    op.drop_table("push_browsers")

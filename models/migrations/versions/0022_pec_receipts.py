"""Receipts of certified mail, kept as evidence."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Towards it: no receipt was read before."""
    op.create_table(
        "pec_receipts",
        sa.Column("receipt_key", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("delivery_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"], name=op.f("fk_pec_receipts_case_id_cases")),
        sa.PrimaryKeyConstraint("receipt_key", name=op.f("pk_pec_receipts")),
    )
    op.create_index(op.f("ix_pec_receipts_case_id"), "pec_receipts", ["case_id"])
    op.create_index(op.f("ix_pec_receipts_delivery_id"), "pec_receipts", ["delivery_id"])


def downgrade() -> None:
    """Back to before it."""
    op.drop_table("pec_receipts")

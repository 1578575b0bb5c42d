"""The second factor of accounts, and the codes in its place."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Whoever was signed in signs in anew, and sets a second factor then."""
    op.add_column("operators", sa.Column("factor", sa.LargeBinary(), nullable=True))
    op.add_column("operators", sa.Column("factor_step", sa.Integer(), nullable=True))
    op.add_column("operators", sa.Column("factor_wrong", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("operators", sa.Column("factor_wrong_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("sign_ins", sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("sign_ins", sa.Column("drawn", sa.LargeBinary(), nullable=True))
    op.create_table(
        "recovery_codes",
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("operator_id", sa.String(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["operator_id"], ["operators.operator_id"], name=op.f("fk_recovery_codes_operator_id")),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_recovery_codes")),
    )
    op.create_index(op.f("ix_recovery_codes_operator_id"), "recovery_codes", ["operator_id"])


def downgrade() -> None:
    """Back to before it."""
    op.drop_table("recovery_codes")
    for column in ("drawn", "proved_at"):
        op.drop_column("sign_ins", column)
    for column in ("factor_wrong_at", "factor_wrong", "factor_step", "factor"):
        op.drop_column("operators", column)

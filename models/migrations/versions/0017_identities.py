"""Sign-ins elsewhere (OpenID Connect) that let into accounts."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Towards them."""
    op.add_column("sign_ins", sa.Column("elsewhere", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "identities",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("operator_id", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["operator_id"], ["operators.operator_id"], name=op.f("fk_identities_operator_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_identities")),
    )
    op.create_index(op.f("ix_identities_operator_id"), "identities", ["operator_id"])
    op.create_table(
        "used_states",
        sa.Column("state_hash", sa.String(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_used_states")),
    )


def downgrade() -> None:
    """Back to before them."""
    op.drop_table("used_states")
    op.drop_table("identities")
    op.drop_column("sign_ins", "elsewhere")

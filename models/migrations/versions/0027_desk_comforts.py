"""What an account named on its board, typed into a form, and had before it when its sign-in ended."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Towards it: nobody named, typed or left anything yet."""
    op.create_table(
        "saved_views",
        sa.Column("view_id", sa.String(), nullable=False),
        sa.Column(
            "operator_id",
            sa.String(),
            sa.ForeignKey("operators.operator_id", name=op.f("fk_saved_views_operator_id_operators")),
            nullable=False,
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("view_id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint("operator_id", "name", name=op.f("uq_saved_views_operator_id_name")),
    )
    op.create_table(
        "drafts",
        sa.Column(
            "operator_id",
            sa.String(),
            sa.ForeignKey("operators.operator_id", name=op.f("fk_drafts_operator_id_operators")),
            nullable=False,
        ),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("operator_id", "place", name=op.f("pk_drafts")),
    )
    op.create_index(op.f("ix_drafts_case_id"), "drafts", ["case_id"])
    op.create_index(op.f("ix_drafts_kept_at"), "drafts", ["kept_at"])
    op.create_table(
        "left_places",
        sa.Column(
            "operator_id",
            sa.String(),
            sa.ForeignKey("operators.operator_id", name=op.f("fk_left_places_operator_id_operators")),
            nullable=False,
        ),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("operator_id", name=op.f("pk_left_places")),
    )


def downgrade() -> None:
    """Back to before it."""
    for table in ("left_places", "drafts", "saved_views"):
        op.drop_table(table)

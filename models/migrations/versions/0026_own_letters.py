"""Messages to a person about her own channels: tests, and news of what was changed."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Towards it. Nobody asked for one yet."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "own_letters",
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("letter_id", "kind", "person", "mark", "channel", "actor")
        ),
        sa.Column("queued_at", moment, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("next_at", moment, nullable=True),
        sa.Column("settled_at", moment, nullable=True),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("provider_id", sa.String(), nullable=True),
        sa.Column("typed", sa.Integer(), nullable=False),
        sa.Column("proven_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("letter_id", name=op.f("pk_own_letters")),
    )
    op.create_index(op.f("ix_own_letters_person"), "own_letters", ["person"])


def downgrade() -> None:
    """Back to before it."""
    op.drop_table("own_letters")

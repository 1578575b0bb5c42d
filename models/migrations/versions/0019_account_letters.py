"""Letters about what was done with accounts."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Towards them. What was done before is told to nobody."""
    letters = op.create_table(
        "account_letters",
        sa.Column("letter_id", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("owner", sa.Boolean(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("letter_id", name=op.f("pk_account_letters")),
    )
    op.create_index(op.f("ix_account_letters_ended_at"), "account_letters", ["ended_at"])
    heads = sa.table("act_heads", sa.column("name"), sa.column("seq"))
    done = op.get_bind().execute(sa.select(heads.c.seq).where(heads.c.name == "people")).scalar_one()
    if done:
        now = datetime.now(UTC)
        first = {"letter_id": "before", "account": "", "person": "", "owner": False, "since": 0, "until": done}
        op.bulk_insert(letters, [{**first, "made_at": now, "tried_at": None, "ended_at": now, "code": "before"}])


def downgrade() -> None:
    """Back to before them."""
    op.drop_table("account_letters")

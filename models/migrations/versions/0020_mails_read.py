"""What became of the mails that came into the answering box."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Towards it: no mail was read before."""
    op.create_table(
        "mails_read",
        sa.Column("mail_key", sa.String(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("delivery_id", sa.String(), nullable=True),
        sa.Column("person", sa.String(), nullable=True),
        sa.Column("echo", sa.String(), nullable=True),
        sa.Column("echo_tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("echo_ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("echo_code", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("mail_key", name=op.f("pk_mails_read")),
    )
    op.create_index(op.f("ix_mails_read_read_at"), "mails_read", ["read_at"])
    op.create_index(op.f("ix_mails_read_person"), "mails_read", ["person"])


def downgrade() -> None:
    """Back to before it."""
    op.drop_table("mails_read")

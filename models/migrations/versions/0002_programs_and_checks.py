"""Keys for programs, what Prefect's record differed in, the checks that were done; indexes of the history."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = ("api_keys", "history_reports", "checks_done")


WAITING = sa.text("wanted_seq > done_seq")
OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    """Towards these tables and indexes."""
    _tables()
    op.create_index(op.f("ix_deliveries_run_id"), "deliveries", ["run_id"], unique=False)
    op.create_index(op.f("ix_handoffs_run_id"), "handoffs", ["run_id"], unique=False)
    # Of the wakes only those are looked for that wait: the others are as many as there ever were runs.
    op.drop_index(op.f("ix_run_wakes_wake_at"), "run_wakes")
    op.create_index("ix_run_wakes_due", "run_wakes", ["wake_at"], sqlite_where=WAITING, postgresql_where=WAITING)
    op.create_index("ix_cases_opened_at", "cases", ["opened_at", "case_id"], unique=False)
    # The board reads its first lines in order, instead of every open handoff.
    op.drop_index("ix_handoffs_open", "handoffs")
    _index_open_handoffs(["overdue", "due_at", "ref"])
    op.add_column("sign_ins", sa.Column("acted_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE sign_ins SET acted_at = seen_at")


def _index_open_handoffs(columns: list[str]) -> None:
    op.create_index("ix_handoffs_open", "handoffs", columns, sqlite_where=OPEN, postgresql_where=OPEN)


def _tables() -> None:
    op.create_table(
        "api_keys",
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.String(), nullable=False),
        sa.Column("operations", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("name", name=op.f("uq_api_keys_name")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_api_keys_secret_hash")),
    )
    op.create_table(
        "history_reports",
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("mended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("run_id", "kind", "first_seen_at", name=op.f("pk_history_reports")),
    )
    op.create_table(
        "checks_done",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tried", sa.Integer(), nullable=False),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("name", "at", name=op.f("pk_checks_done")),
    )


def downgrade() -> None:
    """Back to before them."""
    op.drop_column("sign_ins", "acted_at")
    op.drop_index("ix_handoffs_open", "handoffs")
    _index_open_handoffs(["due_at"])
    op.drop_index("ix_cases_opened_at", "cases")
    op.drop_index("ix_run_wakes_due", "run_wakes")
    op.create_index(op.f("ix_run_wakes_wake_at"), "run_wakes", ["wake_at"])
    op.drop_index(op.f("ix_handoffs_run_id"), "handoffs")
    op.drop_index(op.f("ix_deliveries_run_id"), "deliveries")
    for table in reversed(TABLES):
        op.drop_table(table)

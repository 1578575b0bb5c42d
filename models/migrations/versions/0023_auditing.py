"""The chain of what auditors did, and how far a check of the trail came that a page started."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Towards them."""
    op.create_table(
        "audit_acts",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("payload", sa.String(), nullable=False),
        sa.Column("sealed_note", sa.LargeBinary(), nullable=True),
        sa.Column("prev_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_acts")),
    )
    op.create_table(
        "verify_jobs",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("started_by", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("house_done", sa.Boolean(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("fault_count", sa.Integer(), nullable=False),
        sa.Column("faults", sa.String(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("worker", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_verify_jobs")),
    )
    op.create_index("ix_reads_at", "reads", ["at"])
    accepted = sa.text("accepted_at IS NOT NULL")
    op.create_index(
        "ix_handoffs_accepted_at", "handoffs", ["accepted_at"], sqlite_where=accepted, postgresql_where=accepted
    )
    heads = sa.table("act_heads", sa.column("name"), sa.column("seq"), sa.column("hash"))
    op.bulk_insert(heads, [{"name": "audits", "seq": 0, "hash": "0" * 64}])
    _guards()


def _guards() -> None:
    """As for the trail. PostgreSQL has the function since the first tables."""
    if op.get_bind().dialect.name == "postgresql":
        for act, of_each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER audit_acts_no_{act.lower()} BEFORE {act} ON audit_acts "
                f"FOR EACH {of_each} EXECUTE FUNCTION the_trail_is_never_changed()"
            )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_acts_no_{act.lower()} BEFORE {act} ON audit_acts "
            "BEGIN SELECT RAISE(ABORT, 'the trail is never changed'); END"
        )


def downgrade() -> None:
    """Back to before them."""
    heads = sa.table("act_heads", sa.column("name"))
    op.get_bind().execute(sa.delete(heads).where(heads.c.name == "audits"))
    op.drop_index("ix_handoffs_accepted_at", "handoffs")
    op.drop_index("ix_reads_at", "reads")
    op.drop_table("verify_jobs")
    op.drop_table("audit_acts")

"""The chain of erasures, and which cases were erased."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ERASED = sa.text("erased_at IS NOT NULL")


def upgrade() -> None:
    """Towards them."""
    op.create_table(
        "erasure_acts",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("payload", sa.String(), nullable=False),
        sa.Column("prev_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_erasure_acts")),
    )
    heads = sa.table("act_heads", sa.column("name"), sa.column("seq"), sa.column("hash"))
    op.bulk_insert(heads, [{"name": "erasures", "seq": 0, "hash": "0" * 64}])
    op.add_column("cases", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_cases_erased_at", "cases", ["erased_at"], sqlite_where=ERASED, postgresql_where=ERASED)
    _guards()


def _guards() -> None:
    """As for the trail. PostgreSQL has the function since the first tables."""
    if op.get_bind().dialect.name == "postgresql":
        for act, of_each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER erasure_acts_no_{act.lower()} BEFORE {act} ON erasure_acts "
                f"FOR EACH {of_each} EXECUTE FUNCTION the_trail_is_never_changed()"
            )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER erasure_acts_no_{act.lower()} BEFORE {act} ON erasure_acts "
            "BEGIN SELECT RAISE(ABORT, 'the trail is never changed'); END"
        )


def downgrade() -> None:
    """Back to before them."""
    op.drop_index("ix_cases_erased_at", "cases")
    op.drop_column("cases", "erased_at")
    heads = sa.table("act_heads", sa.column("name"))
    op.get_bind().execute(sa.delete(heads).where(heads.c.name == "erasures"))
    op.drop_table("erasure_acts")

"""The chain of who may see which case, who opened one, and which person of the network an account is."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Towards it."""
    op.create_table(
        "relation_acts",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("payload", sa.String(), nullable=False),
        sa.Column("sealed_reason", sa.LargeBinary(), nullable=True),
        sa.Column("prev_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_relation_acts")),
    )
    op.create_index("ix_relation_acts_account", "relation_acts", ["account", "case_id"])
    op.create_index("ix_relation_acts_case_id", "relation_acts", ["case_id"])
    first = sa.text("seq = 1")
    op.create_index("ix_events_opener", "events", ["actor"], sqlite_where=first, postgresql_where=first)
    op.add_column("operators", sa.Column("person", sa.String(), nullable=True))
    heads = sa.table("act_heads", sa.column("name"), sa.column("seq"), sa.column("hash"))
    op.bulk_insert(heads, [{"name": "relations", "seq": 0, "hash": "0" * 64}])
    _guards()


def _guards() -> None:
    """As for the trail. PostgreSQL has the function since the first tables."""
    if op.get_bind().dialect.name == "postgresql":
        for act, of_each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER relation_acts_no_{act.lower()} BEFORE {act} ON relation_acts "
                f"FOR EACH {of_each} EXECUTE FUNCTION the_trail_is_never_changed()"
            )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER relation_acts_no_{act.lower()} BEFORE {act} ON relation_acts "
            "BEGIN SELECT RAISE(ABORT, 'the trail is never changed'); END"
        )


def downgrade() -> None:
    """Back to before it."""
    op.drop_column("operators", "person")
    op.drop_index("ix_events_opener", "events")
    heads = sa.table("act_heads", sa.column("name"))
    op.get_bind().execute(sa.delete(heads).where(heads.c.name == "relations"))
    op.drop_table("relation_acts")

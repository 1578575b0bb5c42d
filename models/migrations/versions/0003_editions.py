"""The network's own acts about its procedures: a chain that is never changed, and its end."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Towards these tables."""
    op.create_table(
        "acts",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("pathway", sa.String(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("payload", sa.String(), nullable=False),
        sa.Column("prev_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["content_hash"], ["pathway_texts.content_hash"], name=op.f("fk_acts_content_hash")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_acts")),
    )
    op.create_table(
        "act_heads",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_act_heads")),
    )
    heads = sa.table("act_heads", sa.column("name"), sa.column("seq"), sa.column("hash"))
    op.bulk_insert(heads, [{"name": "acts", "seq": 0, "hash": "0" * 64}])
    _guards()


def _guards() -> None:
    """As for the trail. PostgreSQL has the function since the first tables."""
    if op.get_bind().dialect.name == "postgresql":
        for act, of_each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER acts_no_{act.lower()} BEFORE {act} ON acts "
                f"FOR EACH {of_each} EXECUTE FUNCTION the_trail_is_never_changed()"
            )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER acts_no_{act.lower()} BEFORE {act} ON acts "
            "BEGIN SELECT RAISE(ABORT, 'the trail is never changed'); END"
        )


def downgrade() -> None:
    """Back to before them."""
    op.drop_table("act_heads")
    op.drop_table("acts")

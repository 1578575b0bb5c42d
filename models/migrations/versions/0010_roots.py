"""Signed roots over every chain, and what was told of them outside."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None
GUARDED = ("roots", "root_heads", "anchor_wishes", "anchors")


def upgrade() -> None:
    """Towards them."""
    op.create_table(
        "roots",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("chains", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("merkle", sa.String(), nullable=False),
        sa.Column("prev_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_roots")),
    )
    op.create_table(
        "root_heads",
        sa.Column("root", sa.Integer(), nullable=False),
        sa.Column("leaf", sa.Integer(), nullable=False),
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["root"], ["roots.seq"], name=op.f("fk_root_heads_root")),
        sa.PrimaryKeyConstraint("root", "leaf", name=op.f("pk_root_heads")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_root_heads_chain", "root_heads", ["chain", "seq"], unique=True)
    _anchors()
    heads = sa.table("act_heads", sa.column("name"), sa.column("seq"), sa.column("hash"))
    op.bulk_insert(heads, [{"name": "roots", "seq": 0, "hash": "0" * 64}])
    for table in GUARDED:
        _guard(table)


def _anchors() -> None:
    op.create_table(
        "anchor_wishes",
        sa.Column("wish_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("wish_id", name=op.f("pk_anchor_wishes")),
    )
    op.create_index(op.f("ix_anchor_wishes_at"), "anchor_wishes", ["at"])
    op.create_table(
        "anchors",
        sa.Column("anchor_id", sa.String(), nullable=False),
        sa.Column("root", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken", sa.Boolean(), nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("stamp", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["root"], ["roots.seq"], name=op.f("fk_anchors_root")),
        sa.PrimaryKeyConstraint("anchor_id", name=op.f("pk_anchors")),
    )
    op.create_index("ix_anchors_place", "anchors", ["place", "at"])


def _guard(table: str) -> None:
    """As for the trail. PostgreSQL has the function since the first tables."""
    if op.get_bind().dialect.name == "postgresql":
        for act, of_each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"FOR EACH {of_each} EXECUTE FUNCTION the_trail_is_never_changed()"
            )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
            "BEGIN SELECT RAISE(ABORT, 'the trail is never changed'); END"
        )


def downgrade() -> None:
    """Back to before them."""
    heads = sa.table("act_heads", sa.column("name"))
    op.get_bind().execute(sa.delete(heads).where(heads.c.name == "roots"))
    for table in ("anchors", "anchor_wishes", "root_heads", "roots"):
        op.drop_table(table)

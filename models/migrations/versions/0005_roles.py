"""Roles of accounts, invitations, and the chain of what was done with accounts."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from models.encoding import canonical, chained

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ALL_THAT_THERE_WAS = ("administrator", "coordinator", "operator")
"""Before roles every account did everything; an administrator takes away what is too much."""


def upgrade() -> None:
    """Whoever had an account keeps what she could do."""
    op.add_column("operators", sa.Column("roles", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "person_acts",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("payload", sa.String(), nullable=False),
        sa.Column("prev_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_person_acts")),
    )
    op.create_table(
        "invitations",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("operator_id", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["operator_id"], ["operators.operator_id"], name=op.f("fk_invitations_operator_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_invitations")),
    )
    op.create_index(op.f("ix_invitations_operator_id"), "invitations", ["operator_id"])
    _carry_over()
    _guards()


def _carry_over() -> None:
    connection, moment = op.get_bind(), sa.DateTime(timezone=True)
    accounts = sa.table("operators", sa.column("operator_id"), sa.column("created_at"), sa.column("roles"))
    names = ("seq", "kind", "actor", "account", "payload", "prev_hash", "hash")
    acts = sa.table("person_acts", *map(sa.column, names), sa.column("at", moment))
    heads = sa.table("act_heads", sa.column("name"), sa.column("seq"), sa.column("hash"))
    payload, now, before, seq = canonical({"roles": ALL_THAT_THERE_WAS}), datetime.now(UTC), "0" * 64, 0
    rows = []
    found = connection.execute(sa.select(accounts.c.operator_id).order_by(accounts.c.created_at)).scalars().all()
    for seq, account in enumerate(found, start=1):
        hashed = [seq, "made", "program", account, payload, now.isoformat(timespec="microseconds")]
        row = dict(zip(names, (seq, "made", "program", account, payload, before, chained(before, hashed)), strict=True))
        rows.append({**row, "at": now})
        before = row["hash"]
    if rows:
        op.bulk_insert(acts, rows)
        connection.execute(sa.update(accounts).values(roles=" ".join(ALL_THAT_THERE_WAS)))
    op.bulk_insert(heads, [{"name": "people", "seq": seq, "hash": before}])


def _guards() -> None:
    """As for the trail. PostgreSQL has the function since the first tables."""
    if op.get_bind().dialect.name == "postgresql":
        for act, of_each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER person_acts_no_{act.lower()} BEFORE {act} ON person_acts "
                f"FOR EACH {of_each} EXECUTE FUNCTION the_trail_is_never_changed()"
            )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER person_acts_no_{act.lower()} BEFORE {act} ON person_acts "
            "BEGIN SELECT RAISE(ABORT, 'the trail is never changed'); END"
        )


def downgrade() -> None:
    """Back to before them."""
    heads = sa.table("act_heads", sa.column("name"))
    op.get_bind().execute(sa.delete(heads).where(heads.c.name == "people"))
    op.drop_table("invitations")
    op.drop_table("person_acts")
    op.drop_column("operators", "roles")

"""What was published and is withdrawn leaves a line in its place: when it was published is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NAME = "ck_voices_published_has_text"
HAS_TEXT = "standing <> 'published' OR (published <> '' AND experiment_id IS NOT NULL)"
HAS_DAY = "standing <> 'published' OR (published <> '' AND experiment_id IS NOT NULL AND published_on IS NOT NULL)"
SHOWN = sa.text("published_on IS NOT NULL")


def _check(before: str, after: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(NAME, "voices")
        op.create_check_constraint(op.f(NAME), "voices", after)
        return
    # As revision 0004 does and says why: mails refer to this table.
    op.execute("PRAGMA writable_schema = ON")
    op.get_bind().execute(
        sa.text("UPDATE sqlite_master SET sql = replace(sql, :before, :after) WHERE name = 'voices'"),
        {"before": before, "after": after},
    )
    op.execute("PRAGMA writable_schema = RESET")


def upgrade() -> None:
    op.add_column("voices", sa.Column("published_on", sa.Date(), nullable=True))
    op.execute("UPDATE voices SET published_on = coalesce(settled_on, received_on) WHERE standing = 'published'")
    _check(HAS_TEXT, HAS_DAY)
    op.create_index("ix_voices_shown", "voices", ["experiment_id", "id"], sqlite_where=SHOWN, postgresql_where=SHOWN)


def downgrade() -> None:
    op.drop_index("ix_voices_shown", "voices")
    _check(HAS_DAY, HAS_TEXT)
    op.drop_column("voices", "published_on")

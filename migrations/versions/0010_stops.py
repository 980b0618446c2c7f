"""Administrators are told by mail of a webhook that stopped, through the ledger of all mails."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

OCCASIONS = "occasion IN ('reminder', 'digest', 'notice', 'confirmation', 'news', 'answer')"
MORE_OCCASIONS = "occasion IN ('reminder', 'digest', 'notice', 'confirmation', 'news', 'answer', 'stopped')"
REFERENCE = "CONSTRAINT fk_mails_webhook_id FOREIGN KEY(webhook_id) REFERENCES webhooks (id) ON DELETE CASCADE, "
SENT = "CONSTRAINT ck_mails_sent_has_moment"
ALARM = sa.text("webhook_id IS NOT NULL")


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _rewrite(*changes: tuple[str, str]) -> None:
    """Change words of the definition of `mails` on SQLite, as revision 0004 does and says why."""
    op.execute("PRAGMA writable_schema = ON")
    for before, after in changes:
        op.get_bind().execute(
            sa.text("UPDATE sqlite_master SET sql = replace(sql, :before, :after) WHERE name = 'mails'"),
            {"before": before, "after": after},
        )
    op.execute("PRAGMA writable_schema = RESET")


def _occasions(words: str) -> None:
    op.drop_constraint("ck_mails_occasion", "mails")
    op.create_check_constraint(op.f("ck_mails_occasion"), "mails", words)


def upgrade() -> None:
    op.add_column("mails", sa.Column("webhook_id", sa.Integer(), nullable=True))
    if _postgresql():
        op.create_foreign_key(
            op.f("fk_mails_webhook_id"), "mails", "webhooks", ["webhook_id"], ["id"], ondelete="CASCADE"
        )
        _occasions(MORE_OCCASIONS)
    else:
        _rewrite((OCCASIONS, MORE_OCCASIONS), (SENT, f"{REFERENCE}{SENT}"))
    op.create_index("ix_mails_webhook_id", "mails", ["webhook_id"], sqlite_where=ALARM, postgresql_where=ALARM)


def downgrade() -> None:
    op.execute("DELETE FROM mails WHERE webhook_id IS NOT NULL")
    op.drop_index("ix_mails_webhook_id", "mails")
    if _postgresql():
        op.drop_constraint("fk_mails_webhook_id", "mails")
        _occasions(OCCASIONS)
    else:
        _rewrite((MORE_OCCASIONS, OCCASIONS), (REFERENCE, ""))
    op.drop_column("mails", "webhook_id")

"""What waits is found among itself, however much has left before; so is what a follower follows."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

WAITING = sa.text("fate = 'waiting'")
TROUBLED = sa.text("(fate = 'waiting' AND tries > 0 OR fate IN ('refused', 'expired'))")


def upgrade() -> None:
    # SQLite would rather look in an index of all fates than in one of those that wait.
    op.drop_index("ix_mails_fate", "mails")
    op.create_index("ix_mails_due", "mails", ["due_at"], sqlite_where=WAITING, postgresql_where=WAITING)
    op.create_index("ix_mails_troubled", "mails", ["id"], sqlite_where=TROUBLED, postgresql_where=TROUBLED)
    op.create_index("ix_followings_follower_id", "followings", ["follower_id"])


def downgrade() -> None:
    op.drop_index("ix_followings_follower_id", "followings")
    op.drop_index("ix_mails_troubled", "mails")
    op.drop_index("ix_mails_due", "mails")
    op.create_index("ix_mails_fate", "mails", ["fate", "id"])

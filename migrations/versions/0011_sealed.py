"""The secrets of webhooks are sealed: longer, and of no use without the secret of the register.

Those that are in clear are sealed by `flask db upgrade`, which knows it; this revision makes room.
"""

import base64
import secrets

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

SHORT, LONG = 100, 255
COLUMNS = {"secret": False, "previous_secret": True}
LOST = "Le secret a été perdu en revenant à une version antérieure : changez-le"


def _resize(before: int, after: int) -> None:
    if op.get_bind().dialect.name == "postgresql":
        for name, empty in COLUMNS.items():
            op.alter_column("webhooks", name, type_=sa.String(after), existing_nullable=empty)
        return
    # As revision 0004 does and says why: messages refer to this table.
    op.execute("PRAGMA writable_schema = ON")
    for name in COLUMNS:
        op.get_bind().execute(
            sa.text("UPDATE sqlite_master SET sql = replace(sql, :before, :after) WHERE name = 'webhooks'"),
            {"before": f"\t{name} VARCHAR({before})", "after": f"\t{name} VARCHAR({after})"},
        )
    op.execute("PRAGMA writable_schema = RESET")


def upgrade() -> None:
    _resize(SHORT, LONG)


def downgrade() -> None:
    """Nothing here can open what is sealed: each receiver is paused, to be given a new secret."""
    connection = op.get_bind()
    sealed = "secret NOT LIKE 'whsec%' OR previous_secret NOT LIKE 'whsec%'"
    for number in connection.execute(sa.text(f"SELECT id FROM webhooks WHERE {sealed}")).scalars().all():
        connection.execute(
            sa.text(
                "UPDATE webhooks SET secret = :secret, previous_secret = NULL, previous_until = NULL, "
                "paused_at = coalesce(paused_at, CURRENT_TIMESTAMP), paused_why = :why, paused_by_us = :yes WHERE id = :id"
            ),
            {"secret": f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}", "why": LOST, "yes": True,
             "id": number},
        )  # fmt: skip
    _resize(LONG, SHORT)

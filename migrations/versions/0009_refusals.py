"""Those who refuse for good to be written to: a fingerprint of their address, and the day."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "refusals",
        sa.Column("box", sa.String(64), nullable=False),
        sa.Column("refused_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("box", name="pk_refusals"),
    )


def downgrade() -> None:
    op.drop_table("refusals")

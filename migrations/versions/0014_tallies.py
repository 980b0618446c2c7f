"""What each year held is counted as experiments are published; those already published are written anew, and counted."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tallies",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("held", sa.String(12), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", "held", name="pk_tallies"),
    )
    op.add_column("publications", sa.Column("marks", sa.String(200), nullable=False, server_default=""))
    op.execute("UPDATE publications SET form = 0")


def downgrade() -> None:
    op.drop_column("publications", "marks")
    op.drop_table("tallies")

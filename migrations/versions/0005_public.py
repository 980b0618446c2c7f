"""What the public may read of each experiment, and the version of the whole."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    register = op.create_table(
        "register",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_register_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register")),
    )
    op.bulk_insert(register, [{"id": 1, "version": 1}])


def downgrade() -> None:
    op.drop_table("register")

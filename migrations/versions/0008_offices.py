"""Those who hold an office are found by their account, among however many agents."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_people_account", "people", ["account"])


def downgrade() -> None:
    op.drop_index("ix_people_account", "people")

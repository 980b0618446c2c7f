"""What keeps a list as quick in a large register as in a small one: what it reads, in an index or a table of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

HITS = ["id", "ends_on", "status", "organisation", "facets"]


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def upgrade() -> None:
    if not _postgresql():
        op.create_index("ix_publications_hits", "publications", HITS)
        return
    # Triggers keep it (experiments/public_access.py).
    op.create_table(
        "publication_facets",
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("word", "id", name=op.f("pk_publication_facets")),
    )
    op.execute(
        "INSERT INTO publication_facets (word, id) "
        "SELECT DISTINCT word, id FROM publications, unnest(string_to_array(facets, ' ')) AS word WHERE word <> ''"
    )


def downgrade() -> None:
    if _postgresql():
        op.drop_table("publication_facets")
    else:
        op.drop_index("ix_publications_hits", "publications")

"""What bears each filter is counted as what each year held is: a list of everything is never read to be counted."""

from collections import Counter

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    counts: Counter[tuple[str, str]] = Counter()
    labels: dict[str, str] = {}
    for marks, facets, organisation in _published():
        counts.update(tuple(mark.split("-", 1)) for mark in marks.split())
        words = facets.split()
        counts.update((one[2:], word) for one in words if one.startswith("fg") for word in words)
        labels.update((word, organisation) for word in words if word.startswith("fo"))
    op.drop_table("tallies")
    tallies = op.create_table(
        "tallies",
        sa.Column("scope", sa.String(8), nullable=False),
        sa.Column("word", sa.String(30), nullable=False),
        sa.Column("label", sa.String(120), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "word", name="pk_tallies"),
    )
    # Threads that searched while a file was published could spoil its words (experiments/search.py): all are found anew.
    op.execute("UPDATE publications SET form = 0")
    op.bulk_insert(
        tallies,
        [
            {"scope": scope, "word": word, "label": labels.get(word, ""), "count": count}
            for (scope, word), count in sorted(counts.items())
        ],
    )


def downgrade() -> None:
    counts = Counter(mark for marks, _facets, _organisation in _published() for mark in marks.split())
    op.drop_table("tallies")
    tallies = op.create_table(
        "tallies",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("held", sa.String(12), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", "held", name="pk_tallies"),
    )
    years = [(mark.split("-", 1), count) for mark, count in sorted(counts.items())]
    op.bulk_insert(tallies, [{"year": int(year), "held": held, "count": count} for (year, held), count in years])


def _published() -> sa.CursorResult[tuple[str, str, str]]:
    rows = sa.text("SELECT marks, facets, organisation FROM publications ORDER BY id")
    return op.get_bind().execute(rows, execution_options={"yield_per": 1000})

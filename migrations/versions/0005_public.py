"""What the public may read of each experiment, what it is found by, and the version of the whole."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STATUSES = (
    "'draft', 'submitted', 'authorised', 'refused', 'running', 'suspended', 'evaluating', 'evaluated', 'decided', "
    "'closed', 'withdrawn'"
)
SHELF = (
    "CASE WHEN status IN ('authorised', 'evaluated', 'evaluating', 'running', 'suspended') THEN 'current' "
    "WHEN status IN ('decided', 'closed') THEN 'past' ELSE 'inside' END"
)


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def upgrade() -> None:
    register = op.create_table(
        "register",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_register_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register")),
    )
    op.bulk_insert(register, [{"id": 1, "version": 1}])
    op.create_table(
        "publications",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.String(12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("form", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("shelf", sa.String(8), sa.Computed(SHELF, persisted=True), nullable=False),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("policy", sa.String(60), nullable=False),
        sa.Column("organisation", sa.String(120), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("communes", sa.String(400), nullable=False),
        *(
            sa.Column(name, sa.Date(), nullable=True)
            for name in ("starts_on", "ends_on", "midterm_on", "evaluation_due_on", "decision_due_on", "decided_on",
                         "suspended_on")
        ),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("owed_on", sa.Date(), nullable=True),
        sa.Column("facets", sa.Text(), nullable=False),
        sa.Column("words", sa.Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
        # Last: SQLite reads a long text to reach what stands after it.
        sa.Column("document", sa.Text(), nullable=False),
        sa.CheckConstraint(f"status IN ({STATUSES})", name=op.f("ck_publications_status")),
        sa.ForeignKeyConstraint(["id"], ["experiments.id"], name=op.f("fk_publications_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publications")),
        sa.UniqueConstraint("number", name=op.f("uq_publications_number")),
    )  # fmt: skip
    op.create_index("ix_publications_shelf", "publications", ["shelf", "ends_on", "id"])
    op.create_index("ix_publications_owed_on", "publications", ["owed_on", "id"])
    op.create_index("ix_publications_shelf_seq", "publications", ["shelf", "seq"])
    if _postgresql():
        op.create_index("ix_publications_words", "publications", ["words"], postgresql_using="gin")
        return
    # It reads the words where they are; triggers tell it of changes (experiments/public_access.py).
    op.execute(
        "CREATE VIRTUAL TABLE publication_words USING fts5(words, content='publications', content_rowid='id', "
        "detail=none, columnsize=0, tokenize='unicode61 remove_diacritics 0')"
    )


def downgrade() -> None:
    if not _postgresql():
        op.drop_table("publication_words")
    op.drop_table("publications")
    op.drop_table("register")

"""The days on which a trial really began and ended are read by lists: a column says each, not the document."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

DAYS = ("started_on", "field_ended_on")
INDEXES = {
    "ix_publications_shelf": ["shelf", "ends_on", "id"],
    "ix_publications_owed_on": ["owed_on", "id"],
    "ix_publications_shelf_seq": ["shelf", "seq"],
    "ix_publications_hits": ["id", "ends_on", "status", "organisation", "facets"],
}


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _make_anew()
        return
    for day in DAYS:
        op.add_column("publications", sa.Column(day, sa.Date(), nullable=True))
    told = ", ".join(f"{day} = CAST(CAST(document AS JSON) ->> '{day}' AS DATE)" for day in DAYS)
    op.execute(f"UPDATE publications SET {told}")


def downgrade() -> None:
    for day in DAYS:
        op.drop_column("publications", day)


def _make_anew() -> None:
    """SQLite adds a column at the end, and reads all of the document to reach it: they go before it."""
    connection = op.get_bind()
    made = connection.scalar(sa.text("SELECT sql FROM sqlite_master WHERE name = 'publications'"))
    columns = [column["name"] for column in sa.inspect(connection).get_columns("publications")]
    kept = ", ".join(name for name in columns if name != "shelf")  # Which is computed.
    days = "".join(f"\n\t{day} DATE, " for day in DAYS)
    _name, defined = made.split("(", 1)
    defined = defined.replace("suspended_on DATE, ", f"suspended_on DATE, {days}")
    op.execute(f"CREATE TABLE publications_anew ({defined}")
    told = ", ".join(f"json_extract(document, '$.{day}')" for day in DAYS)
    op.execute(f"INSERT INTO publications_anew ({kept}, {', '.join(DAYS)}) SELECT {kept}, {told} FROM publications")
    op.drop_table("publications")
    op.rename_table("publications_anew", "publications")
    for name, columns in INDEXES.items():
        op.create_index(name, "publications", columns)

"""Citizens’ voices, and followers: mails go to them too, by the same ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
OCCASIONS = "occasion IN ('reminder', 'digest', 'notice')"
MORE_OCCASIONS = "occasion IN ('reminder', 'digest', 'notice', 'confirmation', 'news', 'answer')"
ONE_READER = (
    "CASE WHEN person_id IS NULL THEN 0 ELSE 1 END + CASE WHEN follower_id IS NULL THEN 0 ELSE 1 END "
    "+ CASE WHEN voice_id IS NULL THEN 0 ELSE 1 END = 1"
)
READERS = {"follower_id": "followers (id) ON DELETE CASCADE", "voice_id": "voices (id)"}
SENT = "CONSTRAINT ck_mails_sent_has_moment"
# Of the table, not of the column: SQLite tells nothing of what else is said beside a column.
REFERENCES = "".join(
    f"CONSTRAINT fk_mails_{name} FOREIGN KEY({name}) REFERENCES {reader}, " for name, reader in READERS.items()
)
FOLLOWED = ("follower_id", "id")
WAITING = "fate = 'waiting'"


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _partial(condition: str) -> dict[str, sa.TextClause]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def _rewrite(*changes: tuple[str, str]) -> None:
    """Change words of the definition of `mails` on SQLite.

    Rebuilding the table would break the reminders that refer to it: SQLite's own way to change a constraint is this one
    (https://www.sqlite.org/lang_altertable.html, section 7).
    """
    connection = op.get_bind()
    op.execute("PRAGMA writable_schema = ON")
    for before, after in changes:
        connection.execute(
            sa.text("UPDATE sqlite_master SET sql = replace(sql, :before, :after) WHERE name = 'mails'"),
            {"before": before, "after": after},
        )
    op.execute("PRAGMA writable_schema = RESET")


def upgrade() -> None:
    _create_tables()
    for name in ("after_seq", "upto_seq"):
        op.add_column("mails", sa.Column(name, sa.Integer(), nullable=True))
    if _postgresql():
        for name, reader in READERS.items():
            op.execute(f"ALTER TABLE mails ADD COLUMN {name} INTEGER CONSTRAINT fk_mails_{name} REFERENCES {reader}")
        op.alter_column("mails", "person_id", nullable=True)
        op.drop_constraint("ck_mails_occasion", "mails")
        op.create_check_constraint(op.f("ck_mails_occasion"), "mails", MORE_OCCASIONS)
        op.create_check_constraint(op.f("ck_mails_one_reader"), "mails", ONE_READER)
    else:
        for name in READERS:
            op.add_column("mails", sa.Column(name, sa.Integer(), nullable=True))
        _rewrite(
            ("person_id INTEGER NOT NULL", "person_id INTEGER"),
            (OCCASIONS, MORE_OCCASIONS),
            (SENT, f"CONSTRAINT ck_mails_one_reader CHECK ({ONE_READER}), {REFERENCES}{SENT}"),
        )
    op.create_index("ix_mails_follower_id", "mails", [*FOLLOWED], **_partial("follower_id IS NOT NULL"))
    op.create_index("ix_mails_voice_id", "mails", ["voice_id"], **_partial("voice_id IS NOT NULL"))
    op.create_index(
        "ix_mails_asked", "mails", ["not_before", "id"], **_partial(f"{WAITING} AND occasion = 'confirmation'")
    )
    op.add_column("pulse", sa.Column("swept_on", sa.Date(), nullable=True))


def _create_tables() -> None:
    op.create_table(
        "voices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(12), nullable=False),
        sa.Column("experiment_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("language", sa.String(40), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("standing", sa.String(40), nullable=False),
        sa.Column("published", sa.Text(), nullable=False),
        sa.Column("declined", sa.String(40), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("erased_on", sa.Date(), nullable=True),
        sa.CheckConstraint("kind IN ('reaction', 'question', 'mistake', 'obstacle')", name=op.f("ck_voices_kind")),
        sa.CheckConstraint(
            "standing IN ('waiting', 'published', 'declined', 'dealt-with', 'lapsed')", name=op.f("ck_voices_standing")
        ),
        sa.CheckConstraint("language IN ('fr', 'en')", name=op.f("ck_voices_language")),
        sa.CheckConstraint(
            "(kind = 'obstacle') = (experiment_id IS NULL)", name=op.f("ck_voices_obstacle_is_of_no_experiment")
        ),
        sa.CheckConstraint(
            "standing <> 'published' OR (published <> '' AND experiment_id IS NOT NULL)",
            name=op.f("ck_voices_published_has_text"),
        ),
        sa.CheckConstraint(
            "(standing = 'declined') = (declined IS NOT NULL)", name=op.f("ck_voices_declined_has_reason")
        ),
        sa.CheckConstraint("(answer = '') = (answered_on IS NULL)", name=op.f("ck_voices_answer_has_day")),
        sa.CheckConstraint("erased_on IS NULL OR (text = '' AND email = '')", name=op.f("ck_voices_erased_is_empty")),
        sa.ForeignKeyConstraint(["experiment_id"], ["experiments.id"], name="fk_voices_experiment_id"),
        sa.PrimaryKeyConstraint("id", name="pk_voices"),
        sa.UniqueConstraint("reference", name="uq_voices_reference"),
    )
    op.create_index("ix_voices_experiment_id", "voices", ["experiment_id", "standing", "id"])
    op.create_index("ix_voices_waiting", "voices", ["experiment_id", "id"], **_partial("standing = 'waiting'"))
    op.create_index("ix_voices_held", "voices", ["received_on"], **_partial("erased_on IS NULL"))
    op.create_table(
        "followers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("nonce", sa.String(32), nullable=False),
        sa.Column("language", sa.String(40), nullable=False),
        sa.CheckConstraint("language IN ('fr', 'en')", name=op.f("ck_followers_language")),
        sa.PrimaryKeyConstraint("id", name="pk_followers"),
        sa.UniqueConstraint("email", name="uq_followers_email"),
        sa.UniqueConstraint("nonce", name="uq_followers_nonce"),
    )
    op.create_table(
        "followings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("follower_id", sa.Integer(), nullable=False),
        sa.Column("experiment_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["follower_id"], ["followers.id"], name="fk_followings_follower_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["experiment_id"], ["experiments.id"], name="fk_followings_experiment_id"),
        sa.PrimaryKeyConstraint("id", name="pk_followings"),
    )
    for name, columns, condition in (
        ("uq_followings_experiment", ["follower_id", "experiment_id"], "experiment_id IS NOT NULL"),
        ("uq_followings_register", ["follower_id"], "experiment_id IS NULL"),
    ):
        op.create_index(name, "followings", columns, unique=True, **_partial(condition))
    op.create_index("ix_followings_experiment_id", "followings", ["experiment_id", "follower_id"])
    op.create_table(
        "knocks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_knocks"),
    )
    op.create_index("ix_knocks_key_at", "knocks", ["key", "at"])


def downgrade() -> None:
    op.drop_column("pulse", "swept_on")
    for name in ("ix_mails_asked", "ix_mails_voice_id", "ix_mails_follower_id"):
        op.drop_index(name, "mails")
    op.execute("DELETE FROM mails WHERE person_id IS NULL")
    if _postgresql():
        op.drop_constraint("ck_mails_one_reader", "mails")
        op.drop_constraint("ck_mails_occasion", "mails")
        op.create_check_constraint(op.f("ck_mails_occasion"), "mails", OCCASIONS)
        op.alter_column("mails", "person_id", nullable=False)
    else:
        _rewrite(
            ("person_id INTEGER", "person_id INTEGER NOT NULL"),
            (MORE_OCCASIONS, OCCASIONS),
            (f"CONSTRAINT ck_mails_one_reader CHECK ({ONE_READER}), {REFERENCES}", ""),
        )
    for name in ("after_seq", "upto_seq", *READERS):
        op.drop_column("mails", name)
    for table in ("knocks", "followings", "followers", "voices"):
        op.drop_table(table)

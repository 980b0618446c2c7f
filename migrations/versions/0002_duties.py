"""Duties: deadlines, reminders and their mails, absences, and what a person wishes to receive."""

import json
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TASKS = (
    "'dates', 'opinion', 'validation', 'review', 'start', 'midterm', 'extension', 'answer', 'derogation', 'end', "
    "'field', 'evaluation', 'decision', 'publication', 'closure', 'follow-up'"
)
RANKS = "'adviser', 'evaluator', 'lead', 'deputy', 'head', 'validator', 'auditor', 'administrator'"
PARTS = "'lead', 'deputy', 'contributor', 'evaluator', 'adviser', 'edited', 'evaluated'"
PARTS_WITH_HEAD = "'lead', 'deputy', 'contributor', 'evaluator', 'head', 'adviser', 'edited', 'evaluated'"

FILE_COLUMNS = ("submitted_on", "reviewed_on", "closed_on")


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _partial(condition: str) -> dict[str, sa.TextClause]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def _parts(before: str, after: str) -> None:
    """Change the list of parts that somebody may hold."""
    if _postgresql():
        op.drop_constraint("ck_involvements_part", "involvements")
        op.create_check_constraint(op.f("ck_involvements_part"), "involvements", f"part IN ({after})")
        return
    # Rebuilding the table would break the opinions that refer to it: SQLite's own way to change a CHECK is this one
    # (https://www.sqlite.org/lang_altertable.html, section 7).
    op.execute("PRAGMA writable_schema = ON")
    op.get_bind().execute(
        sa.text("UPDATE sqlite_master SET sql = replace(sql, :before, :after) WHERE name = 'involvements'"),
        {"before": f"part IN ({before})", "after": f"part IN ({after})"},
    )
    op.execute("PRAGMA writable_schema = RESET")


def upgrade() -> None:
    _parts(PARTS, PARTS_WITH_HEAD)
    for name in FILE_COLUMNS:
        op.add_column("experiments", sa.Column(name, sa.Date(), nullable=True))
    # 0: no deadline was reckoned yet; the first run of the worker does.
    op.add_column("experiments", sa.Column("settled", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_experiments_unsettled", "experiments", ["id"], **_partial("settled <> version"))
    op.add_column("people", sa.Column("language", sa.String(40), nullable=False, server_default="fr"))
    op.add_column("people", sa.Column("pace", sa.String(40), nullable=False, server_default="at-once"))
    op.add_column("people", sa.Column("bounced_at", MOMENT, nullable=True))
    op.add_column("people", sa.Column("bounced_words", sa.Text(), nullable=False, server_default=""))
    op.add_column("people", sa.Column("agenda_hash", sa.String(64), nullable=True))
    op.create_index("ix_people_agenda_hash", "people", ["agenda_hash"], unique=True)
    _create_tables()
    _recall()
    pulse = sa.table("pulse", sa.column("id"), sa.column("since", MOMENT), sa.column("seen"), sa.column("rules"),
                     sa.column("trouble"))  # fmt: skip
    # What happened before is not told again.
    seen = op.get_bind().execute(sa.text("SELECT COALESCE(MAX(seq), 0) FROM trace")).scalar()
    op.execute(pulse.insert().values(id=1, since=datetime.now(UTC), seen=seen, rules="", trouble=""))


def _recall() -> None:
    """On which day each file was last submitted, and closed: submissions and the trace know."""
    connection = op.get_bind()
    submissions = sa.table("submissions", sa.column("experiment_id"), sa.column("at", MOMENT))
    submitted = connection.execute(sa.select(submissions).order_by(submissions.c.at)).all()
    closed = connection.execute(
        sa.text("SELECT experiment_id, body FROM trace WHERE event = 'close' ORDER BY seq")
    ).all()
    for name, moments in (
        ("submitted_on", dict(map(tuple, submitted))),
        ("closed_on", {x: datetime.fromisoformat(json.loads(body)["at"]) for x, body in closed}),
    ):
        if moments:
            connection.execute(
                sa.text(f"UPDATE experiments SET {name} = :day WHERE id = :x").bindparams(
                    sa.bindparam("day", type_=sa.Date())
                ),
                [{"x": x, "day": _paris_day(at)} for x, at in moments.items()],
            )


def _paris_day(at: datetime) -> date:
    """SQLite keeps moments without their zone, which is UTC."""
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(ZoneInfo("Europe/Paris")).date()


def _create_tables() -> None:
    op.create_table(
        "absences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.CheckConstraint("until_on IS NULL OR until_on >= from_on", name=op.f("ck_absences_in_order")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_absences_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_absences"),
    )
    op.create_index("ix_absences_person_id", "absences", ["person_id"])
    op.create_table(
        "deadlines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("experiment_id", sa.Integer(), nullable=False),
        sa.Column("task", sa.String(40), nullable=False),
        sa.Column("about", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(300), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=True),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.CheckConstraint(f"task IN ({TASKS})", name=op.f("ck_deadlines_task")),
        sa.CheckConstraint("ended_at IS NULL OR next_on IS NULL", name=op.f("ck_deadlines_over_is_not_reminded")),
        sa.ForeignKeyConstraint(["experiment_id"], ["experiments.id"], name="fk_deadlines_experiment_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_deadlines_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_deadlines"),
        sa.UniqueConstraint("experiment_id", "task", "about", name="uq_deadlines_experiment_id_task_about"),
    )
    op.create_index("ix_deadlines_next_on", "deadlines", ["next_on", "id"], **_partial("next_on IS NOT NULL"))
    op.create_index("ix_deadlines_task_due_on", "deadlines", ["task", "due_on", "id"], **_partial("ended_at IS NULL"))
    op.create_index("ix_deadlines_ended_at", "deadlines", ["ended_at"], **_partial("ended_at IS NOT NULL"))
    op.create_index("ix_deadlines_person_id", "deadlines", ["person_id"])
    op.create_table(
        "mails",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("occasion", sa.String(40), nullable=False),
        sa.Column("planned_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("fate", sa.String(40), nullable=False),
        sa.Column("leased_until", MOMENT, nullable=True),
        sa.Column("leased_by", sa.String(64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("first_tried_at", MOMENT, nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "fate IN ('waiting', 'sent', 'refused', 'expired', 'cancelled')", name=op.f("ck_mails_fate")
        ),
        sa.CheckConstraint("occasion IN ('reminder', 'digest', 'notice')", name=op.f("ck_mails_occasion")),
        sa.CheckConstraint("(fate = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_mails_sent_has_moment")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_mails_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_mails"),
        sa.UniqueConstraint("key", name="uq_mails_key"),
    )
    waiting = _partial("fate = 'waiting'")
    op.create_index("ix_mails_waiting", "mails", ["not_before", "id"], **waiting)
    op.create_index("ix_mails_person_waiting", "mails", ["person_id", "occasion"], **waiting)
    op.create_index("ix_mails_fate", "mails", ["fate", "id"])
    op.create_table(
        "reminders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deadline_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.String(40), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("mail_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"rank IN ({RANKS})", name=op.f("ck_reminders_rank")),
        sa.ForeignKeyConstraint(["deadline_id"], ["deadlines.id"], name="fk_reminders_deadline_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_reminders_person_id"),
        sa.ForeignKeyConstraint(["mail_id"], ["mails.id"], name="fk_reminders_mail_id"),
        sa.PrimaryKeyConstraint("id", name="pk_reminders"),
        sa.UniqueConstraint(
            "deadline_id", "version", "rung", "person_id", name="uq_reminders_deadline_id_version_rung_person_id"
        ),
    )
    op.create_index("ix_reminders_mail_id", "reminders", ["mail_id"])
    op.create_index("ix_reminders_person_id", "reminders", ["person_id", "deadline_id"])
    op.create_table(
        "notices",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("mail_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["trace.seq"], name="fk_notices_seq"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_notices_person_id"),
        sa.ForeignKeyConstraint(["mail_id"], ["mails.id"], name="fk_notices_mail_id"),
        sa.PrimaryKeyConstraint("seq", "person_id", name="pk_notices"),
    )
    op.create_index("ix_notices_mail_id", "notices", ["mail_id"])
    op.create_table(
        "pulse",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("ran_at", MOMENT, nullable=True),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("rules", sa.String(64), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("troubled_since", MOMENT, nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_pulse_one_row")),
        sa.PrimaryKeyConstraint("id", name="pk_pulse"),
    )


def downgrade() -> None:
    for table in ("pulse", "notices", "reminders", "mails", "deadlines", "absences"):
        op.drop_table(table)
    op.drop_index("ix_people_agenda_hash", "people")
    for name in ("language", "pace", "bounced_at", "bounced_words", "agenda_hash"):
        op.drop_column("people", name)
    op.drop_index("ix_experiments_unsettled", "experiments")
    for name in (*FILE_COLUMNS, "settled"):
        op.drop_column("experiments", name)
    op.execute("DELETE FROM involvements WHERE part = 'head'")
    op.execute("DELETE FROM written_parts WHERE slug = 'suivi'")
    _parts(PARTS_WITH_HEAD, PARTS)

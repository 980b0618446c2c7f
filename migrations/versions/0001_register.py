"""The register: files, people, evaluations, decisions, trace."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


# An experiment names its evaluation and its decision, which name their experiment. SQLite adds no foreign key to a
# table that stands, but takes one to a table that comes later; PostgreSQL the other way round.
CIRCULAR = (
    sa.ForeignKeyConstraint(
        ["id", "evaluation_id"], ["evaluations.experiment_id", "evaluations.id"],
        name="fk_experiments_evaluation", ondelete="RESTRICT",
    ),
    sa.ForeignKeyConstraint(
        ["id", "decision_id", "evaluation_id"],
        ["decisions.experiment_id", "decisions.id", "decisions.evaluation_id"],
        name="fk_experiments_decision", ondelete="RESTRICT",
    ),
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_attempts"),
    )
    op.create_index("ix_attempts_key_at", "attempts", ["key", "at"], unique=False)

    op.create_table(
        "counters",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name="pk_counters"),
    )
    op.create_table(
        "experiments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=12), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("trace_seq", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("demonstration", sa.Boolean(), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("policy", sa.String(length=60), nullable=False),
        sa.Column("organisation", sa.String(length=120), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("communes", sa.String(length=400), nullable=False),
        sa.Column("found_by", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("midterm_on", sa.Date(), nullable=True),
        sa.Column("evaluation_due_on", sa.Date(), nullable=True),
        sa.Column("decision_due_on", sa.Date(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("field_ended_on", sa.Date(), nullable=True),
        sa.Column("extensions", sa.Integer(), nullable=False),
        sa.Column("extension_asked_on", sa.Date(), nullable=True),
        sa.Column("extension_asked", sa.String(length=64), nullable=False),
        sa.Column("evaluation_id", sa.Integer(), nullable=True),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column(
            "shelf",
            sa.String(length=8),
            sa.Computed(
                "CASE WHEN status IN ('authorised', 'evaluated', 'evaluating', 'running', 'suspended') THEN 'current' WHEN status IN ('decided', 'closed') THEN 'past' ELSE 'inside' END",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'submitted', 'authorised', 'refused', 'running', 'suspended', 'evaluating', 'evaluated', 'decided', 'closed', 'withdrawn')",
            name=op.f("ck_experiments_status"),
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'submitted', 'refused', 'withdrawn') OR (starts_on IS NOT NULL AND ends_on IS NOT NULL)",
            name=op.f("ck_experiments_authorised_has_dates"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('decided', 'closed') OR decision_id IS NOT NULL",
            name=op.f("ck_experiments_decided_has_decision"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('evaluated', 'decided', 'closed') OR evaluation_id IS NOT NULL",
            name=op.f("ck_experiments_evaluated_has_evaluation"),
        ),
        sa.CheckConstraint(
            "ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on",
            name=op.f("ck_experiments_ends_after_start"),
        ),
        *(CIRCULAR if op.get_bind().dialect.name == "sqlite" else ()),
        sa.PrimaryKeyConstraint("id", name="pk_experiments"),
        sa.UniqueConstraint("nonce", name="uq_experiments_nonce"),
        sa.UniqueConstraint("number", name="uq_experiments_number"),
    )
    op.create_index("ix_experiments_shelf", "experiments", ["shelf", "ends_on", "id"], unique=False)
    op.create_index("ix_experiments_status", "experiments", ["status", "ends_on", "id"], unique=False)

    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("function", sa.String(length=200), nullable=False),
        sa.Column("account", sa.String(length=40), nullable=False),
        sa.Column("advises", sa.String(length=40), nullable=True),
        sa.Column("password", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("demonstration", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "account IN ('agent', 'adviser', 'validator', 'auditor', 'administrator')",
            name=op.f("ck_people_account"),
        ),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_people_email_lower")),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        sa.UniqueConstraint("email", name="uq_people_email"),
    )
    op.create_table(
        "evaluations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("experiment_id", sa.Integer(), nullable=False),
        sa.Column("interim", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("verdict", sa.String(length=40), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("interim OR verdict IS NOT NULL", name=op.f("ck_evaluations_final_has_verdict")),
        sa.ForeignKeyConstraint(
            ["experiment_id"], ["experiments.id"], name="fk_evaluations_experiment_id", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["people.id"], name="fk_evaluations_recorded_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_evaluations"),
        sa.UniqueConstraint("experiment_id", "id", name="uq_evaluations_experiment_id_id"),
        sa.UniqueConstraint("experiment_id", "interim", "version", name="uq_evaluations_experiment_id_interim_version"),
    )
    op.create_table(
        "involvements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("experiment_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=40), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "part IN ('lead', 'deputy', 'contributor', 'evaluator', 'adviser', 'edited', 'evaluated')",
            name=op.f("ck_involvements_part"),
        ),
        sa.ForeignKeyConstraint(["experiment_id"], ["experiments.id"], name="fk_involvements_experiment_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_involvements_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_involvements"),
    )
    op.create_index("ix_involvements_experiment_id", "involvements", ["experiment_id"], unique=False)
    op.create_index("ix_involvements_person_id", "involvements", ["person_id"], unique=False)
    op.create_index(
        "uq_involvements_held",
        "involvements",
        ["experiment_id", "person_id", "part"],
        unique=True,
        sqlite_where=sa.text("until IS NULL AND part <> 'adviser'"),
        postgresql_where=sa.text("until IS NULL AND part <> 'adviser'"),
    )

    op.create_table(
        "sign_ins",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("device", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_sign_ins_person_id"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sign_ins"),
    )
    op.create_index("ix_sign_ins_person_id", "sign_ins", ["person_id"], unique=False)

    op.create_table(
        "submissions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("experiment_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("texts", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["experiment_id"], ["experiments.id"], name="fk_submissions_experiment_id"),
        sa.PrimaryKeyConstraint("id", name="pk_submissions"),
        sa.UniqueConstraint("experiment_id", "number", name="uq_submissions_experiment_id_number"),
    )
    op.create_table(
        "tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_tokens_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_tokens"),
        sa.UniqueConstraint("token_hash", name="uq_tokens_token_hash"),
    )
    op.create_index("ix_tokens_person_id", "tokens", ["person_id"], unique=False)

    op.create_table(
        "trace",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("experiment_id", sa.Integer(), nullable=True),
        sa.Column("at_version", sa.Integer(), nullable=True),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("from_status", sa.String(length=40), nullable=True),
        sa.Column("to_status", sa.String(length=40), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["experiment_id"], ["experiments.id"], name="fk_trace_experiment_id", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("seq", name="pk_trace"),
    )
    op.create_index("ix_trace_experiment_id", "trace", ["experiment_id"], unique=False)

    op.create_table(
        "written_parts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("experiment_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at_version", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["experiment_id"], ["experiments.id"], name="fk_written_parts_experiment_id"),
        sa.ForeignKeyConstraint(["written_by_id"], ["people.id"], name="fk_written_parts_written_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_written_parts"),
        sa.UniqueConstraint("experiment_id", "slug", name="uq_written_parts_experiment_id_slug"),
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("experiment_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("evaluation_id", sa.Integer(), nullable=True),
        sa.Column("saw_fingerprint", sa.String(length=64), nullable=False),
        sa.Column("departs", sa.Boolean(), nullable=False),
        sa.Column("stop_reason", sa.String(length=40), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(outcome = 'early-stop') = (stop_reason IS NOT NULL)", name=op.f("ck_decisions_stop_has_reason")
        ),
        sa.CheckConstraint(
            "outcome IN ('authorisation', 'refusal', 'early-stop') OR evaluation_id IS NOT NULL",
            name=op.f("ck_decisions_outcome_on_evaluation"),
        ),
        sa.CheckConstraint(
            "outcome IN ('authorisation', 'refusal', 'early-stop', 'extension', 'generalisation', 'partial', 'abandonment')",
            name=op.f("ck_decisions_outcome"),
        ),
        sa.CheckConstraint("(starts_on IS NULL) = (ends_on IS NULL)", name=op.f("ck_decisions_period_whole")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["people.id"], name="fk_decisions_decided_by_id"),
        sa.ForeignKeyConstraint(
            ["experiment_id", "evaluation_id"],
            ["evaluations.experiment_id", "evaluations.id"],
            name="fk_decisions_evaluation",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["experiment_id"], ["experiments.id"], name="fk_decisions_experiment_id", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_decisions"),
        sa.UniqueConstraint("experiment_id", "id", "evaluation_id", name="uq_decisions_experiment_id_id_evaluation_id"),
    )
    op.create_table(
        "disclosures",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=True),
        sa.Column("value", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["seq"], ["trace.seq"], name="fk_disclosures_seq", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("seq", "field", name="pk_disclosures"),
    )
    op.create_table(
        "opinions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("involvement_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sense", sa.String(length=40), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("on_fingerprint", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "kind IN ('dpo', 'security', 'legal', 'procurement', 'other')", name=op.f("ck_opinions_kind")
        ),
        sa.CheckConstraint("(given_at IS NULL) = (sense IS NULL)", name=op.f("ck_opinions_given_whole")),
        sa.ForeignKeyConstraint(["involvement_id"], ["involvements.id"], name="fk_opinions_involvement_id"),
        sa.PrimaryKeyConstraint("id", name="pk_opinions"),
        sa.UniqueConstraint("involvement_id", name="uq_opinions_involvement_id"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.create_foreign_key(
            "fk_experiments_evaluation",
            "experiments",
            "evaluations",
            ["id", "evaluation_id"],
            ["experiment_id", "id"],
            ondelete="RESTRICT",
        )
        op.create_foreign_key(
            "fk_experiments_decision",
            "experiments",
            "decisions",
            ["id", "decision_id", "evaluation_id"],
            ["experiment_id", "id", "evaluation_id"],
            ondelete="RESTRICT",
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("fk_experiments_decision", "experiments")
        op.drop_constraint("fk_experiments_evaluation", "experiments")
    else:
        # SQLite deletes the rows of a table that it drops, and checks their links as it goes: undo the links first.
        op.execute("PRAGMA ignore_check_constraints = ON")
        op.execute("UPDATE experiments SET evaluation_id = NULL, decision_id = NULL")
        op.execute("PRAGMA ignore_check_constraints = OFF")
    for table in (
        "opinions", "disclosures", "decisions", "written_parts", "trace", "tokens", "submissions", "sign_ins",
        "involvements", "evaluations", "people", "experiments", "counters", "attempts",
    ):  # fmt: skip
        op.drop_table(table)

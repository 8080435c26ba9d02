"""Mandates at the committee and the closing: what blocks and what warns, vetoes asked and answered, reinvestment claimed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

_CLAUSE, _KNOWN = "mandate_clause", "ck_mandate_clause_measure_known"
_NEW = ("veto_answer", "veto_question", "reinvestment_withdrawal", "reinvestment_claim")

WALLS = (
    """REVOKE UPDATE, DELETE, TRUNCATE ON reinvestment_claim FROM afund_app""",
    """CREATE TRIGGER reinvestment_claim_append_only BEFORE UPDATE OR DELETE ON reinvestment_claim FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER reinvestment_claim_append_only_whole BEFORE TRUNCATE ON reinvestment_claim FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON reinvestment_withdrawal FROM afund_app""",
    """CREATE TRIGGER reinvestment_withdrawal_append_only BEFORE UPDATE OR DELETE ON reinvestment_withdrawal FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER reinvestment_withdrawal_append_only_whole BEFORE TRUNCATE ON reinvestment_withdrawal FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON veto_question FROM afund_app""",
    """CREATE TRIGGER veto_question_append_only BEFORE UPDATE OR DELETE ON veto_question FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER veto_question_append_only_whole BEFORE TRUNCATE ON veto_question FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON veto_answer FROM afund_app""",
    """CREATE TRIGGER veto_answer_append_only BEFORE UPDATE OR DELETE ON veto_answer FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER veto_answer_append_only_whole BEFORE TRUNCATE ON veto_answer FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """ALTER TABLE reinvestment_claim ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY reinvestment_claim_seen ON reinvestment_claim FOR SELECT TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY reinvestment_claim_written ON reinvestment_claim FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY reinvestment_claim_changed ON reinvestment_claim FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY reinvestment_claim_removed ON reinvestment_claim FOR DELETE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """ALTER TABLE reinvestment_withdrawal ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY reinvestment_withdrawal_seen ON reinvestment_withdrawal FOR SELECT TO afund_app USING (EXISTS (SELECT FROM reinvestment_claim c WHERE c.id = reinvestment_withdrawal.claim_id))""",
    """CREATE POLICY reinvestment_withdrawal_written ON reinvestment_withdrawal FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY reinvestment_withdrawal_changed ON reinvestment_withdrawal FOR UPDATE TO afund_app USING (EXISTS (SELECT FROM reinvestment_claim c WHERE c.id = reinvestment_withdrawal.claim_id))""",
    """CREATE POLICY reinvestment_withdrawal_removed ON reinvestment_withdrawal FOR DELETE TO afund_app USING (EXISTS (SELECT FROM reinvestment_claim c WHERE c.id = reinvestment_withdrawal.claim_id))""",
    """ALTER TABLE veto_question ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY veto_question_seen ON veto_question FOR SELECT TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()) OR 'committee' = ANY (afund_roles()))""",
    """CREATE POLICY veto_question_written ON veto_question FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY veto_question_changed ON veto_question FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()) OR 'committee' = ANY (afund_roles()))""",
    """CREATE POLICY veto_question_removed ON veto_question FOR DELETE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()) OR 'committee' = ANY (afund_roles()))""",
    """ALTER TABLE veto_answer ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY veto_answer_seen ON veto_answer FOR SELECT TO afund_app USING (EXISTS (SELECT FROM veto_question c WHERE c.id = veto_answer.question_id))""",
    """CREATE POLICY veto_answer_written ON veto_answer FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY veto_answer_changed ON veto_answer FOR UPDATE TO afund_app USING (EXISTS (SELECT FROM veto_question c WHERE c.id = veto_answer.question_id))""",
    """CREATE POLICY veto_answer_removed ON veto_answer FOR DELETE TO afund_app USING (EXISTS (SELECT FROM veto_question c WHERE c.id = veto_answer.question_id))""",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.add_column(_CLAUSE, sa.Column("effect", sa.Text(), nullable=False, server_default="warns"))
    op.add_column(_CLAUSE, sa.Column("competitor", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column(_CLAUSE, sa.Column("above", sa.BigInteger(), nullable=True))
    op.alter_column(_CLAUSE, "effect", server_default=None)
    op.alter_column(_CLAUSE, "competitor", server_default=None)
    op.create_check_constraint(
        op.f("ck_mandate_clause_effect_known"), _CLAUSE, "effect IN ('warns', 'blocks')"
    )
    _measures("'chain', 'label', 'largest', 'reinvestment', 'veto'")
    op.add_column("motion", sa.Column("mandates", postgresql.JSONB(), nullable=False, server_default="{}"))
    op.alter_column("motion", "mandates", server_default=None)
    op.create_table(
        "reinvestment_claim",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("plant", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("whole", sa.BigInteger(), nullable=False),
        sa.Column("claimed_on", sa.Date(), nullable=False),
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("document <> ''", name=op.f("ck_reinvestment_claim_has_evidence")),
        sa.CheckConstraint(
            "kind IN ('plant', 'line', 'research', 'office', 'purchase')",
            name=op.f("ck_reinvestment_claim_kind_known"),
        ),
        sa.CheckConstraint(
            "amount > 0 AND amount <= whole", name=op.f("ck_reinvestment_claim_amount_within_whole")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["party.id"], name=op.f("fk_reinvestment_claim_company_id_party")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_reinvestment_claim_fund_id_fund")),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_reinvestment_claim_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reinvestment_claim")),
    )
    op.create_index(
        op.f("ix_reinvestment_claim_partner_id"), "reinvestment_claim", ["partner_id"], unique=False
    )
    op.create_index(
        "ix_reinvestment_claim_plant", "reinvestment_claim", ["fund_id", "company_id", "plant"], unique=False
    )
    op.create_table(
        "reinvestment_withdrawal",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("claim_id", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("btrim(reason) <> ''", name=op.f("ck_reinvestment_withdrawal_has_reason")),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["reinvestment_claim.id"],
            name=op.f("fk_reinvestment_withdrawal_claim_id_reinvestment_claim"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reinvestment_withdrawal")),
        sa.UniqueConstraint("claim_id", name=op.f("uq_reinvestment_withdrawal_claim_id")),
    )
    op.create_table(
        "veto_question",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("clause_id", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("company_en", sa.Text(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_veto_question_amount_positive")),
        sa.ForeignKeyConstraint(
            ["clause_id"], ["mandate_clause.id"], name=op.f("fk_veto_question_clause_id_mandate_clause")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_veto_question_fund_id_fund")),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_veto_question_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_veto_question")),
        sa.UniqueConstraint(
            "subject", "clause_id", "amount", name=op.f("uq_veto_question_subject_clause_id_amount")
        ),
    )
    op.create_index(op.f("ix_veto_question_partner_id"), "veto_question", ["partner_id"], unique=False)
    op.create_index(op.f("ix_veto_question_fund_id"), "veto_question", ["fund_id"], unique=False)
    op.create_table(
        "veto_answer",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("exercised", sa.Boolean(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("by_partner", sa.Boolean(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("NOT exercised OR btrim(reason) <> ''", name=op.f("ck_veto_answer_has_reason")),
        sa.CheckConstraint(
            "by_partner OR document <> ''", name=op.f("ck_veto_answer_taken_down_from_a_document")
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["veto_question.id"], name=op.f("fk_veto_answer_question_id_veto_question")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_veto_answer")),
    )
    op.create_index(op.f("ix_veto_answer_question_id"), "veto_answer", ["question_id"], unique=False)
    for statement in WALLS:
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    for table in _NEW:
        op.drop_table(table)
    op.drop_column("motion", "mandates")
    _measures("'chain', 'label', 'largest'")
    for column in ("effect", "competitor", "above"):
        op.drop_column(_CLAUSE, column)


def _measures(known: str) -> None:
    """Let a clause measure these and nothing else."""
    op.drop_constraint(op.f(_KNOWN), _CLAUSE, type_="check")
    op.create_check_constraint(op.f(_KNOWN), _CLAUSE, f"measure IN ({known})")

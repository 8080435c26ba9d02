"""What single partners were promised beside the charter, what they elected, and why they were excused from calls."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

WALLS = (
    """REVOKE UPDATE, DELETE, TRUNCATE ON side_letter FROM afund_app""",
    """CREATE TRIGGER side_letter_append_only BEFORE UPDATE OR DELETE ON side_letter FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER side_letter_append_only_whole BEFORE TRUNCATE ON side_letter FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON side_letter_excuse FROM afund_app""",
    """CREATE TRIGGER side_letter_excuse_append_only BEFORE UPDATE OR DELETE ON side_letter_excuse FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER side_letter_excuse_append_only_whole BEFORE TRUNCATE ON side_letter_excuse FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON side_letter_clause FROM afund_app""",
    """CREATE TRIGGER side_letter_clause_append_only BEFORE UPDATE OR DELETE ON side_letter_clause FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER side_letter_clause_append_only_whole BEFORE TRUNCATE ON side_letter_clause FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON side_letter_election FROM afund_app""",
    """CREATE TRIGGER side_letter_election_append_only BEFORE UPDATE OR DELETE ON side_letter_election FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER side_letter_election_append_only_whole BEFORE TRUNCATE ON side_letter_election FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON call_excuse FROM afund_app""",
    """CREATE TRIGGER call_excuse_append_only BEFORE UPDATE OR DELETE ON call_excuse FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER call_excuse_append_only_whole BEFORE TRUNCATE ON call_excuse FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """ALTER TABLE side_letter ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY side_letter_seen ON side_letter FOR SELECT TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY side_letter_written ON side_letter FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY side_letter_changed ON side_letter FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY side_letter_removed ON side_letter FOR DELETE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """ALTER TABLE side_letter_excuse ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY side_letter_excuse_seen ON side_letter_excuse FOR SELECT TO afund_app USING (EXISTS (SELECT FROM side_letter s WHERE s.id = side_letter_excuse.letter_id))""",
    """CREATE POLICY side_letter_excuse_written ON side_letter_excuse FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY side_letter_excuse_changed ON side_letter_excuse FOR UPDATE TO afund_app USING (EXISTS (SELECT FROM side_letter s WHERE s.id = side_letter_excuse.letter_id))""",
    """CREATE POLICY side_letter_excuse_removed ON side_letter_excuse FOR DELETE TO afund_app USING (EXISTS (SELECT FROM side_letter s WHERE s.id = side_letter_excuse.letter_id))""",
    """ALTER TABLE side_letter_clause ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY side_letter_clause_seen ON side_letter_clause FOR SELECT TO afund_app USING (EXISTS (SELECT FROM side_letter s WHERE s.id = side_letter_clause.letter_id))""",
    """CREATE POLICY side_letter_clause_written ON side_letter_clause FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY side_letter_clause_changed ON side_letter_clause FOR UPDATE TO afund_app USING (EXISTS (SELECT FROM side_letter s WHERE s.id = side_letter_clause.letter_id))""",
    """CREATE POLICY side_letter_clause_removed ON side_letter_clause FOR DELETE TO afund_app USING (EXISTS (SELECT FROM side_letter s WHERE s.id = side_letter_clause.letter_id))""",
    """ALTER TABLE side_letter_election ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY side_letter_election_seen ON side_letter_election FOR SELECT TO afund_app USING (afund_reach() = 'all')""",
    """CREATE POLICY side_letter_election_written ON side_letter_election FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY side_letter_election_changed ON side_letter_election FOR UPDATE TO afund_app USING (afund_reach() = 'all')""",
    """CREATE POLICY side_letter_election_removed ON side_letter_election FOR DELETE TO afund_app USING (afund_reach() = 'all')""",
    """ALTER TABLE call_excuse ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY call_excuse_seen ON call_excuse FOR SELECT TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY call_excuse_written ON call_excuse FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY call_excuse_changed ON call_excuse FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY call_excuse_removed ON call_excuse FOR DELETE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE OR REPLACE FUNCTION call_excuse_partner_id_agrees() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.partner_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM capital_call o JOIN partner w ON w.fund_id = o.fund_id
        WHERE o.id = NEW.call_id AND w.id = NEW.partner_id) THEN
        RAISE EXCEPTION 'call_excuse: partner_id % is of another fund_id than call_id %', NEW.partner_id, NEW.call_id
            USING ERRCODE = 'foreign_key_violation';
    END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER call_excuse_partner_id_agrees BEFORE INSERT OR UPDATE ON call_excuse FOR EACH ROW EXECUTE FUNCTION call_excuse_partner_id_agrees()""",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.create_table(
        "side_letter",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("fee_rate", sa.Text(), nullable=True),
        sa.Column("basis_discount", sa.Text(), nullable=False),
        sa.Column("has_mfn", sa.Boolean(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("btrim(note) <> ''", name=op.f("ck_side_letter_has_note")),
        sa.CheckConstraint("language IN ('zh', 'en', 'both')", name=op.f("ck_side_letter_language_known")),
        sa.ForeignKeyConstraint(
            ["fund_id", "partner_id"],
            ["partner.fund_id", "partner.id"],
            name=op.f("fk_side_letter_fund_id_partner_id_partner"),
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_side_letter_fund_id_fund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_side_letter")),
        sa.UniqueConstraint("partner_id", "version", name=op.f("uq_side_letter_partner_id_version")),
    )
    op.create_index(op.f("ix_side_letter_fund_id"), "side_letter", ["fund_id"], unique=False)
    op.create_table(
        "call_excuse",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("letter_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "letter_id IS NOT NULL OR btrim(reason) <> ''", name=op.f("ck_call_excuse_has_ground")
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["capital_call.id"], name=op.f("fk_call_excuse_call_id_capital_call")
        ),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["side_letter.id"], name=op.f("fk_call_excuse_letter_id_side_letter")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_call_excuse_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_excuse")),
        sa.UniqueConstraint(
            "call_id", "partner_id", "position", name=op.f("uq_call_excuse_call_id_partner_id_position")
        ),
    )
    op.create_table(
        "side_letter_clause",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("letter_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("heading_zh", sa.Text(), nullable=False),
        sa.Column("heading_en", sa.Text(), nullable=False),
        sa.Column("text_zh", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["side_letter.id"], name=op.f("fk_side_letter_clause_letter_id_side_letter")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_side_letter_clause")),
        sa.UniqueConstraint("letter_id", "position", name=op.f("uq_side_letter_clause_letter_id_position")),
    )
    op.create_table(
        "side_letter_election",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("letter_id", sa.BigInteger(), nullable=False),
        sa.Column("from_letter_id", sa.BigInteger(), nullable=False),
        sa.Column("promise", sa.Text(), nullable=False),
        sa.Column("of_key", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "promise IN ('fee_rate', 'basis_discount', 'excuse', 'clause')",
            name=op.f("ck_side_letter_election_promise_known"),
        ),
        sa.ForeignKeyConstraint(
            ["from_letter_id"],
            ["side_letter.id"],
            name=op.f("fk_side_letter_election_from_letter_id_side_letter"),
        ),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["side_letter.id"], name=op.f("fk_side_letter_election_letter_id_side_letter")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_side_letter_election")),
        sa.UniqueConstraint("letter_id", name=op.f("uq_side_letter_election_letter_id")),
    )
    op.create_table(
        "side_letter_excuse",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("letter_id", sa.BigInteger(), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("of_key", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "dimension IN ('company', 'sector', 'chain_position', 'stage', 'origin', 'city', 'vintage')",
            name=op.f("ck_side_letter_excuse_dimension_known"),
        ),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["side_letter.id"], name=op.f("fk_side_letter_excuse_letter_id_side_letter")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_side_letter_excuse")),
        sa.UniqueConstraint(
            "letter_id", "dimension", "of_key", name=op.f("uq_side_letter_excuse_letter_id_dimension_of_key")
        ),
    )
    for statement in WALLS:
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.execute("DROP TABLE side_letter_excuse CASCADE")
    op.execute("DROP TABLE side_letter_election CASCADE")
    op.execute("DROP TABLE side_letter_clause CASCADE")
    op.execute("DROP TABLE call_excuse CASCADE")
    op.execute("DROP TABLE side_letter CASCADE")
    op.execute("DROP FUNCTION call_excuse_partner_id_agrees()")

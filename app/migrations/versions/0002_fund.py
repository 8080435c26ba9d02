"""The tables and walls of fund."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WALLS = (
    """REVOKE UPDATE, DELETE, TRUNCATE ON capital_close FROM afund_app""",
    """CREATE TRIGGER capital_close_append_only BEFORE UPDATE OR DELETE ON capital_close FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER capital_close_append_only_whole BEFORE TRUNCATE ON capital_close FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON commitment FROM afund_app""",
    """CREATE TRIGGER commitment_append_only BEFORE UPDATE OR DELETE ON commitment FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER commitment_append_only_whole BEFORE TRUNCATE ON commitment FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON call_item FROM afund_app""",
    """CREATE TRIGGER call_item_append_only BEFORE UPDATE OR DELETE ON call_item FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER call_item_append_only_whole BEFORE TRUNCATE ON call_item FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON call_line FROM afund_app""",
    """CREATE TRIGGER call_line_append_only BEFORE UPDATE OR DELETE ON call_line FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER call_line_append_only_whole BEFORE TRUNCATE ON call_line FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON distribution_line FROM afund_app""",
    """CREATE TRIGGER distribution_line_append_only BEFORE UPDATE OR DELETE ON distribution_line FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER distribution_line_append_only_whole BEFORE TRUNCATE ON distribution_line FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON carry_accrual FROM afund_app""",
    """CREATE TRIGGER carry_accrual_append_only BEFORE UPDATE OR DELETE ON carry_accrual FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER carry_accrual_append_only_whole BEFORE TRUNCATE ON carry_accrual FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON terms_version FROM afund_app""",
    """CREATE TRIGGER terms_version_append_only BEFORE UPDATE OR DELETE ON terms_version FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER terms_version_append_only_whole BEFORE TRUNCATE ON terms_version FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON terms_limit FROM afund_app""",
    """CREATE TRIGGER terms_limit_append_only BEFORE UPDATE OR DELETE ON terms_limit FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER terms_limit_append_only_whole BEFORE TRUNCATE ON terms_limit FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON fee_charge FROM afund_app""",
    """CREATE TRIGGER fee_charge_append_only BEFORE UPDATE OR DELETE ON fee_charge FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER fee_charge_append_only_whole BEFORE TRUNCATE ON fee_charge FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON fee_line FROM afund_app""",
    """CREATE TRIGGER fee_line_append_only BEFORE UPDATE OR DELETE ON fee_line FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER fee_line_append_only_whole BEFORE TRUNCATE ON fee_line FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON fee_payment FROM afund_app""",
    """CREATE TRIGGER fee_payment_append_only BEFORE UPDATE OR DELETE ON fee_payment FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER fee_payment_append_only_whole BEFORE TRUNCATE ON fee_payment FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON expense FROM afund_app""",
    """CREATE TRIGGER expense_append_only BEFORE UPDATE OR DELETE ON expense FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER expense_append_only_whole BEFORE TRUNCATE ON expense FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON holding_instrument FROM afund_app""",
    """CREATE TRIGGER holding_instrument_append_only BEFORE UPDATE OR DELETE ON holding_instrument FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER holding_instrument_append_only_whole BEFORE TRUNCATE ON holding_instrument FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON holding_lot FROM afund_app""",
    """CREATE TRIGGER holding_lot_append_only BEFORE UPDATE OR DELETE ON holding_lot FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER holding_lot_append_only_whole BEFORE TRUNCATE ON holding_lot FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON holding_disposal FROM afund_app""",
    """CREATE TRIGGER holding_disposal_append_only BEFORE UPDATE OR DELETE ON holding_disposal FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER holding_disposal_append_only_whole BEFORE TRUNCATE ON holding_disposal FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON holding_relief FROM afund_app""",
    """CREATE TRIGGER holding_relief_append_only BEFORE UPDATE OR DELETE ON holding_relief FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER holding_relief_append_only_whole BEFORE TRUNCATE ON holding_relief FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON holding_income FROM afund_app""",
    """CREATE TRIGGER holding_income_append_only BEFORE UPDATE OR DELETE ON holding_income FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER holding_income_append_only_whole BEFORE TRUNCATE ON holding_income FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON mark_approval FROM afund_app""",
    """CREATE TRIGGER mark_approval_append_only BEFORE UPDATE OR DELETE ON mark_approval FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER mark_approval_append_only_whole BEFORE TRUNCATE ON mark_approval FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON holding_mark FROM afund_app""",
    """CREATE TRIGGER holding_mark_append_only BEFORE UPDATE OR DELETE ON holding_mark FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER holding_mark_append_only_whole BEFORE TRUNCATE ON holding_mark FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON ledger_account FROM afund_app""",
    """CREATE TRIGGER ledger_account_append_only BEFORE UPDATE OR DELETE ON ledger_account FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER ledger_account_append_only_whole BEFORE TRUNCATE ON ledger_account FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON ledger_entry FROM afund_app""",
    """CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER ledger_entry_append_only_whole BEFORE TRUNCATE ON ledger_entry FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON period_lock FROM afund_app""",
    """CREATE TRIGGER period_lock_append_only BEFORE UPDATE OR DELETE ON period_lock FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER period_lock_append_only_whole BEFORE TRUNCATE ON period_lock FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON partner_bank FROM afund_app""",
    """CREATE TRIGGER partner_bank_append_only BEFORE UPDATE OR DELETE ON partner_bank FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER partner_bank_append_only_whole BEFORE TRUNCATE ON partner_bank FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """ALTER TABLE commitment ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY commitment_seen ON commitment FOR SELECT TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY commitment_written ON commitment FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY commitment_changed ON commitment FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY commitment_removed ON commitment FOR DELETE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """ALTER TABLE call_line ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY call_line_seen ON call_line FOR SELECT TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY call_line_written ON call_line FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY call_line_changed ON call_line FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY call_line_removed ON call_line FOR DELETE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """ALTER TABLE receipt ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY receipt_seen ON receipt FOR SELECT TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY receipt_written ON receipt FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY receipt_changed ON receipt FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY receipt_removed ON receipt FOR DELETE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """ALTER TABLE distribution_line ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY distribution_line_seen ON distribution_line FOR SELECT TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY distribution_line_written ON distribution_line FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY distribution_line_changed ON distribution_line FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY distribution_line_removed ON distribution_line FOR DELETE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """ALTER TABLE carry_accrual ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY carry_accrual_seen ON carry_accrual FOR SELECT TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY carry_accrual_written ON carry_accrual FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY carry_accrual_changed ON carry_accrual FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY carry_accrual_removed ON carry_accrual FOR DELETE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """ALTER TABLE call_reminder ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY call_reminder_seen ON call_reminder FOR SELECT TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY call_reminder_written ON call_reminder FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY call_reminder_changed ON call_reminder FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY call_reminder_removed ON call_reminder FOR DELETE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """ALTER TABLE capital_call ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY capital_call_seen ON capital_call FOR SELECT TO afund_app USING (afund_reach() = 'all' OR (state IN ('issued', 'cancelled') AND notice_on IS NOT NULL AND EXISTS (SELECT FROM call_line l WHERE l.call_id = capital_call.id)))""",
    """CREATE POLICY capital_call_written ON capital_call FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY capital_call_changed ON capital_call FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR (state IN ('issued', 'cancelled') AND notice_on IS NOT NULL AND EXISTS (SELECT FROM call_line l WHERE l.call_id = capital_call.id)))""",
    """CREATE POLICY capital_call_removed ON capital_call FOR DELETE TO afund_app USING (afund_reach() = 'all' OR (state IN ('issued', 'cancelled') AND notice_on IS NOT NULL AND EXISTS (SELECT FROM call_line l WHERE l.call_id = capital_call.id)))""",
    """ALTER TABLE call_item ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY call_item_seen ON call_item FOR SELECT TO afund_app USING (afund_reach() = 'all' OR EXISTS (SELECT FROM capital_call c WHERE c.id = call_item.call_id))""",
    """CREATE POLICY call_item_written ON call_item FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY call_item_changed ON call_item FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR EXISTS (SELECT FROM capital_call c WHERE c.id = call_item.call_id))""",
    """CREATE POLICY call_item_removed ON call_item FOR DELETE TO afund_app USING (afund_reach() = 'all' OR EXISTS (SELECT FROM capital_call c WHERE c.id = call_item.call_id))""",
    """ALTER TABLE distribution ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY distribution_seen ON distribution FOR SELECT TO afund_app USING (afund_reach() = 'all' OR (state = 'paid' AND EXISTS (SELECT FROM distribution_line l WHERE l.distribution_id = distribution.id)))""",
    """CREATE POLICY distribution_written ON distribution FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY distribution_changed ON distribution FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR (state = 'paid' AND EXISTS (SELECT FROM distribution_line l WHERE l.distribution_id = distribution.id)))""",
    """CREATE POLICY distribution_removed ON distribution FOR DELETE TO afund_app USING (afund_reach() = 'all' OR (state = 'paid' AND EXISTS (SELECT FROM distribution_line l WHERE l.distribution_id = distribution.id)))""",
    """ALTER TABLE fee_line ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY fee_line_seen ON fee_line FOR SELECT TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY(afund_partners()))""",
    """CREATE POLICY fee_line_written ON fee_line FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY fee_line_changed ON fee_line FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY(afund_partners()))""",
    """CREATE POLICY fee_line_removed ON fee_line FOR DELETE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY(afund_partners()))""",
    """ALTER TABLE holding ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY holding_seen ON holding FOR SELECT TO afund_app USING (afund_reach() = 'all' OR 'committee' = ANY (afund_roles()) OR ('lp_user' = ANY (afund_roles()) AND EXISTS (SELECT FROM partner p WHERE p.fund_id = holding.fund_id AND p.id = ANY (afund_partners()))))""",
    """CREATE POLICY holding_written ON holding FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY holding_changed ON holding FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR 'committee' = ANY (afund_roles()) OR ('lp_user' = ANY (afund_roles()) AND EXISTS (SELECT FROM partner p WHERE p.fund_id = holding.fund_id AND p.id = ANY (afund_partners()))))""",
    """CREATE POLICY holding_removed ON holding FOR DELETE TO afund_app USING (afund_reach() = 'all' OR 'committee' = ANY (afund_roles()) OR ('lp_user' = ANY (afund_roles()) AND EXISTS (SELECT FROM partner p WHERE p.fund_id = holding.fund_id AND p.id = ANY (afund_partners()))))""",
    """ALTER TABLE holding_instrument ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY holding_instrument_seen ON holding_instrument FOR SELECT TO afund_app USING (EXISTS (SELECT FROM holding h WHERE h.id = holding_instrument.holding_id))""",
    """CREATE POLICY holding_instrument_written ON holding_instrument FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY holding_instrument_changed ON holding_instrument FOR UPDATE TO afund_app USING (EXISTS (SELECT FROM holding h WHERE h.id = holding_instrument.holding_id))""",
    """CREATE POLICY holding_instrument_removed ON holding_instrument FOR DELETE TO afund_app USING (EXISTS (SELECT FROM holding h WHERE h.id = holding_instrument.holding_id))""",
    """ALTER TABLE holding_lot ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY holding_lot_seen ON holding_lot FOR SELECT TO afund_app USING (EXISTS (SELECT FROM holding h WHERE h.id = holding_lot.holding_id))""",
    """CREATE POLICY holding_lot_written ON holding_lot FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY holding_lot_changed ON holding_lot FOR UPDATE TO afund_app USING (EXISTS (SELECT FROM holding h WHERE h.id = holding_lot.holding_id))""",
    """CREATE POLICY holding_lot_removed ON holding_lot FOR DELETE TO afund_app USING (EXISTS (SELECT FROM holding h WHERE h.id = holding_lot.holding_id))""",
    """ALTER TABLE holding_disposal ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY holding_disposal_seen ON holding_disposal FOR SELECT TO afund_app USING (EXISTS (SELECT FROM holding h WHERE h.id = holding_disposal.holding_id))""",
    """CREATE POLICY holding_disposal_written ON holding_disposal FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY holding_disposal_changed ON holding_disposal FOR UPDATE TO afund_app USING (EXISTS (SELECT FROM holding h WHERE h.id = holding_disposal.holding_id))""",
    """CREATE POLICY holding_disposal_removed ON holding_disposal FOR DELETE TO afund_app USING (EXISTS (SELECT FROM holding h WHERE h.id = holding_disposal.holding_id))""",
    """ALTER TABLE holding_relief ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY holding_relief_seen ON holding_relief FOR SELECT TO afund_app USING (EXISTS (SELECT FROM holding h WHERE h.id = holding_relief.holding_id))""",
    """CREATE POLICY holding_relief_written ON holding_relief FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY holding_relief_changed ON holding_relief FOR UPDATE TO afund_app USING (EXISTS (SELECT FROM holding h WHERE h.id = holding_relief.holding_id))""",
    """CREATE POLICY holding_relief_removed ON holding_relief FOR DELETE TO afund_app USING (EXISTS (SELECT FROM holding h WHERE h.id = holding_relief.holding_id))""",
    """ALTER TABLE holding_income ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY holding_income_seen ON holding_income FOR SELECT TO afund_app USING (EXISTS (SELECT FROM holding h WHERE h.id = holding_income.holding_id))""",
    """CREATE POLICY holding_income_written ON holding_income FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY holding_income_changed ON holding_income FOR UPDATE TO afund_app USING (EXISTS (SELECT FROM holding h WHERE h.id = holding_income.holding_id))""",
    """CREATE POLICY holding_income_removed ON holding_income FOR DELETE TO afund_app USING (EXISTS (SELECT FROM holding h WHERE h.id = holding_income.holding_id))""",
    """ALTER TABLE mark_approval ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY mark_approval_seen ON mark_approval FOR SELECT TO afund_app USING (EXISTS (SELECT FROM holding h WHERE h.id = mark_approval.holding_id))""",
    """CREATE POLICY mark_approval_written ON mark_approval FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY mark_approval_changed ON mark_approval FOR UPDATE TO afund_app USING (EXISTS (SELECT FROM holding h WHERE h.id = mark_approval.holding_id))""",
    """CREATE POLICY mark_approval_removed ON mark_approval FOR DELETE TO afund_app USING (EXISTS (SELECT FROM holding h WHERE h.id = mark_approval.holding_id))""",
    """ALTER TABLE holding_mark ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY holding_mark_seen ON holding_mark FOR SELECT TO afund_app USING (afund_reach() = 'all' OR EXISTS (SELECT FROM mark_approval a WHERE a.mark_id = holding_mark.id))""",
    """CREATE POLICY holding_mark_written ON holding_mark FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY holding_mark_changed ON holding_mark FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR EXISTS (SELECT FROM mark_approval a WHERE a.mark_id = holding_mark.id))""",
    """CREATE POLICY holding_mark_removed ON holding_mark FOR DELETE TO afund_app USING (afund_reach() = 'all' OR EXISTS (SELECT FROM mark_approval a WHERE a.mark_id = holding_mark.id))""",
    """ALTER TABLE ledger_entry ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY ledger_entry_seen ON ledger_entry FOR SELECT TO afund_app USING (afund_reach() = 'all' OR (coalesce(debit_partner_id, credit_partner_id) = ANY (afund_partners()) AND coalesce(credit_partner_id, debit_partner_id) = ANY (afund_partners())) OR (debit = credit AND debit IN ('3200', '3210', '3300') AND (debit_partner_id = ANY (afund_partners()) OR credit_partner_id = ANY (afund_partners()))))""",
    """CREATE POLICY ledger_entry_written ON ledger_entry FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY ledger_entry_changed ON ledger_entry FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR (coalesce(debit_partner_id, credit_partner_id) = ANY (afund_partners()) AND coalesce(credit_partner_id, debit_partner_id) = ANY (afund_partners())) OR (debit = credit AND debit IN ('3200', '3210', '3300') AND (debit_partner_id = ANY (afund_partners()) OR credit_partner_id = ANY (afund_partners()))))""",
    """CREATE POLICY ledger_entry_removed ON ledger_entry FOR DELETE TO afund_app USING (afund_reach() = 'all' OR (coalesce(debit_partner_id, credit_partner_id) = ANY (afund_partners()) AND coalesce(credit_partner_id, debit_partner_id) = ANY (afund_partners())) OR (debit = credit AND debit IN ('3200', '3210', '3300') AND (debit_partner_id = ANY (afund_partners()) OR credit_partner_id = ANY (afund_partners()))))""",
    """ALTER TABLE partner ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY partner_seen ON partner FOR SELECT TO afund_app USING (afund_reach() = 'all' OR id = ANY (afund_partners()))""",
    """CREATE POLICY partner_written ON partner FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY partner_changed ON partner FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR id = ANY (afund_partners()))""",
    """CREATE POLICY partner_removed ON partner FOR DELETE TO afund_app USING (afund_reach() = 'all' OR id = ANY (afund_partners()))""",
    """ALTER TABLE contact ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY contact_seen ON contact FOR SELECT TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY contact_written ON contact FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY contact_changed ON contact FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY contact_removed ON contact FOR DELETE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """ALTER TABLE partner_bank ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY partner_bank_seen ON partner_bank FOR SELECT TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY partner_bank_written ON partner_bank FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY partner_bank_changed ON partner_bank FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY partner_bank_removed ON partner_bank FOR DELETE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE OR REPLACE FUNCTION ledger_entry_period_open() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.effective_on <= (SELECT through FROM period_lock WHERE fund_id = NEW.fund_id
                            ORDER BY id DESC LIMIT 1) THEN
        RAISE EXCEPTION 'the books are locked on %: entry % refused', NEW.effective_on, NEW.reference
            USING ERRCODE = 'restrict_violation';
    END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER ledger_entry_period_open BEFORE INSERT OR UPDATE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_entry_period_open()""",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.create_table(
        "fund",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=64), nullable=False),
        sa.Column("is_example", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund")),
        sa.UniqueConstraint("code", name=op.f("uq_fund_code")),
    )
    op.create_table(
        "party",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("name_sort", sa.Text(), nullable=False),
        sa.Column("initials", sa.Text(), nullable=False),
        sa.Column("registration_no", sa.String(length=64), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('organisation', 'person')", name=op.f("ck_party_kind_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party")),
        sa.UniqueConstraint("registration_no", name=op.f("uq_party_registration_no")),
    )
    op.create_index("ix_party_by_name", "party", ["name_sort", "id"], unique=False)
    op.create_table(
        "capital_close",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("interest_rate", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_capital_close_fund_id_fund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capital_close")),
        sa.UniqueConstraint("fund_id", "number", name=op.f("uq_capital_close_fund_id_number")),
    )
    op.create_table(
        "distribution",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("pay_on", sa.Date(), nullable=False),
        sa.Column("holding_id", sa.BigInteger(), nullable=True),
        sa.Column("recallable", sa.Boolean(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("return_of_capital", sa.BigInteger(), nullable=False),
        sa.Column("income", sa.BigInteger(), nullable=False),
        sa.Column("gain", sa.BigInteger(), nullable=False),
        sa.Column("prepared_by", sa.BigInteger(), nullable=True),
        sa.Column("prepared_name", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.BigInteger(), nullable=True),
        sa.Column("approved_name", sa.Text(), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'approved', 'paid', 'cancelled')", name=op.f("ck_distribution_state_known")
        ),
        sa.CheckConstraint(
            "return_of_capital >= 0 AND income >= 0 AND gain >= 0 AND return_of_capital + income + gain = amount AND amount > 0",
            name=op.f("ck_distribution_kinds_sum"),
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_distribution_fund_id_fund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_distribution")),
        sa.UniqueConstraint("fund_id", "code", name=op.f("uq_distribution_fund_id_code")),
        sa.UniqueConstraint("fund_id", "number", name=op.f("uq_distribution_fund_id_number")),
    )
    op.create_table(
        "expense",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("incurred_on", sa.Date(), nullable=False),
        sa.Column("ilpa_row", sa.BigInteger(), nullable=False),
        sa.Column("payee", sa.Text(), nullable=False),
        sa.Column("memo", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_expense_amount_positive")),
        sa.CheckConstraint("ilpa_row BETWEEN 36 AND 57", name=op.f("ck_expense_ilpa_row_known")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_expense_fund_id_fund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expense")),
        sa.UniqueConstraint("fund_id", "reference", name=op.f("uq_expense_fund_id_reference")),
    )
    op.create_table(
        "fee_charge",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("quarter", sa.String(length=64), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_fee_charge_fund_id_fund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_charge")),
        sa.UniqueConstraint("fund_id", "quarter", name=op.f("uq_fee_charge_fund_id_quarter")),
    )
    op.create_table(
        "fee_payment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_fee_payment_amount_positive")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_fee_payment_fund_id_fund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_payment")),
        sa.UniqueConstraint("fund_id", "reference", name=op.f("uq_fee_payment_fund_id_reference")),
    )
    op.create_table(
        "holding",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=False),
        sa.Column("deal_code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.Column("chain_position", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_holding_fund_id_fund")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_holding_party_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holding")),
        sa.UniqueConstraint("fund_id", "code", name=op.f("uq_holding_fund_id_code")),
    )
    op.create_index(op.f("ix_holding_party_id"), "holding", ["party_id"], unique=False)
    op.create_table(
        "ledger_account",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("names_partner", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('asset', 'liability', 'capital', 'income', 'expense')",
            name=op.f("ck_ledger_account_kind_known"),
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_ledger_account_fund_id_fund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_account")),
        sa.UniqueConstraint("fund_id", "code", name=op.f("uq_ledger_account_fund_id_code")),
    )
    op.create_table(
        "partner",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("bears_fee", sa.Boolean(), nullable=False),
        sa.Column("bears_carry", sa.Boolean(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("admitted_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('limited', 'general')", name=op.f("ck_partner_kind_known")),
        sa.CheckConstraint("language IN ('zh', 'en', 'both')", name=op.f("ck_partner_language_known")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_partner_fund_id_fund")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_partner_party_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner")),
        sa.UniqueConstraint("fund_id", "code", name=op.f("uq_partner_fund_id_code")),
        sa.UniqueConstraint("fund_id", "party_id", name=op.f("uq_partner_fund_id_party_id")),
    )
    op.create_index(
        "uq_partner_general",
        "partner",
        ["fund_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'general'"),
    )
    op.create_table(
        "period_lock",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("quarter", sa.String(length=64), nullable=False),
        sa.Column("through", sa.Date(), nullable=False),
        sa.Column("reopened", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_period_lock_fund_id_fund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_period_lock")),
    )
    op.create_index(op.f("ix_period_lock_fund_id"), "period_lock", ["fund_id"], unique=False)
    op.create_table(
        "relation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("from_party_id", sa.BigInteger(), nullable=False),
        sa.Column("to_party_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('university', 'inventor', 'employer', 'group_parent', 'customer', 'supplier', 'competitor', 'potential_acquirer', 'shareholder', 'co_applicant', 'prior_investor', 'relative', 'officer')",
            name=op.f("ck_relation_kind_known"),
        ),
        sa.CheckConstraint("from_party_id <> to_party_id", name=op.f("ck_relation_not_with_itself")),
        sa.CheckConstraint(
            "until_on IS NULL OR until_on >= since_on", name=op.f("ck_relation_ends_after_it_begins")
        ),
        sa.ForeignKeyConstraint(
            ["from_party_id"], ["party.id"], name=op.f("fk_relation_from_party_id_party")
        ),
        sa.ForeignKeyConstraint(["to_party_id"], ["party.id"], name=op.f("fk_relation_to_party_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relation")),
        sa.UniqueConstraint(
            "from_party_id",
            "to_party_id",
            "kind",
            "since_on",
            name=op.f("uq_relation_from_party_id_to_party_id_kind_since_on"),
        ),
    )
    op.create_index("ix_relation_to", "relation", ["to_party_id", "kind"], unique=False)
    op.create_table(
        "terms_version",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("first_close_on", sa.Date(), nullable=False),
        sa.Column("final_close_on", sa.Date(), nullable=False),
        sa.Column("commitment_period_ends_on", sa.Date(), nullable=False),
        sa.Column("term_ends_on", sa.Date(), nullable=False),
        sa.Column("fee_rate", sa.Text(), nullable=False),
        sa.Column("fee_basis", sa.Text(), nullable=False),
        sa.Column("hurdle", sa.Text(), nullable=False),
        sa.Column("compounding", sa.Text(), nullable=False),
        sa.Column("catch_up", sa.Text(), nullable=False),
        sa.Column("carry", sa.Text(), nullable=False),
        sa.Column("equalisation_rate", sa.Text(), nullable=False),
        sa.Column("notice_business_days", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "compounding IN ('daily', 'anniversary', 'simple')",
            name=op.f("ck_terms_version_compounding_known"),
        ),
        sa.CheckConstraint(
            "fee_basis IN ('commitment_then_invested', 'commitment', 'paid_in', 'invested')",
            name=op.f("ck_terms_version_fee_basis_known"),
        ),
        sa.CheckConstraint("language IN ('zh', 'en', 'both')", name=op.f("ck_terms_version_language_known")),
        sa.CheckConstraint("notice_business_days >= 0", name=op.f("ck_terms_version_notice_not_negative")),
        sa.CheckConstraint("size > 0", name=op.f("ck_terms_version_size_positive")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_terms_version_fund_id_fund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms_version")),
        sa.UniqueConstraint("fund_id", "version", name=op.f("uq_terms_version_fund_id_version")),
    )
    op.create_index(
        "ix_terms_version_in_force", "terms_version", ["fund_id", "effective_on", "version"], unique=False
    )
    op.create_table(
        "capital_call",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("notice_on", sa.Date(), nullable=True),
        sa.Column("close_id", sa.BigInteger(), nullable=True),
        sa.Column("prepared_by", sa.BigInteger(), nullable=True),
        sa.Column("prepared_name", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.BigInteger(), nullable=True),
        sa.Column("approved_name", sa.Text(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("cancelled_on", sa.Date(), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('drawdown', 'equalisation')", name=op.f("ck_capital_call_kind_known")),
        sa.CheckConstraint(
            "state <> 'issued' OR notice_on IS NOT NULL", name=op.f("ck_capital_call_issued_has_notice")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'approved', 'issued', 'cancelled')", name=op.f("ck_capital_call_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["close_id"], ["capital_close.id"], name=op.f("fk_capital_call_close_id_capital_close")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_capital_call_fund_id_fund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capital_call")),
        sa.UniqueConstraint("fund_id", "code", name=op.f("uq_capital_call_fund_id_code")),
        sa.UniqueConstraint("fund_id", "number", name=op.f("uq_capital_call_fund_id_number")),
    )
    op.create_index(
        "ix_capital_call_due",
        "capital_call",
        ["due_on"],
        unique=False,
        postgresql_where=sa.text("state = 'issued'"),
    )
    op.create_table(
        "carry_accrual",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("accrued_on", sa.Date(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("capital", sa.BigInteger(), nullable=False),
        sa.Column("target", sa.BigInteger(), nullable=False),
        sa.Column("moved", sa.BigInteger(), nullable=False),
        sa.Column("working", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_carry_accrual_fund_id_fund")),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_carry_accrual_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carry_accrual")),
        sa.UniqueConstraint(
            "fund_id",
            "partner_id",
            "accrued_on",
            "sequence",
            name=op.f("uq_carry_accrual_fund_id_partner_id_accrued_on_sequence"),
        ),
    )
    op.create_index(op.f("ix_carry_accrual_partner_id"), "carry_accrual", ["partner_id"], unique=False)
    op.create_table(
        "commitment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("close_id", sa.BigInteger(), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_commitment_amount_positive")),
        sa.ForeignKeyConstraint(
            ["close_id"], ["capital_close.id"], name=op.f("fk_commitment_close_id_capital_close")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_commitment_fund_id_fund")),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_commitment_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment")),
        sa.UniqueConstraint("fund_id", "partner_id", name=op.f("uq_commitment_fund_id_partner_id")),
    )
    op.create_index(op.f("ix_commitment_close_id"), "commitment", ["close_id"], unique=False)
    op.create_index(op.f("ix_commitment_partner_id"), "commitment", ["partner_id"], unique=False)
    op.create_table(
        "contact",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("receives_notices", sa.Boolean(), nullable=False),
        sa.Column("receives_reports", sa.Boolean(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("language IN ('zh', 'en', 'both')", name=op.f("ck_contact_language_known")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_contact_partner_id_partner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    op.create_index(op.f("ix_contact_partner_id"), "contact", ["partner_id"], unique=False)
    op.create_table(
        "distribution_line",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("distribution_id", sa.BigInteger(), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("carry", sa.BigInteger(), nullable=False),
        sa.Column("carry_received", sa.BigInteger(), nullable=False),
        sa.Column("return_of_capital", sa.BigInteger(), nullable=False),
        sa.Column("income", sa.BigInteger(), nullable=False),
        sa.Column("gain", sa.BigInteger(), nullable=False),
        sa.Column("working", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint(
            "gross >= 0 AND carry >= 0 AND carry <= gross AND carry_received >= 0 AND return_of_capital + income + gain = gross - carry + carry_received",
            name=op.f("ck_distribution_line_kinds_sum"),
        ),
        sa.ForeignKeyConstraint(
            ["distribution_id"],
            ["distribution.id"],
            name=op.f("fk_distribution_line_distribution_id_distribution"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_distribution_line_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_distribution_line")),
        sa.UniqueConstraint(
            "distribution_id", "partner_id", name=op.f("uq_distribution_line_distribution_id_partner_id")
        ),
    )
    op.create_index("ix_distribution_line_partner", "distribution_line", ["partner_id"], unique=False)
    op.create_table(
        "fee_line",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("charge_id", sa.BigInteger(), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("rate", sa.Text(), nullable=False),
        sa.Column("quarter_days", sa.BigInteger(), nullable=False),
        sa.Column("commitment", sa.BigInteger(), nullable=False),
        sa.Column("commitment_days", sa.BigInteger(), nullable=False),
        sa.Column("invested", sa.BigInteger(), nullable=False),
        sa.Column("invested_days", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_fee_line_amount_not_negative")),
        sa.ForeignKeyConstraint(
            ["charge_id"], ["fee_charge.id"], name=op.f("fk_fee_line_charge_id_fee_charge")
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_fee_line_partner_id_partner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_line")),
        sa.UniqueConstraint("charge_id", "partner_id", name=op.f("uq_fee_line_charge_id_partner_id")),
    )
    op.create_index(op.f("ix_fee_line_partner_id"), "fee_line", ["partner_id"], unique=False)
    op.create_table(
        "holding_income",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("holding_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("memo", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('dividend', 'interest')", name=op.f("ck_holding_income_kind_known")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_holding_income_amount_positive")),
        sa.ForeignKeyConstraint(
            ["holding_id"], ["holding.id"], name=op.f("fk_holding_income_holding_id_holding")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holding_income")),
        sa.UniqueConstraint("holding_id", "number", name=op.f("uq_holding_income_holding_id_number")),
    )
    op.create_table(
        "holding_instrument",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("holding_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('registered_capital', 'ordinary', 'preferred', 'convertible')",
            name=op.f("ck_holding_instrument_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["holding_id"], ["holding.id"], name=op.f("fk_holding_instrument_holding_id_holding")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holding_instrument")),
        sa.UniqueConstraint("holding_id", "code", name=op.f("uq_holding_instrument_holding_id_code")),
    )
    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("debit", sa.String(length=64), nullable=False),
        sa.Column("credit", sa.String(length=64), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=64), nullable=False),
        sa.Column("debit_partner_id", sa.BigInteger(), nullable=True),
        sa.Column("credit_partner_id", sa.BigInteger(), nullable=True),
        sa.Column("holding_id", sa.BigInteger(), nullable=True),
        sa.Column("act", sa.String(length=64), nullable=False),
        sa.Column("memo", sa.Text(), nullable=False),
        sa.Column("reverses_id", sa.BigInteger(), nullable=True),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "credit < '3000' OR credit = '3900' OR credit_partner_id IS NOT NULL",
            name=op.f("ck_ledger_entry_credit_partner_named"),
        ),
        sa.CheckConstraint(
            "debit < '3000' OR debit = '3900' OR debit_partner_id IS NOT NULL",
            name=op.f("ck_ledger_entry_debit_partner_named"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_ledger_entry_amount_positive")),
        sa.CheckConstraint(
            "debit <> credit OR debit_partner_id IS DISTINCT FROM credit_partner_id",
            name=op.f("ck_ledger_entry_moves_something"),
        ),
        sa.ForeignKeyConstraint(
            ["credit_partner_id"], ["partner.id"], name=op.f("fk_ledger_entry_credit_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["debit_partner_id"], ["partner.id"], name=op.f("fk_ledger_entry_debit_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["fund_id", "credit"],
            ["ledger_account.fund_id", "ledger_account.code"],
            name=op.f("fk_ledger_entry_fund_id_credit_ledger_account"),
        ),
        sa.ForeignKeyConstraint(
            ["fund_id", "debit"],
            ["ledger_account.fund_id", "ledger_account.code"],
            name=op.f("fk_ledger_entry_fund_id_debit_ledger_account"),
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_ledger_entry_fund_id_fund")),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["ledger_entry.id"], name=op.f("fk_ledger_entry_reverses_id_ledger_entry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint("fund_id", "number", name=op.f("uq_ledger_entry_fund_id_number")),
        sa.UniqueConstraint("fund_id", "reference", name=op.f("uq_ledger_entry_fund_id_reference")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_ledger_entry_reverses_id")),
    )
    op.create_index("ix_ledger_entry_act", "ledger_entry", ["fund_id", "act"], unique=False)
    op.create_index(
        "ix_ledger_entry_credit",
        "ledger_entry",
        ["fund_id", "credit", "credit_partner_id", "effective_on"],
        unique=False,
        postgresql_include=["amount", "holding_id", "recorded_at"],
    )
    op.create_index(
        "ix_ledger_entry_debit",
        "ledger_entry",
        ["fund_id", "debit", "debit_partner_id", "effective_on"],
        unique=False,
        postgresql_include=["amount", "holding_id", "recorded_at"],
    )
    op.create_index(
        "ix_ledger_entry_effective",
        "ledger_entry",
        ["fund_id", "effective_on", "id"],
        unique=False,
        postgresql_include=["amount", "recorded_at"],
    )
    op.create_table(
        "partner_bank",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("bank_name", sa.Text(), nullable=False),
        sa.Column("account_name", sa.Text(), nullable=False),
        sa.Column("account_no", sa.String(length=64), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_partner_bank_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_bank")),
    )
    op.create_index(op.f("ix_partner_bank_partner_id"), "partner_bank", ["partner_id"], unique=False)
    op.create_table(
        "terms_limit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("terms_id", sa.BigInteger(), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("of_key", sa.Text(), nullable=True),
        sa.Column("maximum", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "basis IN ('commitments', 'cost', 'value')", name=op.f("ck_terms_limit_basis_known")
        ),
        sa.CheckConstraint(
            "dimension IN ('company', 'sector', 'chain_position', 'stage', 'origin', 'city')",
            name=op.f("ck_terms_limit_dimension_known"),
        ),
        sa.ForeignKeyConstraint(
            ["terms_id"], ["terms_version.id"], name=op.f("fk_terms_limit_terms_id_terms_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms_limit")),
    )
    op.create_index("ix_terms_limit_version", "terms_limit", ["terms_id"], unique=False)
    op.create_table(
        "call_item",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("memo", sa.Text(), nullable=False),
        sa.Column("holding_id", sa.BigInteger(), nullable=True),
        sa.Column("excused", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("counts_from", sa.Date(), nullable=False),
        sa.Column("equalises_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('investment', 'expense', 'fee', 'interest')", name=op.f("ck_call_item_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["capital_call.id"], name=op.f("fk_call_item_call_id_capital_call")
        ),
        sa.ForeignKeyConstraint(
            ["equalises_id"], ["call_item.id"], name=op.f("fk_call_item_equalises_id_call_item")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_item")),
        sa.UniqueConstraint("call_id", "position", name=op.f("uq_call_item_call_id_position")),
    )
    op.create_index("ix_call_item_equalises", "call_item", ["equalises_id"], unique=False)
    op.create_table(
        "call_reminder",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("outstanding", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('due_soon', 'overdue')", name=op.f("ck_call_reminder_kind_known")),
        sa.ForeignKeyConstraint(
            ["call_id"], ["capital_call.id"], name=op.f("fk_call_reminder_call_id_capital_call")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_call_reminder_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_reminder")),
        sa.UniqueConstraint(
            "call_id", "partner_id", "kind", name=op.f("uq_call_reminder_call_id_partner_id_kind")
        ),
    )
    op.create_index(op.f("ix_call_reminder_partner_id"), "call_reminder", ["partner_id"], unique=False)
    op.create_table(
        "holding_disposal",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("holding_id", sa.BigInteger(), nullable=False),
        sa.Column("instrument_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sold_on", sa.Date(), nullable=False),
        sa.Column("quantity", sa.Text(), nullable=False),
        sa.Column("proceeds", sa.BigInteger(), nullable=False),
        sa.Column("buyer_party_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('sale', 'write_off')", name=op.f("ck_holding_disposal_kind_known")),
        sa.CheckConstraint("proceeds >= 0", name=op.f("ck_holding_disposal_proceeds_not_negative")),
        sa.ForeignKeyConstraint(
            ["buyer_party_id"], ["party.id"], name=op.f("fk_holding_disposal_buyer_party_id_party")
        ),
        sa.ForeignKeyConstraint(
            ["holding_id"], ["holding.id"], name=op.f("fk_holding_disposal_holding_id_holding")
        ),
        sa.ForeignKeyConstraint(
            ["instrument_id"],
            ["holding_instrument.id"],
            name=op.f("fk_holding_disposal_instrument_id_holding_instrument"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holding_disposal")),
        sa.UniqueConstraint("holding_id", "number", name=op.f("uq_holding_disposal_holding_id_number")),
    )
    op.create_index(
        op.f("ix_holding_disposal_instrument_id"), "holding_disposal", ["instrument_id"], unique=False
    )
    op.create_table(
        "holding_lot",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("holding_id", sa.BigInteger(), nullable=False),
        sa.Column("instrument_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("bought_on", sa.Date(), nullable=False),
        sa.Column("quantity", sa.Text(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("ownership", sa.Text(), nullable=True),
        sa.Column("memo", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("cost >= 0", name=op.f("ck_holding_lot_cost_not_negative")),
        sa.ForeignKeyConstraint(
            ["holding_id"], ["holding.id"], name=op.f("fk_holding_lot_holding_id_holding")
        ),
        sa.ForeignKeyConstraint(
            ["instrument_id"],
            ["holding_instrument.id"],
            name=op.f("fk_holding_lot_instrument_id_holding_instrument"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holding_lot")),
        sa.UniqueConstraint("holding_id", "number", name=op.f("uq_holding_lot_holding_id_number")),
    )
    op.create_index(op.f("ix_holding_lot_instrument_id"), "holding_lot", ["instrument_id"], unique=False)
    op.create_table(
        "holding_mark",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("holding_id", sa.BigInteger(), nullable=False),
        sa.Column("instrument_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("marked_on", sa.Date(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("technique", sa.Text(), nullable=False),
        sa.Column("inputs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("calibration", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opening", sa.BigInteger(), nullable=False),
        sa.Column("bought", sa.BigInteger(), nullable=False),
        sa.Column("sold", sa.BigInteger(), nullable=False),
        sa.Column("company", sa.BigInteger(), nullable=False),
        sa.Column("market", sa.BigInteger(), nullable=False),
        sa.Column("rights", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.BigInteger(), nullable=False),
        sa.Column("milestones", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("ownership", sa.Text(), nullable=True),
        sa.Column("is_permanent_loss", sa.Boolean(), nullable=False),
        sa.Column("is_assisted", sa.Boolean(), nullable=False),
        sa.Column("supersedes_id", sa.BigInteger(), nullable=True),
        sa.Column("prepared_by_id", sa.BigInteger(), nullable=True),
        sa.Column("prepared_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "opening + bought - sold <> value OR btrim(reason) <> ''",
            name=op.f("ck_holding_mark_unchanged_has_reason"),
        ),
        sa.CheckConstraint(
            "technique IN ('multiples', 'benchmarks', 'market_price', 'dcf_business', 'dcf_investment', 'net_assets', 'milestones', 'scenarios', 'option_pricing')",
            name=op.f("ck_holding_mark_technique_known"),
        ),
        sa.CheckConstraint(
            "opening + bought - sold + company + market + rights + currency = value",
            name=op.f("ck_holding_mark_bridge_arrives"),
        ),
        sa.CheckConstraint("value >= 0", name=op.f("ck_holding_mark_value_not_negative")),
        sa.ForeignKeyConstraint(
            ["holding_id"], ["holding.id"], name=op.f("fk_holding_mark_holding_id_holding")
        ),
        sa.ForeignKeyConstraint(
            ["instrument_id"],
            ["holding_instrument.id"],
            name=op.f("fk_holding_mark_instrument_id_holding_instrument"),
        ),
        sa.ForeignKeyConstraint(
            ["prepared_by_id"], ["app_user.id"], name=op.f("fk_holding_mark_prepared_by_id_app_user")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"], ["holding_mark.id"], name=op.f("fk_holding_mark_supersedes_id_holding_mark")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holding_mark")),
        sa.UniqueConstraint("holding_id", "number", name=op.f("uq_holding_mark_holding_id_number")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_holding_mark_supersedes_id")),
    )
    op.create_index(
        "uq_holding_mark_first",
        "holding_mark",
        ["instrument_id", "marked_on"],
        unique=True,
        postgresql_where=sa.text("supersedes_id IS NULL"),
    )
    op.create_table(
        "receipt",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("interest", sa.BigInteger(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("bank_reference", sa.String(length=64), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reversed_on", sa.Date(), nullable=True),
        sa.Column("reverse_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "amount > 0 AND interest >= 0 AND interest <= amount", name=op.f("ck_receipt_amount_positive")
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["capital_call.id"], name=op.f("fk_receipt_call_id_capital_call")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_receipt_fund_id_fund")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_receipt_partner_id_partner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
    )
    op.create_index("ix_receipt_call", "receipt", ["call_id", "partner_id"], unique=False)
    op.create_index(op.f("ix_receipt_partner_id"), "receipt", ["partner_id"], unique=False)
    op.create_index(
        "uq_receipt_bank_reference",
        "receipt",
        ["fund_id", "bank_reference"],
        unique=True,
        postgresql_where=sa.text("reversed_on IS NULL"),
    )
    op.create_table(
        "call_line",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_call_line_amount_not_zero")),
        sa.ForeignKeyConstraint(
            ["call_id"], ["capital_call.id"], name=op.f("fk_call_line_call_id_capital_call")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["call_item.id"], name=op.f("fk_call_line_item_id_call_item")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_call_line_partner_id_partner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_line")),
        sa.UniqueConstraint("item_id", "partner_id", name=op.f("uq_call_line_item_id_partner_id")),
    )
    op.create_index(op.f("ix_call_line_call_id"), "call_line", ["call_id"], unique=False)
    op.create_index("ix_call_line_partner", "call_line", ["partner_id", "call_id"], unique=False)
    op.create_table(
        "holding_relief",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("holding_id", sa.BigInteger(), nullable=False),
        sa.Column("disposal_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Text(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("cost >= 0", name=op.f("ck_holding_relief_cost_not_negative")),
        sa.ForeignKeyConstraint(
            ["disposal_id"],
            ["holding_disposal.id"],
            name=op.f("fk_holding_relief_disposal_id_holding_disposal"),
        ),
        sa.ForeignKeyConstraint(
            ["holding_id"], ["holding.id"], name=op.f("fk_holding_relief_holding_id_holding")
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["holding_lot.id"], name=op.f("fk_holding_relief_lot_id_holding_lot")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holding_relief")),
        sa.UniqueConstraint("disposal_id", "lot_id", name=op.f("uq_holding_relief_disposal_id_lot_id")),
    )
    op.create_index(op.f("ix_holding_relief_holding_id"), "holding_relief", ["holding_id"], unique=False)
    op.create_index(op.f("ix_holding_relief_lot_id"), "holding_relief", ["lot_id"], unique=False)
    op.create_table(
        "mark_approval",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("holding_id", sa.BigInteger(), nullable=False),
        sa.Column("mark_id", sa.BigInteger(), nullable=False),
        sa.Column("prepared_by_id", sa.BigInteger(), nullable=True),
        sa.Column("approved_by_id", sa.BigInteger(), nullable=True),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("minute", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "approved_by_id IS DISTINCT FROM prepared_by_id",
            name=op.f("ck_mark_approval_approver_is_not_preparer"),
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["app_user.id"], name=op.f("fk_mark_approval_approved_by_id_app_user")
        ),
        sa.ForeignKeyConstraint(
            ["holding_id"], ["holding.id"], name=op.f("fk_mark_approval_holding_id_holding")
        ),
        sa.ForeignKeyConstraint(
            ["mark_id"], ["holding_mark.id"], name=op.f("fk_mark_approval_mark_id_holding_mark")
        ),
        sa.ForeignKeyConstraint(
            ["prepared_by_id"], ["app_user.id"], name=op.f("fk_mark_approval_prepared_by_id_app_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mark_approval")),
        sa.UniqueConstraint("mark_id", name=op.f("uq_mark_approval_mark_id")),
    )
    op.create_index(op.f("ix_mark_approval_holding_id"), "mark_approval", ["holding_id"], unique=False)
    for statement in WALLS:
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.execute("DROP TABLE mark_approval CASCADE")
    op.execute("DROP TABLE holding_relief CASCADE")
    op.execute("DROP TABLE call_line CASCADE")
    op.execute("DROP TABLE receipt CASCADE")
    op.execute("DROP TABLE holding_mark CASCADE")
    op.execute("DROP TABLE holding_lot CASCADE")
    op.execute("DROP TABLE holding_disposal CASCADE")
    op.execute("DROP TABLE call_reminder CASCADE")
    op.execute("DROP TABLE call_item CASCADE")
    op.execute("DROP TABLE terms_limit CASCADE")
    op.execute("DROP TABLE partner_bank CASCADE")
    op.execute("DROP TABLE ledger_entry CASCADE")
    op.execute("DROP TABLE holding_instrument CASCADE")
    op.execute("DROP TABLE holding_income CASCADE")
    op.execute("DROP TABLE fee_line CASCADE")
    op.execute("DROP TABLE distribution_line CASCADE")
    op.execute("DROP TABLE contact CASCADE")
    op.execute("DROP TABLE commitment CASCADE")
    op.execute("DROP TABLE carry_accrual CASCADE")
    op.execute("DROP TABLE capital_call CASCADE")
    op.execute("DROP TABLE terms_version CASCADE")
    op.execute("DROP TABLE relation CASCADE")
    op.execute("DROP TABLE period_lock CASCADE")
    op.execute("DROP TABLE partner CASCADE")
    op.execute("DROP TABLE ledger_account CASCADE")
    op.execute("DROP TABLE holding CASCADE")
    op.execute("DROP TABLE fee_payment CASCADE")
    op.execute("DROP TABLE fee_charge CASCADE")
    op.execute("DROP TABLE expense CASCADE")
    op.execute("DROP TABLE distribution CASCADE")
    op.execute("DROP TABLE capital_close CASCADE")
    op.execute("DROP TABLE party CASCADE")
    op.execute("DROP TABLE fund CASCADE")
    op.execute("DROP FUNCTION ledger_entry_period_open()")

"""What the committee decides on is pinned with the papers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

BEFORE = """CREATE OR REPLACE FUNCTION motion_only_goes_on() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF current_user = 'afund_app' AND TG_OP = 'INSERT' AND NEW.state <> 'draft' THEN
        RAISE EXCEPTION 'motion % begins as a draft', NEW.code USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND (
        (OLD.state IN ('closed', 'counted', 'minuted', 'executed', 'lapsed') AND NEW.state NOT IN ('closed', 'counted', 'minuted', 'executed', 'lapsed'))
        OR (OLD.state = 'open' AND NEW.state NOT IN ('open', 'closed', 'counted', 'minuted', 'executed', 'lapsed'))
        OR (OLD.state <> 'open' AND OLD.state NOT IN ('closed', 'counted', 'minuted', 'executed', 'lapsed') AND NEW.state IN ('closed', 'counted', 'minuted', 'executed', 'lapsed'))
        OR (OLD.policy_id IS NOT NULL AND NEW.policy_id IS DISTINCT FROM OLD.policy_id)
        OR (OLD.opened_at IS NOT NULL AND NEW.opened_at IS DISTINCT FROM OLD.opened_at)
        OR (OLD.closed_at IS NOT NULL AND NEW.closed_at IS DISTINCT FROM OLD.closed_at)
        OR (OLD.closes_at IS NOT NULL AND (NEW.closes_at < OLD.closes_at) IS NOT FALSE)
        OR NEW.round < OLD.round
        OR (NEW.fund_id, NEW.deal_id, NEW.company_id, NEW.matter)
            IS DISTINCT FROM (OLD.fund_id, OLD.deal_id, OLD.company_id, OLD.matter)
    ) THEN
        RAISE EXCEPTION 'motion % only goes on', OLD.code USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state = 'open' AND NEW.state IN ('closed', 'counted', 'minuted', 'executed', 'lapsed') AND (
        (NEW.closed_at >= NEW.closes_at AND (
            clock_timestamp() + interval '1 minute' >= NEW.closes_at
            OR EXISTS (SELECT FROM public.played_clock)
        )) OR (NEW.is_closed_early AND EXISTS (
            SELECT FROM public.committee_policy p WHERE p.id = NEW.policy_id AND p.early_close
        ))
    ) IS NOT TRUE THEN
        RAISE EXCEPTION 'motion % is sealed until %', OLD.code, NEW.closes_at USING ERRCODE = 'restrict_violation';
    END IF; RETURN NEW; END $$"""
NOW = """CREATE OR REPLACE FUNCTION motion_only_goes_on() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF current_user = 'afund_app' AND TG_OP = 'INSERT' AND NEW.state <> 'draft' THEN
        RAISE EXCEPTION 'motion % begins as a draft', NEW.code USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND (
        (OLD.state IN ('closed', 'counted', 'minuted', 'executed', 'lapsed') AND NEW.state NOT IN ('closed', 'counted', 'minuted', 'executed', 'lapsed'))
        OR (OLD.state = 'open' AND NEW.state NOT IN ('open', 'closed', 'counted', 'minuted', 'executed', 'lapsed'))
        OR (OLD.state <> 'open' AND OLD.state NOT IN ('closed', 'counted', 'minuted', 'executed', 'lapsed') AND NEW.state IN ('closed', 'counted', 'minuted', 'executed', 'lapsed'))
        OR (OLD.policy_id IS NOT NULL AND NEW.policy_id IS DISTINCT FROM OLD.policy_id)
        OR (OLD.opened_at IS NOT NULL AND NEW.opened_at IS DISTINCT FROM OLD.opened_at)
        OR (OLD.closed_at IS NOT NULL AND NEW.closed_at IS DISTINCT FROM OLD.closed_at)
        OR (OLD.closes_at IS NOT NULL AND (NEW.closes_at < OLD.closes_at) IS NOT FALSE)
        OR NEW.round < OLD.round
        OR (OLD.opened_at IS NOT NULL AND NEW.round = OLD.round AND NEW.pinned IS DISTINCT FROM OLD.pinned)
        OR (NEW.fund_id, NEW.deal_id, NEW.company_id, NEW.matter)
            IS DISTINCT FROM (OLD.fund_id, OLD.deal_id, OLD.company_id, OLD.matter)
    ) THEN
        RAISE EXCEPTION 'motion % only goes on', OLD.code USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state = 'open' AND NEW.state IN ('closed', 'counted', 'minuted', 'executed', 'lapsed') AND (
        (NEW.closed_at >= NEW.closes_at AND (
            clock_timestamp() + interval '1 minute' >= NEW.closes_at
            OR EXISTS (SELECT FROM public.played_clock)
        )) OR (NEW.is_closed_early AND EXISTS (
            SELECT FROM public.committee_policy p WHERE p.id = NEW.policy_id AND p.early_close
        ))
    ) IS NOT TRUE THEN
        RAISE EXCEPTION 'motion % is sealed until %', OLD.code, NEW.closes_at USING ERRCODE = 'restrict_violation';
    END IF; RETURN NEW; END $$"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.add_column("motion", sa.Column("pinned", postgresql.JSONB(), nullable=False, server_default="{}"))
    op.alter_column("motion", "pinned", server_default=None)
    op.get_bind().exec_driver_sql(NOW.replace("%", "%%"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.get_bind().exec_driver_sql(BEFORE.replace("%", "%%"))
    op.drop_column("motion", "pinned")

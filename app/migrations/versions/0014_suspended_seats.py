"""Seats that are suspended in an open vote because their holders have left."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

WALLS = (
    """REVOKE UPDATE, DELETE, TRUNCATE ON motion_suspension FROM afund_app""",
    """CREATE TRIGGER motion_suspension_append_only BEFORE UPDATE OR DELETE ON motion_suspension FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER motion_suspension_append_only_whole BEFORE TRUNCATE ON motion_suspension FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """ALTER TABLE motion_suspension ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY motion_suspension_seen ON motion_suspension FOR SELECT TO afund_app USING ((afund_reach() = 'all' OR 'committee' = ANY (afund_roles())))""",
    """CREATE POLICY motion_suspension_written ON motion_suspension FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY motion_suspension_changed ON motion_suspension FOR UPDATE TO afund_app USING ((afund_reach() = 'all' OR 'committee' = ANY (afund_roles())))""",
    """CREATE POLICY motion_suspension_removed ON motion_suspension FOR DELETE TO afund_app USING ((afund_reach() = 'all' OR 'committee' = ANY (afund_roles())))""",
    """CREATE OR REPLACE FUNCTION motion_suspension_is_in_an_open_vote() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF current_user = 'afund_app' AND NOT EXISTS (
        SELECT FROM public.motion m JOIN public.motion_seat s ON s.motion_id = m.id
        WHERE m.id = NEW.motion_id AND m.state = 'open' AND s.seat_id = NEW.seat_id
    ) THEN
        RAISE EXCEPTION 'a seat is suspended in an open vote only' USING ERRCODE = 'restrict_violation';
    END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER motion_suspension_is_in_an_open_vote BEFORE INSERT OR UPDATE ON motion_suspension FOR EACH ROW EXECUTE FUNCTION motion_suspension_is_in_an_open_vote()""",
    """CREATE OR REPLACE FUNCTION ballot_is_ones_own() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF current_user = 'afund_app' THEN
        IF NEW.voter_id IS DISTINCT FROM afund_user() THEN
            RAISE EXCEPTION 'a ballot is cast by its voter only' USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF NOT EXISTS (
            SELECT FROM public.motion m JOIN public.motion_seat s ON s.motion_id = m.id
            WHERE m.id = NEW.motion_id AND s.seat_id = NEW.seat_id AND s.user_id = NEW.voter_id
                AND s.capacity <> 'observer' AND m.state = 'open' AND m.round = NEW.round
                AND m.papers_hash = NEW.papers_hash AND NEW.cast_at >= m.opened_at AND NEW.cast_at < m.closes_at
        ) OR EXISTS (
            SELECT FROM public.recusal r
            WHERE r.motion_id = NEW.motion_id AND r.seat_id = NEW.seat_id AND r.withdrawn_at IS NULL
        ) OR EXISTS (
            SELECT FROM public.motion_suspension x
            WHERE x.motion_id = NEW.motion_id AND x.seat_id = NEW.seat_id
        ) THEN
            RAISE EXCEPTION 'a ballot is cast from one''s own seat, on the papers of an open motion'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF NEW.replaces IS NOT NULL AND NOT EXISTS (
            SELECT FROM public.ballot b
            WHERE b.id = NEW.replaces AND b.motion_id = NEW.motion_id AND b.round = NEW.round
                AND b.seat_id = NEW.seat_id
        ) THEN
            RAISE EXCEPTION 'a ballot replaces the same seat''s only' USING ERRCODE = 'restrict_violation';
        END IF;
    END IF; RETURN NEW; END $$""",
)
BALLOT = """CREATE OR REPLACE FUNCTION ballot_is_ones_own() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF current_user = 'afund_app' THEN
        IF NEW.voter_id IS DISTINCT FROM afund_user() THEN
            RAISE EXCEPTION 'a ballot is cast by its voter only' USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF NOT EXISTS (
            SELECT FROM public.motion m JOIN public.motion_seat s ON s.motion_id = m.id
            WHERE m.id = NEW.motion_id AND s.seat_id = NEW.seat_id AND s.user_id = NEW.voter_id
                AND s.capacity <> 'observer' AND m.state = 'open' AND m.round = NEW.round
                AND m.papers_hash = NEW.papers_hash AND NEW.cast_at >= m.opened_at AND NEW.cast_at < m.closes_at
        ) OR EXISTS (
            SELECT FROM public.recusal r
            WHERE r.motion_id = NEW.motion_id AND r.seat_id = NEW.seat_id AND r.withdrawn_at IS NULL
        ) THEN
            RAISE EXCEPTION 'a ballot is cast from one''s own seat, on the papers of an open motion'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF NEW.replaces IS NOT NULL AND NOT EXISTS (
            SELECT FROM public.ballot b
            WHERE b.id = NEW.replaces AND b.motion_id = NEW.motion_id AND b.round = NEW.round
                AND b.seat_id = NEW.seat_id
        ) THEN
            RAISE EXCEPTION 'a ballot replaces the same seat''s only' USING ERRCODE = 'restrict_violation';
        END IF;
    END IF; RETURN NEW; END $$"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.create_table(
        "motion_suspension",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("motion_id", sa.BigInteger(), nullable=False),
        sa.Column("seat_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("suspended_by_id", sa.BigInteger(), nullable=True),
        sa.Column("suspended_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["motion_id"], ["motion.id"], name=op.f("fk_motion_suspension_motion_id_motion")
        ),
        sa.ForeignKeyConstraint(
            ["seat_id"], ["committee_seat.id"], name=op.f("fk_motion_suspension_seat_id_committee_seat")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_motion_suspension")),
        sa.UniqueConstraint("motion_id", "seat_id", name=op.f("uq_motion_suspension_motion_id_seat_id")),
    )
    for statement in WALLS:
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.get_bind().exec_driver_sql(BALLOT.replace("%", "%%"))
    op.execute("DROP TABLE motion_suspension")
    op.execute("DROP FUNCTION motion_suspension_is_in_an_open_vote()")

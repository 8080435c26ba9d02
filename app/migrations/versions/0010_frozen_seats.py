"""A vote's seats are frozen at its opening, its ballots chained, and its seal opens at the deadline."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

WALLS = (
    """REVOKE UPDATE, DELETE, TRUNCATE ON played_clock FROM afund_app""",
    """CREATE TRIGGER played_clock_append_only BEFORE UPDATE OR DELETE ON played_clock FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER played_clock_append_only_whole BEFORE TRUNCATE ON played_clock FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON motion_seat FROM afund_app""",
    """CREATE TRIGGER motion_seat_append_only BEFORE UPDATE OR DELETE ON motion_seat FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER motion_seat_append_only_whole BEFORE TRUNCATE ON motion_seat FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """ALTER TABLE motion_seat ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY motion_seat_seen ON motion_seat FOR SELECT TO afund_app USING ((afund_reach() = 'all' OR 'committee' = ANY (afund_roles())))""",
    """CREATE POLICY motion_seat_written ON motion_seat FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY motion_seat_changed ON motion_seat FOR UPDATE TO afund_app USING ((afund_reach() = 'all' OR 'committee' = ANY (afund_roles())))""",
    """CREATE POLICY motion_seat_removed ON motion_seat FOR DELETE TO afund_app USING ((afund_reach() = 'all' OR 'committee' = ANY (afund_roles())))""",
    """CREATE OR REPLACE FUNCTION played_clock_is_the_owners() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF current_user = 'afund_app' THEN
        RAISE EXCEPTION 'only the owner says that time is played' USING ERRCODE = 'insufficient_privilege';
    END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER played_clock_is_the_owners BEFORE INSERT OR UPDATE ON played_clock FOR EACH ROW EXECUTE FUNCTION played_clock_is_the_owners()""",
    """CREATE OR REPLACE FUNCTION motion_seats_are_those_of_its_opening() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF current_user = 'afund_app' AND NOT EXISTS (
        SELECT FROM public.motion m
        WHERE m.id = NEW.motion_id AND m.state IN ('papers_locked', 'declarations') AND m.opened_at IS NULL
    ) THEN
        RAISE EXCEPTION 'the seats of a vote are those of its opening' USING ERRCODE = 'restrict_violation';
    END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER motion_seats_are_those_of_its_opening BEFORE INSERT OR UPDATE ON motion_seat FOR EACH ROW EXECUTE FUNCTION motion_seats_are_those_of_its_opening()""",
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
    """CREATE OR REPLACE FUNCTION motion_only_goes_on() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF current_user = 'afund_app' AND TG_OP = 'INSERT' AND NEW.state <> 'draft' THEN
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
    END IF; RETURN NEW; END $$""",
)

BEFORE = (
    """CREATE OR REPLACE FUNCTION ballot_is_ones_own() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF current_user = 'afund_app' AND NEW.voter_id IS DISTINCT FROM afund_user() THEN
        RAISE EXCEPTION 'a ballot is cast by its voter only' USING ERRCODE = 'insufficient_privilege';
    END IF; RETURN NEW; END $$""",
    """CREATE OR REPLACE FUNCTION motion_only_goes_on() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP = 'UPDATE' AND (
        (OLD.state IN ('closed', 'counted', 'minuted', 'executed', 'lapsed') AND NEW.state NOT IN ('closed', 'counted', 'minuted', 'executed', 'lapsed'))
        OR (OLD.policy_id IS NOT NULL AND NEW.policy_id IS DISTINCT FROM OLD.policy_id)
        OR NEW.round < OLD.round
        OR (NEW.round = OLD.round AND NEW.closes_at < OLD.closes_at)
    ) THEN
        RAISE EXCEPTION 'motion % only goes on', OLD.code USING ERRCODE = 'restrict_violation';
    END IF; RETURN NEW; END $$""",
)

# What is decided or being voted on already keeps the seats of the day on which it was opened.
FREEZE = """
INSERT INTO motion_seat (motion_id, seat_id, code, user_id, name, capacity, party_id, party_name, person_id, is_chair,
                         from_on, until_on, recorded_at)
SELECT m.id, s.id, s.code, s.user_id, u.name, s.capacity, s.party_id, coalesce(p.name_zh, ''), s.person_id, s.is_chair,
       s.from_on, s.until_on, m.opened_at
FROM motion m
JOIN committee_seat s ON s.fund_id = m.fund_id
    AND s.from_on <= (m.opened_at AT TIME ZONE 'Asia/Shanghai')::date
    AND (s.until_on IS NULL OR s.until_on >= (m.opened_at AT TIME ZONE 'Asia/Shanghai')::date)
JOIN app_user u ON u.id = s.user_id
LEFT JOIN party p ON p.id = s.party_id
WHERE m.opened_at IS NOT NULL
ORDER BY m.id, s.code
"""
CHAIN = """
UPDATE ballot SET replaces = chain.before
FROM (SELECT id, lag(id) OVER (PARTITION BY motion_id, round, seat_id ORDER BY id) AS before FROM ballot) chain
WHERE chain.id = ballot.id AND chain.before IS NOT NULL
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.create_table(
        "played_clock",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_played_clock")),
    )
    _seats()
    _chain()
    for statement in WALLS:
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def _seats() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    refs = {"motion_id": "motion", "seat_id": "committee_seat", "user_id": "app_user"}
    refs |= {"party_id": "party", "person_id": "party"}
    op.create_table(
        "motion_seat",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("motion_id", sa.BigInteger(), nullable=False),
        sa.Column("seat_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Text(), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=True),
        sa.Column("party_name", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("is_chair", sa.Boolean(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "capacity IN ('fund', 'lp', 'expert', 'observer')", name=op.f("ck_motion_seat_capacity_known")
        ),
        *(
            sa.ForeignKeyConstraint([one], [f"{to}.id"], name=op.f(f"fk_motion_seat_{one}_{to}"))
            for one, to in refs.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_motion_seat")),
        *(
            sa.UniqueConstraint("motion_id", one, name=op.f(f"uq_motion_seat_motion_id_{one}"))
            for one in ("seat_id", "code", "user_id")
        ),
    )
    op.execute(FREEZE)


def _chain() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.add_column("ballot", sa.Column("replaces", sa.BigInteger(), nullable=True))
    op.execute("ALTER TABLE ballot DISABLE TRIGGER USER")
    op.execute(CHAIN)
    op.execute("ALTER TABLE ballot ENABLE TRIGGER USER")
    op.create_foreign_key(op.f("fk_ballot_replaces_ballot"), "ballot", "ballot", ["replaces"], ["id"])
    op.create_unique_constraint(op.f("uq_ballot_replaces"), "ballot", ["replaces"])
    columns = ["motion_id", "round", "seat_id"]
    first = sa.text("replaces IS NULL")
    op.create_index("uq_ballot_first", "ballot", columns, unique=True, postgresql_where=first)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    for statement in BEFORE:
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))
    op.execute("DROP TABLE motion_seat CASCADE")
    op.execute("DROP TABLE played_clock CASCADE")
    op.execute("DROP FUNCTION motion_seats_are_those_of_its_opening()")
    op.execute("DROP FUNCTION played_clock_is_the_owners()")
    op.drop_index("uq_ballot_first", "ballot")
    op.drop_constraint(op.f("uq_ballot_replaces"), "ballot", type_="unique")
    op.drop_constraint(op.f("fk_ballot_replaces_ballot"), "ballot", type_="foreignkey")
    op.drop_column("ballot", "replaces")

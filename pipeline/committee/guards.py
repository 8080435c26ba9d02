"""What the database holds a vote to, whatever statement the application sends; declared in `models`.

`afund_app` is the application's role, `kernel.walls.APP_ROLE`. Tables are named with their
schema: a temporary table of the same name must not stand in for one.
"""

from pipeline.committee.motion_rules import UNSEALED, MotionState

OPENED = ", ".join(f"'{state}'" for state in MotionState if state in UNSEALED)

# Only under the application's own role: a restore by the owner brings other people's ballots back.
BALLOT = """
    IF current_user = 'afund_app' THEN
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
    END IF;
    """

SEATS = """
    IF current_user = 'afund_app' AND NOT EXISTS (
        SELECT FROM public.motion m
        WHERE m.id = NEW.motion_id AND m.state IN ('papers_locked', 'declarations') AND m.opened_at IS NULL
    ) THEN
        RAISE EXCEPTION 'the seats of a vote are those of its opening' USING ERRCODE = 'restrict_violation';
    END IF;
    """

SUSPENSION = """
    IF current_user = 'afund_app' AND NOT EXISTS (
        SELECT FROM public.motion m JOIN public.motion_seat s ON s.motion_id = m.id
        WHERE m.id = NEW.motion_id AND m.state = 'open' AND s.seat_id = NEW.seat_id
    ) THEN
        RAISE EXCEPTION 'a seat is suspended in an open vote only' USING ERRCODE = 'restrict_violation';
    END IF;
    """

# A motion stays what it is about and bound to its policy; what was closed is never open again. The seal opens at
# the deadline by the database server's clock as well (give or take a minute), so that nobody can look by closing
# the vote too early and rolling back.
MOTION = """
    IF current_user = 'afund_app' AND TG_OP = 'INSERT' AND NEW.state <> 'draft' THEN
        RAISE EXCEPTION 'motion % begins as a draft', NEW.code USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND (
        (OLD.state IN (OPENED) AND NEW.state NOT IN (OPENED))
        OR (OLD.state = 'open' AND NEW.state NOT IN ('open', OPENED))
        OR (OLD.state <> 'open' AND OLD.state NOT IN (OPENED) AND NEW.state IN (OPENED))
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
    IF TG_OP = 'UPDATE' AND OLD.state = 'open' AND NEW.state IN (OPENED) AND (
        (NEW.closed_at >= NEW.closes_at AND (
            clock_timestamp() + interval '1 minute' >= NEW.closes_at
            OR EXISTS (SELECT FROM public.played_clock)
        )) OR (NEW.is_closed_early AND EXISTS (
            SELECT FROM public.committee_policy p WHERE p.id = NEW.policy_id AND p.early_close
        ))
    ) IS NOT TRUE THEN
        RAISE EXCEPTION 'motion % is sealed until %', OLD.code, NEW.closes_at USING ERRCODE = 'restrict_violation';
    END IF;
    """.replace("OPENED", OPENED)

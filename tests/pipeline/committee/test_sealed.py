"""Sealed until the close: from everyone, by plain SQL, in every sheet and line of the trail."""

from dataclasses import asdict
from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from kernel.audit.models import AuditEvent
from kernel.identity.rules import SYSTEM
from pipeline.committee.minutes import minutes
from pipeline.committee.queries import NotDecided, motion_sheet
from pipeline.committee.rules import Verdict
from tests.builders.votes import DAY, Vote, cast, close

BALLOTS = sa.text("SELECT voter_id, choice FROM ballot ORDER BY id")


def test_nobody_but_the_caster_reads_a_ballot_before_the_close(vote: Vote) -> None:
    curious = [SYSTEM, vote.committee.manager, *vote.others.values(), vote.committee.members["S7"]]
    for actor in curious:
        with vote.database.transaction(actor) as tx:
            assert tx.execute(BALLOTS).all() == [], actor.name
            assert tx.execute(sa.text("SELECT count(*) FROM ballot")).scalar_one() == 0
    with vote.database.transaction(None) as tx:
        assert tx.execute(BALLOTS).all() == []
    member = vote.committee.members["S2"]
    with vote.database.transaction(member) as tx:
        assert tx.execute(BALLOTS).all() == [(member.user_id, "conditions")]


def test_after_the_close_the_committee_and_the_fund_read_them_and_others_do_not(
    vote: Vote, now: datetime
) -> None:
    assert close(vote, now) == Verdict.APPROVED_WITH_CONDITIONS
    for actor in (vote.committee.manager, vote.others["auditor"], vote.committee.members["S7"]):
        with vote.database.transaction(actor) as tx:
            assert len(tx.execute(BALLOTS).all()) == 6
    for role in ("administrator", "lp_expert"):
        with vote.database.transaction(vote.others[role]) as tx:
            assert tx.execute(BALLOTS).all() == []


def test_no_sheet_tells_before_the_close(vote: Vote, now: datetime) -> None:
    for actor in (vote.committee.manager, vote.committee.members["S7"]):
        with vote.database.transaction(actor) as tx:
            before = asdict(motion_sheet(tx, actor=actor, motion_id=vote.motion_id, now=now))
        assert (before["ballot"], before["decision"], before["conditions"]) == (None, None, ())
        assert before["line"]["verdict"] is None
        assert "Insure" not in str(before)
    with vote.database.transaction(SYSTEM) as tx, pytest.raises(NotDecided):
        minutes(tx, actor=SYSTEM, motion_id=vote.motion_id)


def test_the_trail_tells_nothing_of_a_ballot_before_the_close(vote: Vote) -> None:
    """Neither who has voted nor when, nor how many have: casting writes no line at all."""
    with vote.database.transaction(SYSTEM) as tx:
        told = tx.exec(select(AuditEvent).order_by(col(AuditEvent.number))).all()
    assert told[-1].action == "motion.opened"
    assert not any("ballot" in event.action for event in told)
    member = vote.committee.members["S2"]
    with vote.database.transaction(member) as tx:
        own = motion_sheet(tx, actor=member, motion_id=vote.motion_id, now=told[-1].at).ballot
    assert own is not None
    assert own.commitment not in str([event.detail for event in told])


COPY = sa.text(
    "INSERT INTO ballot (motion_id, round, seat_id, voter_id, replaces, choice, conditions, reason, papers_hash,"
    " nonce, commitment, cast_at) VALUES (:motion, :round, :seat, :voter, :replaces, 'no', '[]', '', :papers, '',"
    " 'x', :at)"
)


def test_a_ballot_is_cast_by_its_voter_and_never_changed(vote: Vote, now: datetime) -> None:
    other = vote.committee.members["S1"]
    facts = stuffed(vote, now) | {"voter": other.user_id}
    for actor in (vote.committee.members["S7"], SYSTEM):
        with pytest.raises(sa.exc.DBAPIError, match="its voter only"), vote.database.transaction(actor) as tx:
            tx.execute(COPY, facts)
    for statement in ("UPDATE ballot SET choice = 'no'", "DELETE FROM ballot"):
        with pytest.raises(sa.exc.ProgrammingError), vote.database.transaction(other) as tx:
            tx.execute(sa.text(statement))


def stuffed(vote: Vote, now: datetime) -> dict[str, object]:
    """S7's ballot as plain SQL would write it."""
    return {
        "motion": vote.motion_id,
        "round": 1,
        "seat": vote.committee.seats["S7"],
        "voter": vote.committee.members["S7"].user_id,
        "replaces": None,
        "papers": vote.papers,
        "at": now,
    }


def test_plain_sql_casts_what_the_application_would(vote: Vote, now: datetime) -> None:
    member = vote.committee.members["S7"]
    with vote.database.transaction(member) as tx:
        tx.execute(COPY, stuffed(vote, now))
        tx.rollback()
    wrong: list[dict[str, object]] = [
        {"seat": vote.committee.seats["S6"]},
        {"round": 2},
        {"papers": "0" * 64},
        {"at": now + 3 * DAY},
        {"at": now - DAY},
        {"motion": vote.motion_id + 1},
    ]
    for change in wrong:
        with pytest.raises(sa.exc.DBAPIError), vote.database.transaction(member) as tx:
            tx.execute(COPY, stuffed(vote, now) | change)


def test_a_seats_ballots_are_one_chain(vote: Vote, now: datetime) -> None:
    member = vote.committee.members["S6"]
    facts = stuffed(vote, now) | {"seat": vote.committee.seats["S6"], "voter": member.user_id}
    with vote.database.transaction(member) as tx:
        own = tx.execute(sa.text("SELECT id FROM ballot")).scalar_one()
    with (
        pytest.raises(sa.exc.IntegrityError, match="uq_ballot_first"),
        vote.database.transaction(member) as tx,
    ):
        tx.execute(COPY, facts)
    with pytest.raises(sa.exc.IntegrityError), vote.database.transaction(member) as tx:
        tx.execute(COPY, facts | {"replaces": own - 1})
    cast(vote, "S6", "no", now, reason="I read it again.")
    with pytest.raises(sa.exc.IntegrityError), vote.database.transaction(member) as tx:
        tx.execute(COPY, facts | {"replaces": own})


UNSEAL = "UPDATE motion SET state = 'closed', closed_at = closes_at + interval '1 second'"


@pytest.mark.parametrize(
    "unseal",
    [
        "UPDATE motion SET state = 'closed'",
        "UPDATE motion SET state = 'closed', closed_at = opened_at, is_closed_early = true",
        "UPDATE motion SET state = 'closed', closed_at = closes_at, closes_at = opened_at, round = round + 1",
        "UPDATE motion SET state = 'declarations'",
        UNSEAL,
    ],
)
def test_nobody_looks_by_closing_and_rolling_back(vote: Vote, owner_url: sa.URL, unseal: str) -> None:
    owner = sa.create_engine(owner_url, poolclass=sa.pool.NullPool)
    with owner.begin() as connection:
        connection.execute(sa.text("SET session_replication_role = replica"))
        connection.execute(sa.text("DELETE FROM played_clock"))
        # The deadline is ahead by the server's own clock, whatever year these tests are run in.
        connection.execute(sa.text("UPDATE motion SET closes_at = clock_timestamp() + interval '1 day'"))
    for actor in (vote.committee.manager, SYSTEM):
        with pytest.raises(sa.exc.IntegrityError), vote.database.transaction(actor) as tx:
            tx.execute(sa.text(unseal))
    with pytest.raises(sa.exc.ProgrammingError), vote.database.transaction(SYSTEM) as tx:
        tx.execute(sa.text("INSERT INTO played_clock (recorded_at) VALUES (now())"))
    with owner.begin() as connection:
        connection.execute(sa.text("SET session_replication_role = replica"))
        connection.execute(sa.text("UPDATE motion SET closes_at = clock_timestamp()"))
    with vote.database.transaction(SYSTEM) as tx:
        tx.execute(sa.text(UNSEAL))
        assert len(tx.execute(BALLOTS).all()) == 6

"""A vote is closed once, by the timer or by hand; minutes name every vote, receipts find it, and tampering is found."""

import threading
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import select

from kernel import work
from kernel.audit.queries import verify
from kernel.identity.rules import SYSTEM
from pipeline.committee.ballot_rules import VotingStillOpen
from pipeline.committee.jobs import close_now
from pipeline.committee.minutes import adopt_minutes, minutes
from pipeline.committee.models import Condition, Decision, Motion
from pipeline.committee.proof import prove
from pipeline.committee.queries import NotDecided, due, motion_sheet
from pipeline.committee.receipts import ReceiptUnknown, receipt
from pipeline.committee.rules import Verdict
from tests.builders.votes import DAY, Vote, close


def test_a_closed_motion_is_never_open_again_and_keeps_its_policy(vote: Vote, now: datetime) -> None:
    for change in ("policy_id = NULL", "round = 0", "closes_at = closes_at - interval '1 day'"):
        with pytest.raises(sa.exc.IntegrityError), vote.database.transaction(SYSTEM) as tx:
            tx.execute(sa.text(f"UPDATE motion SET {change}"))
    close(vote, now)
    with pytest.raises(sa.exc.IntegrityError), vote.database.transaction(SYSTEM) as tx:
        tx.execute(sa.text("UPDATE motion SET state = 'open'"))


def test_the_timer_finds_it_and_the_job_closes_it_once(vote: Vote, now: datetime) -> None:
    late = now + 3 * DAY
    with vote.database.transaction(SYSTEM) as tx:
        assert due(tx, now=late - timedelta(seconds=1)) == []
        assert due(tx, now=late) == [vote.motion_id]
        with pytest.raises(VotingStillOpen):
            close_now(tx, vote.motion_id, now.isoformat())
    for _ in range(2):
        with vote.database.transaction(SYSTEM) as tx:
            assert close_now(tx, vote.motion_id, late.isoformat()) == "approved_with_conditions"
            assert due(tx, now=late) == []


def test_a_worker_does_it(vote: Vote, now: datetime) -> None:
    late = now + 3 * DAY
    key = f"motion_close:{vote.motion_id}"
    with vote.database.transaction(SYSTEM) as tx:
        work.enqueue(tx, job="motion_close", key=key, motion_id=vote.motion_id, at=late.isoformat())
    work.start_worker(vote.database)
    try:
        assert work.wait(key) == "approved_with_conditions"
    finally:
        work.stop_worker()


def test_two_closes_at_once_end_as_one(vote: Vote, now: datetime) -> None:
    start = threading.Barrier(2)
    verdicts: list[Verdict] = []

    def run() -> None:
        start.wait()
        verdicts.append(close(vote, now))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert verdicts == [Verdict.APPROVED_WITH_CONDITIONS] * 2
    with vote.database.transaction(SYSTEM) as tx:
        assert len(tx.exec(select(Decision)).all()) == 1
        assert len(tx.exec(select(Condition)).all()) == 1
        assert verify(tx) == []
        assert prove(tx) == []


def test_minutes_name_every_vote_and_are_adopted_once(vote: Vote, now: datetime) -> None:
    close(vote, now)
    with vote.database.transaction(SYSTEM) as tx:
        told = minutes(tx, actor=SYSTEM, motion_id=vote.motion_id)
        first = adopt_minutes(tx, SYSTEM, motion_id=vote.motion_id, now=now)
        assert adopt_minutes(tx, SYSTEM, motion_id=vote.motion_id, now=now + DAY) == first
        assert tx.get_one(Motion, vote.motion_id).state == "minuted"
    assert [(one.seat, one.choice, one.is_counted) for one in told.votes] == [
        ("S1", "yes", True),
        ("S2", "conditions", True),
        ("S3", "no", True),
        ("S4", "yes", True),
        ("S5", "yes", True),
        ("S6", "yes", True),
    ]
    assert [one.seat.code for one in told.attendance if not one.is_present] == ["S7"]
    assert [one.says for one in told.conditions] == ["Insure the pilot line."]
    with pytest.raises(Exception, match="manager"), vote.database.transaction(vote.others["analyst"]) as tx:
        adopt_minutes(tx, vote.others["analyst"], motion_id=vote.motion_id, now=now)


def test_a_receipt_finds_its_ballot_after_the_close_and_nothing_before(vote: Vote, now: datetime) -> None:
    member = vote.committee.members["S3"]
    with vote.database.transaction(member) as tx:
        own = motion_sheet(tx, actor=member, motion_id=vote.motion_id, now=now).ballot
        assert own is not None
        with pytest.raises(NotDecided):
            receipt(tx, actor=member, motion_id=vote.motion_id, handed_out=own.commitment)
    close(vote, now)
    with vote.database.transaction(member) as tx:
        found = receipt(tx, actor=member, motion_id=vote.motion_id, handed_out=own.commitment.upper())
        assert (found.vote.seat, found.vote.choice, found.is_intact) == ("S3", "no", True)
        with pytest.raises(ReceiptUnknown):
            receipt(tx, actor=member, motion_id=vote.motion_id, handed_out="0" * 64)


@pytest.mark.parametrize(
    ("tampering", "told"),
    [
        (
            "UPDATE ballot SET commitment = repeat('0', 64) WHERE choice = 'no'",
            "not those that were revealed",
        ),
        ("DELETE FROM ballot WHERE choice = 'no'", "not those that were revealed"),
        ("UPDATE decision SET yes = 6", "do not count to the decision"),
        (
            "UPDATE motion_paper SET sha256 = (SELECT sha256 FROM blob WHERE sha256 <> motion_paper.sha256)",
            "papers",
        ),
        ("UPDATE motion_seat SET capacity = 'lp' WHERE code = 'S7'", "seats are not those of its opening"),
        ("DELETE FROM audit_event WHERE action = 'motion.closed'", "does not hold its close"),
    ],
)
def test_tampering_by_the_owner_is_found(
    vote: Vote, now: datetime, owner_url: sa.URL, tampering: str, told: str
) -> None:
    close(vote, now)
    owner = sa.create_engine(owner_url, poolclass=sa.pool.NullPool)
    with owner.begin() as connection:
        connection.execute(sa.text("SET session_replication_role = replica"))
        connection.execute(
            sa.text("INSERT INTO blob VALUES (encode(sha256('x'), 'hex'), 'x', 1, 'x', now())")
        )
        connection.execute(sa.text(tampering))
    with vote.database.transaction(SYSTEM) as tx:
        [found] = prove(tx)
    assert found.row == "motion M26-001"
    assert told in found.what


def test_a_ballot_that_was_not_cast_in_time_or_not_as_told_is_found(
    vote: Vote, now: datetime, owner_url: sa.URL
) -> None:
    close(vote, now)
    owner = sa.create_engine(owner_url, poolclass=sa.pool.NullPool)
    with owner.begin() as connection:
        connection.execute(sa.text("SET session_replication_role = replica"))
        swap = "jsonb_set(detail, '{votes,2,choice}', '\"yes\"')"
        closed = "WHERE action = 'motion.closed'"
        connection.execute(sa.text(f"UPDATE audit_event SET detail = {swap} {closed}"))
        late = "SET cast_at = cast_at + interval '9 days' WHERE id = (SELECT min(id) FROM ballot)"
        connection.execute(sa.text(f"UPDATE ballot {late}"))
        stranger = (
            "SET voter_id = (SELECT max(user_id) FROM motion_seat) WHERE id = (SELECT max(id) FROM ballot)"
        )
        connection.execute(sa.text(f"UPDATE ballot {stranger}"))
    with vote.database.transaction(SYSTEM) as tx:
        told = [found.what for found in prove(tx)]
    assert told == [
        "the ballot of S3 does not open its commitment",
        "the ballot of S1 was not cast while the vote was open",
        f"a ballot of seat {vote.committee.seats['S6']} is not of one who might vote",
        "its ballots do not count to the decision that is kept",
    ]

"""Sealed until the close: from everyone, by plain SQL, in every sheet and line of the trail; closed once."""

import threading
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from kernel import work
from kernel.audit.models import AuditEvent
from kernel.audit.queries import verify
from kernel.db import Database
from kernel.identity.rules import SYSTEM, Actor, Role
from pipeline.committee.actions import cast_ballot, close_motion, open_motion
from pipeline.committee.ballot_rules import VotingStillOpen
from pipeline.committee.jobs import close_now
from pipeline.committee.minutes import adopt_minutes, minutes
from pipeline.committee.models import Condition, Decision, Motion
from pipeline.committee.proof import prove
from pipeline.committee.queries import NotDecided, due, motion_sheet
from pipeline.committee.receipts import ReceiptUnknown, receipt
from pipeline.committee.rules import Verdict
from tests.builders.committee import Committee, a_committee, a_member, a_motion, declare_nil
from tests.conftest import Begin

BALLOTS = sa.text("SELECT voter_id, choice FROM ballot ORDER BY id")
DAY = timedelta(days=1)
OPENED = datetime(2026, 9, 30, 8, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Vote:
    """An open vote in a committed database: S1 yes, S2 with conditions, S3 no, S4 and S5 yes, S6 yes; S7 silent."""

    database: Database
    committee: Committee
    others: dict[str, Actor]
    motion_id: int
    papers: str


@pytest.fixture
def vote(begin: Begin, database: Database) -> Vote:
    committee, others, motion_id, papers = begin(voting)
    return Vote(database, committee, others, motion_id, papers)


def voting(database: Database) -> tuple[Committee, dict[str, Actor], int, str]:
    with database.transaction(SYSTEM) as tx:
        committee = a_committee(tx, now=OPENED)
        roles = (Role.AUDITOR, Role.ADMINISTRATOR, Role.ANALYST, Role.ACCOUNTANT, Role.LP_EXPERT)
        others = {role.value: a_member(tx, role, login=f"the-{role}", now=OPENED) for role in roles}
        line = a_motion(tx, committee, now=OPENED)
        declare_nil(tx, committee, motion_id=line.id, now=OPENED)
        open_motion(tx, SYSTEM, motion_id=line.id, now=OPENED)
        papers = motion_sheet(tx, actor=SYSTEM, motion_id=line.id, now=OPENED).papers_hash
    assert papers is not None
    found = Vote(database, committee, others, line.id, papers)
    choices = {"S1": "yes", "S2": "conditions", "S3": "no", "S4": "yes", "S5": "yes", "S6": "yes"}
    for code, choice in choices.items():
        cast(found, code, choice, OPENED)
    return committee, others, line.id, papers


def cast(vote: Vote, code: str, choice: str, now: datetime, reason: str = "") -> None:
    member = vote.committee.members[code]
    asked = ["Insure the pilot line."] if choice == "conditions" else []
    with vote.database.transaction(member) as tx:
        cast_ballot(
            tx,
            member,
            motion_id=vote.motion_id,
            choice=choice,
            conditions=asked,
            reason=reason,
            papers_hash=vote.papers,
            now=now,
        )


def close(vote: Vote, now: datetime) -> Verdict:
    with vote.database.transaction(SYSTEM) as tx:
        return close_motion(tx, SYSTEM, motion_id=vote.motion_id, now=now + 3 * DAY).outcome.state


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

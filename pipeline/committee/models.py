"""The committee's rows. Policies, declarations, ballots, decisions and conditions are only ever added.

A ballot is sealed by the database itself: until its motion is closed, only its caster can read it, whoever else
asks and with whatever query.
"""

from datetime import date, datetime
from fractions import Fraction

import sqlalchemy as sa

from fund.parties.conflict_rules import ConflictKind
from kernel import columns, walls
from kernel.columns import Row, choices_check
from pipeline.committee.guards import BALLOT, MOTION, OPENED, SEATS, SUSPENSION
from pipeline.committee.motion_rules import Capacity, Matter, MotionState, Source
from pipeline.committee.rules import Basis, Choice, Verdict


class CommitteePolicy(Row, table=True):
    """One version of the policy for one matter; `mandatory` and `veto` list codes of seats."""

    __tablename__ = "committee_policy"
    __table_args__ = (
        sa.UniqueConstraint("fund_id", "matter", "version"),
        choices_check("matter", Matter),
        choices_check("basis", Basis),
        sa.CheckConstraint("window_hours > 0 AND expiry_days > 0", name="times_positive"),
    )

    fund_id: int = columns.ref("fund.id")
    matter: Matter = columns.choice(Matter)
    version: int = columns.number()
    effective_on: date = columns.day()
    threshold: Fraction = columns.fraction()
    basis: Basis = columns.choice(Basis)
    quorum: Fraction = columns.fraction()
    quorum_floor: int = columns.number()
    floor: int = columns.number()
    minimum_cast: int = columns.number()
    mandatory: list[str] = columns.jsonb()
    veto: list[str] = columns.jsonb()
    recusing: list[str] = columns.jsonb()
    window_hours: int = columns.number()
    expiry_days: int = columns.number()
    early_close: bool = columns.flag()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class CommitteeSeat(Row, table=True):
    """Somebody's seat for some time; a successor takes the same code. `person_id` is the holder in the graph."""

    __tablename__ = "committee_seat"
    __table_args__ = (
        choices_check("capacity", Capacity),
        sa.UniqueConstraint("fund_id", "code", "from_on"),
        sa.CheckConstraint("until_on IS NULL OR until_on >= from_on", name="ends_after_it_begins"),
    )

    fund_id: int = columns.ref("fund.id")
    code: str = columns.code()
    user_id: int = columns.ref("app_user.id", index=True)
    capacity: Capacity = columns.choice(Capacity)
    party_id: int | None = columns.ref("party.id", nullable=True)
    person_id: int | None = columns.ref("party.id", nullable=True)
    is_chair: bool = columns.flag(default=False)
    from_on: date = columns.day()
    until_on: date | None = columns.day(nullable=True)
    recorded_at: datetime = columns.instant()


class Motion(Row, table=True):
    """What is voted on. `round` counts from 1 and goes up when the papers change while voting is open.

    `amount` in minor units is the most that an approval commits; `company_id` is the company as a party, against
    which conflicts are looked for.
    """

    __tablename__ = "motion"
    __table_args__ = (
        choices_check("matter", Matter),
        choices_check("state", MotionState),
        choices_check("verdict", Verdict),
        sa.CheckConstraint("amount >= 0", name="amount_not_negative"),
        sa.CheckConstraint("closed_at >= closes_at OR is_closed_early", name="closed_in_time"),
        sa.Index("ix_motion_due", "state", "closes_at"),
    )

    code: str = columns.code(unique=True)
    fund_id: int = columns.ref("fund.id")
    deal_id: int = columns.ref("deal.id", index=True)
    company_id: int | None = columns.ref("party.id", nullable=True)
    matter: Matter = columns.choice(Matter)
    title: str = columns.text()
    proposal: str = columns.text()
    amount: int | None = columns.minor(nullable=True)
    currency: str = columns.code()
    state: MotionState = columns.choice(MotionState)
    verdict: Verdict | None = columns.choice(Verdict, nullable=True)
    round: int = columns.number(default=1)
    papers_hash: str | None = columns.code(nullable=True)
    pinned: dict[str, object] = columns.jsonb(default={})
    mandates: dict[str, object] = columns.jsonb(default={})
    policy_id: int | None = columns.ref("committee_policy.id", nullable=True)
    drafted_by: str = columns.text()
    opened_at: datetime | None = columns.instant(nullable=True)
    closes_at: datetime | None = columns.instant(nullable=True)
    closed_at: datetime | None = columns.instant(nullable=True)
    is_closed_early: bool = columns.flag(default=False)
    minutes_sha256: str | None = columns.code(nullable=True)
    recorded_at: datetime = columns.instant()


class MotionPaper(Row, table=True):
    """One paper of one round, pinned by what it holds."""

    __tablename__ = "motion_paper"
    __table_args__ = (sa.UniqueConstraint("motion_id", "round", "position"),)

    motion_id: int = columns.ref("motion.id")
    round: int = columns.number()
    position: int = columns.number()
    title: str = columns.text()
    sha256: str = columns.code()
    recorded_at: datetime = columns.instant()


class MotionSeat(Row, table=True):
    """A seat as it was when the vote was opened: who votes, for whom and in what capacity, whatever comes later."""

    __tablename__ = "motion_seat"
    __table_args__ = (
        choices_check("capacity", Capacity),
        sa.UniqueConstraint("motion_id", "seat_id"),
        sa.UniqueConstraint("motion_id", "code"),
        sa.UniqueConstraint("motion_id", "user_id"),
    )

    motion_id: int = columns.ref("motion.id")
    seat_id: int = columns.ref("committee_seat.id")
    code: str = columns.code()
    user_id: int = columns.ref("app_user.id")
    name: str = columns.text()
    capacity: Capacity = columns.choice(Capacity)
    party_id: int | None = columns.ref("party.id", nullable=True)
    party_name: str = columns.text()
    person_id: int | None = columns.ref("party.id", nullable=True)
    is_chair: bool = columns.flag()
    from_on: date = columns.day()
    until_on: date | None = columns.day(nullable=True)
    recorded_at: datetime = columns.instant()


class MotionSuspension(Row, table=True):
    """A seat that votes no more in an open vote, because its holder has left."""

    __tablename__ = "motion_suspension"
    __table_args__ = (sa.UniqueConstraint("motion_id", "seat_id"),)

    motion_id: int = columns.ref("motion.id")
    seat_id: int = columns.ref("committee_seat.id")
    reason: str = columns.text()
    suspended_by_id: int | None = columns.number(nullable=True)
    suspended_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class Declaration(Row, table=True):
    """What one seat declared: nothing (`is_nil`), or `conflicts` as [{"kind", "statement"}]."""

    __tablename__ = "declaration"

    motion_id: int = columns.ref("motion.id", index=True)
    seat_id: int = columns.ref("committee_seat.id")
    user_id: int = columns.ref("app_user.id")
    is_nil: bool = columns.flag()
    conflicts: list[dict[str, str]] = columns.jsonb()
    recorded_at: datetime = columns.instant()


class Recusal(Row, table=True):
    """A conflict that keeps a seat out of a motion, until two people have withdrawn it."""

    __tablename__ = "recusal"
    __table_args__ = (
        choices_check("kind", ConflictKind),
        choices_check("source", Source),
        sa.Index("ix_recusal_of_motion", "motion_id", "seat_id"),
        sa.CheckConstraint(
            "withdrawn_at IS NULL OR (withdrawal_asked_by_id IS DISTINCT FROM withdrawn_by_id)",
            name="withdrawn_by_two",
        ),
    )

    motion_id: int = columns.ref("motion.id")
    seat_id: int = columns.ref("committee_seat.id")
    kind: ConflictKind = columns.choice(ConflictKind)
    source: Source = columns.choice(Source)
    statement: str = columns.text()
    recorded_at: datetime = columns.instant()
    withdrawal_reason: str = columns.text(default="")
    withdrawal_asked_by_id: int | None = columns.number(nullable=True)
    withdrawn_by_id: int | None = columns.number(nullable=True)
    withdrawn_at: datetime | None = columns.instant(nullable=True)


FIRST = sa.text("replaces IS NULL")


class Ballot(Row, table=True):
    """One ballot; the caster's last one of the round counts. `nonce` opens the `commitment`, the voter's receipt.

    Each seat's ballots of a round are one chain: the first replaces none, every other the one before it.
    """

    __tablename__ = "ballot"
    __table_args__ = (
        choices_check("choice", Choice),
        sa.Index("ix_ballot_of_motion", "motion_id", "round", "seat_id", "id"),
        sa.Index("uq_ballot_first", "motion_id", "round", "seat_id", unique=True, postgresql_where=FIRST),
    )

    motion_id: int = columns.ref("motion.id")
    round: int = columns.number()
    seat_id: int = columns.ref("committee_seat.id")
    voter_id: int = columns.ref("app_user.id")
    replaces: int | None = columns.ref("ballot.id", nullable=True, unique=True)
    choice: Choice = columns.choice(Choice)
    conditions: list[str] = columns.jsonb()
    reason: str = columns.text()
    papers_hash: str = columns.code()
    nonce: str = columns.code()
    commitment: str = columns.code(unique=True)
    cast_at: datetime = columns.instant()


class Decision(Row, table=True):
    """How the vote on a motion ended, with its count and what it was counted under."""

    __tablename__ = "decision"
    __table_args__ = (choices_check("verdict", Verdict),)

    motion_id: int = columns.ref("motion.id", unique=True)
    deal_id: int = columns.ref("deal.id", index=True)
    policy_id: int = columns.ref("committee_policy.id")
    round: int = columns.number()
    papers_hash: str = columns.code()
    verdict: Verdict = columns.choice(Verdict)
    eligible: int = columns.number()
    present: int = columns.number()
    quorum: int = columns.number()
    needed: int = columns.number()
    yes: int = columns.number()
    no: int = columns.number()
    abstain: int = columns.number()
    amount: int | None = columns.minor(nullable=True)
    decided_at: datetime = columns.instant()
    expires_on: date | None = columns.day(nullable=True)


class Condition(Row, table=True):
    """A condition of an approval; it blocks the money until it is satisfied (see closing)."""

    __tablename__ = "closing_condition"
    __table_args__ = (sa.UniqueConstraint("motion_id", "number"),)

    motion_id: int = columns.ref("motion.id")
    deal_id: int = columns.ref("deal.id", index=True)
    number: int = columns.number()
    seat_id: int = columns.ref("committee_seat.id")
    says: str = columns.text()
    recorded_at: datetime = columns.instant()


_ADDED = "committee_policy motion_paper motion_seat motion_suspension declaration decision closing_condition"
for _table in (*_ADDED.split(), "ballot"):
    walls.append_only(_table)

_COMMITTEE = "(afund_reach() = 'all' OR 'committee' = ANY (afund_roles()))"
for _table in (*_ADDED.split(), "committee_seat", "recusal"):
    walls.readable(_table, _COMMITTEE)
walls.readable("motion", "afund_reach() = 'all' OR ('committee' = ANY (afund_roles()) AND state <> 'draft')")

walls.readable(
    "ballot",
    f"""
    voter_id = afund_user()
    OR ({_COMMITTEE} AND EXISTS (SELECT FROM motion m WHERE m.id = ballot.motion_id AND m.state IN ({OPENED})))
    """,
)
walls.guard("ballot_is_ones_own", "ballot", BALLOT)
walls.guard("motion_seats_are_those_of_its_opening", "motion_seat", SEATS)
walls.guard("motion_suspension_is_in_an_open_vote", "motion_suspension", SUSPENSION)
walls.guard("motion_only_goes_on", "motion", MOTION)

"""Who sits on the committee, under which policy, and where each seat stands in a motion.

Queries that the room's other queries and its actions share. A conflict that stands in the graph of parties counts
from the moment the relation is on record, whether or not anybody has written a recusal yet.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import col, select

from fund.capital.restrictions import suspended_parties
from fund.parties.conflict_rules import Conflicted, ConflictKind
from fund.parties.conflicts import conflicts_found
from fund.parties.queries import parties
from kernel.db import Tx
from kernel.errors import NotFound
from kernel.identity.models import User
from kernel.identity.rules import Actor, Role
from pipeline.committee.ballot_rules import Standing, electorate
from pipeline.committee.models import (
    CommitteePolicy,
    CommitteeSeat,
    Declaration,
    Motion,
    MotionSeat,
    MotionSuspension,
    Recusal,
)
from pipeline.committee.motion_rules import Capacity, Matter, MotionState, Source
from pipeline.committee.rules import Policy


class MotionUnknown(NotFound):
    code = "motion_unknown"
    says = "There is no such motion."


class PolicyUnknown(NotFound):
    code = "committee_policy_unknown"
    says = "No voting policy for {matter} is in force on {on}; set one first."


@dataclass(frozen=True)
class PolicySheet:
    """A version of the policy for one matter, with the times and conflicts that go with it."""

    id: int
    matter: Matter
    version: int
    effective_on: date
    policy: Policy
    recusing: frozenset[ConflictKind]
    window_hours: int
    expiry_days: int
    early_close: bool


@dataclass(frozen=True)
class SeatSheet:
    """A seat and who holds it."""

    id: int
    code: str
    user_id: int
    name: str
    capacity: Capacity
    party_id: int | None
    party_name: str
    person_id: int | None
    is_chair: bool
    from_on: date
    until_on: date | None

    @property
    def has_vote(self) -> bool:
        """Whether the seat votes at all."""
        return self.capacity != Capacity.OBSERVER


@dataclass(frozen=True)
class SeatStanding:
    """One seat in one motion: whether it declared, every conflict that keeps it out, why it is suspended."""

    seat: SeatSheet
    is_declared: bool
    recusals: tuple[tuple[Source, Conflicted], ...]
    suspension: str = ""

    @property
    def is_suspended(self) -> bool:
        """Whether the holder has left and the seat was suspended for it; `suspension` is the reason."""
        return bool(self.suspension)

    @property
    def is_recused(self) -> bool:
        """Whether the seat is out of the eligible, the papers and the tally."""
        return bool(self.recusals)

    @property
    def is_acting_chair(self) -> bool:
        """Whether the seat runs the vote beside the manager: the chair's, unless it is out."""
        return self.seat.is_chair and self.seat.has_vote and not (self.is_recused or self.is_suspended)

    @property
    def standing(self) -> Standing:
        """The same as the rules take it."""
        seat = self.seat
        return Standing(seat.code, seat.capacity, self.is_declared, self.is_recused, self.is_suspended)


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """The motions `actor` may know of: all for those who run or audit the fund, all but drafts for members."""
    if actor.reach == "all":
        return sa.true()
    return col(Motion.state) != MotionState.DRAFT if actor.has(Role.COMMITTEE) else sa.false()


def motion_row(tx: Tx, actor: Actor, *, motion_id: int, lock: bool = False) -> Motion:
    """The motion, fresh from the database; with `lock`, held until the transaction ends."""
    statement = select(Motion).where(Motion.id == motion_id, visible_to(actor))
    if lock:
        statement = statement.with_for_update()
    row = tx.exec(statement.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise MotionUnknown
    return row


def policy_in_force(tx: Tx, *, fund_id: int, matter: Matter, on: date) -> PolicySheet:
    """The policy for `matter` in force on a day: the latest to have taken effect, then its latest version."""
    statement = (
        select(CommitteePolicy)
        .where(CommitteePolicy.fund_id == fund_id, CommitteePolicy.matter == matter)
        .where(CommitteePolicy.effective_on <= on)
        .order_by(col(CommitteePolicy.effective_on).desc(), col(CommitteePolicy.version).desc())
    )
    row = tx.exec(statement.limit(1)).one_or_none()
    if row is None:
        raise PolicyUnknown(matter=matter, on=on)
    return policy_sheet(row)


def policies(tx: Tx, *, fund_id: int) -> list[PolicySheet]:
    """Every version of every policy of the fund, by matter, the newest first."""
    statement = select(CommitteePolicy).where(CommitteePolicy.fund_id == fund_id)
    ordered = statement.order_by(col(CommitteePolicy.matter), col(CommitteePolicy.version).desc())
    return [policy_sheet(row) for row in tx.exec(ordered)]


def policy_of(tx: Tx, *, motion: Motion, on: date) -> PolicySheet:
    """The policy the motion runs under: that of its opening, before that the one in force on `on`."""
    if motion.policy_id is not None:
        return policy_sheet(tx.get_one(CommitteePolicy, motion.policy_id))
    return policy_in_force(tx, fund_id=motion.fund_id, matter=motion.matter, on=on)


def policy_sheet(row: CommitteePolicy) -> PolicySheet:
    """A policy row with its exact rules."""
    policy = Policy(
        threshold=row.threshold,
        basis=row.basis,
        quorum=row.quorum,
        quorum_floor=row.quorum_floor,
        floor=row.floor,
        mandatory=frozenset(row.mandatory),
        veto=frozenset(row.veto),
        minimum_cast=row.minimum_cast,
    )
    return PolicySheet(
        id=row.key,
        matter=row.matter,
        version=row.version,
        effective_on=row.effective_on,
        policy=policy,
        recusing=frozenset(ConflictKind(kind) for kind in row.recusing),
        window_hours=row.window_hours,
        expiry_days=row.expiry_days,
        early_close=row.early_close,
    )


def seats(tx: Tx, *, fund_id: int, on: date) -> list[SeatSheet]:
    """The seats that are held on `on`, by code."""
    until = col(CommitteeSeat.until_on)
    statement = (
        select(CommitteeSeat, User.name)
        .join(User, col(User.id) == CommitteeSeat.user_id)
        .where(CommitteeSeat.fund_id == fund_id, CommitteeSeat.from_on <= on)
        .where(until.is_(None) | (until >= on))
        .order_by(CommitteeSeat.code)
    )
    rows = list(tx.exec(statement))
    named = parties(tx, party_ids={row.party_id for row, _ in rows if row.party_id is not None})
    return [
        SeatSheet(
            id=row.key,
            code=row.code,
            user_id=row.user_id,
            name=name,
            capacity=row.capacity,
            party_id=row.party_id,
            party_name=named[row.party_id].name_zh if row.party_id in named else "",
            person_id=row.person_id,
            is_chair=row.is_chair,
            from_on=row.from_on,
            until_on=row.until_on,
        )
        for row, name in rows
    ]


def standings(tx: Tx, *, motion: Motion, on: date, user_id: int | None = None) -> list[SeatStanding]:
    """Where the motion's seats stand, by code; with `user_id` only that person's.

    The seats of an opened motion are those frozen at its opening, without those of suspended partners.
    """
    held = seats_of(tx, motion=motion) if motion.opened_at else seats(tx, fund_id=motion.fund_id, on=on)
    barred = () if motion.opened_at else suspended_parties(tx, fund_id=motion.fund_id, as_of=on)
    held = [seat for seat in held if user_id in (None, seat.user_id) and seat.party_id not in barred]
    declared = set(tx.exec(select(Declaration.seat_id).where(Declaration.motion_id == motion.key)))
    written = _written(tx, motion)
    found = _found(tx, motion, held, on) if motion.company_id is not None else {}
    away = suspensions(tx, motion=motion)
    return [
        SeatStanding(
            seat,
            seat.id in declared,
            _together(written[seat.id], found.get(seat.id, [])),
            away.get(seat.id, ""),
        )
        for seat in held
    ]


def suspensions(tx: Tx, *, motion: Motion) -> dict[int, str]:
    """Why seats are suspended in the motion, by seat."""
    rows = tx.exec(select(MotionSuspension).where(MotionSuspension.motion_id == motion.key))
    return {row.seat_id: row.reason for row in rows}


def seats_of(tx: Tx, *, motion: Motion) -> list[SeatSheet]:
    """The seats of an opened motion as they were frozen at its opening, by code."""
    statement = select(MotionSeat).where(MotionSeat.motion_id == motion.key).order_by(MotionSeat.code)
    return [
        SeatSheet(
            id=row.seat_id,
            code=row.code,
            user_id=row.user_id,
            name=row.name,
            capacity=row.capacity,
            party_id=row.party_id,
            party_name=row.party_name,
            person_id=row.person_id,
            is_chair=row.is_chair,
            from_on=row.from_on,
            until_on=row.until_on,
        )
        for row in tx.exec(statement)
    ]


def electorate_of(held: Iterable[SeatSheet]) -> str:
    """The fingerprint of who may vote, as the audit trail keeps it from the opening on."""
    return electorate((seat.code, seat.user_id, str(seat.capacity), seat.party_id) for seat in held)


def _written(tx: Tx, motion: Motion) -> dict[int, list[Recusal]]:
    by_seat: dict[int, list[Recusal]] = defaultdict(list)
    statement = select(Recusal).where(Recusal.motion_id == motion.key).order_by(col(Recusal.id))
    for row in tx.exec(statement):
        by_seat[row.seat_id].append(row)
    return by_seat


def _together(
    written: Sequence[Recusal], found: Sequence[Conflicted]
) -> tuple[tuple[Source, Conflicted], ...]:
    """What was written and not withdrawn, then what the graph shows and nobody has written or withdrawn yet."""
    live = [(row.source, Conflicted(row.kind, row.statement)) for row in written if not row.withdrawn_at]
    known = {(row.kind, row.statement) for row in written if row.source == Source.GRAPH}
    new = [(Source.GRAPH, one) for one in found if (one.kind, one.statement) not in known]
    return (*live, *new)


def _found(tx: Tx, motion: Motion, held: Sequence[SeatSheet], on: date) -> dict[int, list[Conflicted]]:
    assert motion.company_id is not None
    sides = {seat.id: [one for one in (seat.party_id, seat.person_id) if one] for seat in held}
    kinds = policy_of(tx, motion=motion, on=on).recusing
    return conflicts_found(tx, company_id=motion.company_id, parties_of=sides, kinds=kinds, on=on)

"""Setting the committee up: its policies and its seats. Both are dated, so that an old vote can be recounted."""

from collections.abc import Collection
from datetime import date, datetime

from sqlmodel import col, select

from fund.parties.conflict_rules import RECUSING, ConflictKind
from fund.parties.queries import party
from kernel.audit.actions import record
from kernel.db import Tx, lock
from kernel.errors import Conflict, Invalid, NotFound
from kernel.identity.models import User
from kernel.identity.queries import actor_of
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing
from pipeline.committee.models import CommitteePolicy, CommitteeSeat
from pipeline.committee.motion_rules import Capacity, Matter
from pipeline.committee.rules import Basis, Policy
from pipeline.committee.standing import PolicySheet, policy_sheet


class SeatTaken(Conflict):
    code = "seat_taken"
    says = (
        "Seat {seat} is held from {from_on} on, or its holder sits elsewhere on the committee at that time."
    )


class SeatUnknown(NotFound):
    code = "seat_unknown"
    says = "There is no such seat."


class SeatEndsBeforeItBegins(Invalid):
    code = "seat_ends_before_it_begins"
    says = "Seat {seat} is held from {from_on}; it cannot end before."


class SeatNotBackdated(Invalid):
    code = "seat_not_backdated"
    says = (
        "A seat begins and ends today or later, not on {on}; what was decided was decided by those who sat."
    )


class HolderUnfit(Conflict):
    code = "seat_holder_unfit"
    says = "{name} cannot hold a seat: it needs an active account with the role committee."


class ChairWithoutVote(Invalid):
    code = "chair_without_vote"
    says = "An observer cannot take the chair."


class ChairTaken(Conflict):
    code = "chair_taken"
    says = "Seat {seat} is in the chair; end it first."


class TermsOfPolicyInvalid(Invalid):
    code = "policy_terms_invalid"
    says = "Voting lasts at least one hour and an approval holds at least one day, neither more than {most}."


class NobodyDecides(Invalid):
    code = "policy_without_voters"
    says = "The floor and the fewest seats present are at least one each: nobody cannot decide."


LONGEST = 2000


def set_policy(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    matter: Matter,
    policy: Policy,
    window_hours: int,
    expiry_days: int,
    early_close: bool = False,
    recusing: Collection[ConflictKind] = RECUSING,
    effective_on: date,
    now: datetime,
) -> PolicySheet:
    """Write the next version of the policy for one matter; motions already opened keep the one they have.

    `policy.mandatory` and `policy.veto` name seats by code; `recusing` are the kinds of conflict that recuse.
    """
    actor.require(Role.MANAGER)
    _check_terms(policy, window_hours, expiry_days)
    lock(tx, f"committee_policy:{fund_id}:{matter}")
    versions = select(CommitteePolicy.version).where(
        CommitteePolicy.fund_id == fund_id, CommitteePolicy.matter == matter
    )
    row = CommitteePolicy(
        fund_id=fund_id,
        matter=matter,
        version=max(tx.exec(versions), default=0) + 1,
        effective_on=effective_on,
        threshold=policy.threshold,
        basis=Basis(policy.basis),
        quorum=policy.quorum,
        quorum_floor=policy.quorum_floor,
        floor=policy.floor,
        minimum_cast=policy.minimum_cast,
        mandatory=sorted(str(seat) for seat in policy.mandatory),
        veto=sorted(str(seat) for seat in policy.veto),
        recusing=sorted(recusing),
        window_hours=window_hours,
        expiry_days=expiry_days,
        early_close=early_close,
        recorded_by=actor.name,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    detail = {"matter": matter, "version": row.version, "effective_on": effective_on.isoformat()}
    record(tx, actor, action="committee.policy_set", subject=f"fund:{fund_id}", detail=detail, now=now)
    return policy_sheet(row)


def seat(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    code: str,
    user_id: int,
    capacity: Capacity,
    party_id: int | None = None,
    person_id: int | None = None,
    is_chair: bool = False,
    from_on: date,
    now: datetime,
) -> int:
    """Give a seat to somebody from a day on; returns its id. Votes that are open keep the seats they began with.

    `party_id` is the organisation the holder acts for, `person_id` the holder in the graph of parties. Refused:
    a day that is over (SeatNotBackdated), a holder without the role committee (HolderUnfit), a seat that is held
    then and a second seat for the same person (SeatTaken), an observer in the chair and a second chair.
    """
    actor.require(Role.MANAGER)
    _check_not_past(from_on, now)
    _check_fit(tx, user_id)
    for one in (party_id, person_id):
        if one is not None:
            party(tx, party_id=one)
    code = code.strip().upper()
    lock(tx, f"committee_seat:{fund_id}")
    _check_free(tx, fund_id, code, user_id, from_on)
    if is_chair:
        _check_chair(tx, fund_id, capacity, from_on)
    row = CommitteeSeat(
        fund_id=fund_id,
        code=code,
        user_id=user_id,
        capacity=capacity,
        party_id=party_id,
        person_id=person_id,
        is_chair=is_chair,
        from_on=from_on,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    detail = {"seat": code, "user": user_id, "capacity": capacity, "from_on": from_on.isoformat()}
    record(tx, actor, action="committee.seated", subject=f"fund:{fund_id}", detail=detail, now=now)
    return row.key


def unseat(tx: Tx, actor: Actor, *, seat_id: int, until_on: date, now: datetime) -> None:
    """End a seat after `until_on`; a successor may take the code from the next day on.

    A vote that is open keeps the seat, unless it is suspended there (see `suspensions`).
    Refused: a day that is over (SeatNotBackdated).
    """
    actor.require(Role.MANAGER)
    row = tx.exec(select(CommitteeSeat).where(CommitteeSeat.id == seat_id).with_for_update()).one_or_none()
    if row is None:
        raise SeatUnknown
    if until_on < row.from_on:
        raise SeatEndsBeforeItBegins(seat=row.code, from_on=row.from_on)
    _check_not_past(until_on, now)
    if row.until_on is not None:
        _check_not_past(row.until_on, now)
    lock(tx, f"committee_seat:{row.fund_id}")
    _check_no_successor(tx, row, until_on)
    row.until_on = until_on
    tx.add(row)
    tx.flush()
    detail = {"seat": row.code, "until_on": until_on.isoformat()}
    record(tx, actor, action="committee.unseated", subject=f"fund:{row.fund_id}", detail=detail, now=now)


def _check_terms(policy: Policy, window_hours: int, expiry_days: int) -> None:
    if not (1 <= window_hours <= LONGEST and 1 <= expiry_days <= LONGEST):
        raise TermsOfPolicyInvalid(most=LONGEST)
    if min(policy.floor, policy.quorum_floor) < 1:
        raise NobodyDecides


def _check_no_successor(tx: Tx, row: CommitteeSeat, until_on: date) -> None:
    same = (CommitteeSeat.code == row.code) | (CommitteeSeat.user_id == row.user_id)
    statement = select(CommitteeSeat).where(CommitteeSeat.fund_id == row.fund_id, same)
    after = statement.where(CommitteeSeat.from_on > row.from_on, CommitteeSeat.from_on <= until_on)
    follows = tx.exec(after).first()
    if follows is not None:
        raise SeatTaken(seat=follows.code, from_on=follows.from_on)


def _check_not_past(on: date, now: datetime) -> None:
    if on < day_in_beijing(now):
        raise SeatNotBackdated(on=on)


def _check_fit(tx: Tx, user_id: int) -> None:
    """Who may do everything but decide, the auditor and the administrator, can hold no such role."""
    user = tx.get(User, user_id)
    if user is None or not user.is_active or Role.COMMITTEE not in actor_of(tx, user=user).roles:
        raise HolderUnfit(name=user.name if user else user_id)


def _check_chair(tx: Tx, fund_id: int, capacity: Capacity, from_on: date) -> None:
    if capacity == Capacity.OBSERVER:
        raise ChairWithoutVote
    until = col(CommitteeSeat.until_on)
    statement = select(CommitteeSeat).where(CommitteeSeat.fund_id == fund_id, col(CommitteeSeat.is_chair))
    taken = tx.exec(statement.where(until.is_(None) | (until >= from_on))).first()
    if taken is not None:
        raise ChairTaken(seat=taken.code)


def _check_free(tx: Tx, fund_id: int, code: str, user_id: int, from_on: date) -> None:
    until = col(CommitteeSeat.until_on)
    same = (CommitteeSeat.code == code) | (CommitteeSeat.user_id == user_id)
    statement = select(CommitteeSeat).where(CommitteeSeat.fund_id == fund_id, same)
    if tx.exec(statement.where(until.is_(None) | (until >= from_on))).first():
        raise SeatTaken(seat=code, from_on=from_on)

"""Setting the committee up: its policies and its seats. Both are dated, so that an old vote can be recounted."""

from collections.abc import Collection
from datetime import date, datetime

from sqlmodel import col, select

from fund.parties.queries import party
from kernel.audit.actions import record
from kernel.db import Tx, lock
from kernel.errors import Conflict, Invalid, NotFound
from kernel.identity.rules import Actor, Role
from pipeline.committee.models import CommitteePolicy, CommitteeSeat
from pipeline.committee.motion_rules import RECUSING, Capacity, ConflictKind, Matter
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


class TermsOfPolicyInvalid(Invalid):
    code = "policy_terms_invalid"
    says = "Voting lasts at least one hour and an approval holds at least one day."


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
    if window_hours < 1 or expiry_days < 1:
        raise TermsOfPolicyInvalid
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
    """Give a seat to somebody from a day on; returns its id.

    `party_id` is the organisation the holder acts for, `person_id` the holder in the graph of parties. Refused:
    a seat that is held then, and a second seat for the same person (SeatTaken).
    """
    actor.require(Role.MANAGER)
    for one in (party_id, person_id):
        if one is not None:
            party(tx, party_id=one)
    code = code.strip().upper()
    lock(tx, f"committee_seat:{fund_id}")
    _check_free(tx, fund_id, code, user_id, from_on)
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
    """End a seat after `until_on`; a successor may take the code from the next day on."""
    actor.require(Role.MANAGER)
    row = tx.exec(select(CommitteeSeat).where(CommitteeSeat.id == seat_id).with_for_update()).one_or_none()
    if row is None:
        raise SeatUnknown
    if until_on < row.from_on:
        raise SeatEndsBeforeItBegins(seat=row.code, from_on=row.from_on)
    row.until_on = until_on
    tx.add(row)
    tx.flush()
    detail = {"seat": row.code, "until_on": until_on.isoformat()}
    record(tx, actor, action="committee.unseated", subject=f"fund:{row.fund_id}", detail=detail, now=now)


def _check_free(tx: Tx, fund_id: int, code: str, user_id: int, from_on: date) -> None:
    until = col(CommitteeSeat.until_on)
    same = (CommitteeSeat.code == code) | (CommitteeSeat.user_id == user_id)
    statement = select(CommitteeSeat).where(CommitteeSeat.fund_id == fund_id, same)
    if tx.exec(statement.where(until.is_(None) | (until >= from_on))).first():
        raise SeatTaken(seat=code, from_on=from_on)

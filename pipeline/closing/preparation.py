"""Getting a closing ready: conditions satisfied and confirmed, tranches planned, exceptions approved."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlmodel import select

from kernel.audit.actions import record
from kernel.blobs.queries import get
from kernel.db import Tx, lock
from kernel.errors import NotFound
from kernel.identity.rules import Actor, Role
from pipeline.closing.models import ClosingTranche, ConditionEvidence, LimitException
from pipeline.closing.queries import (
    exception_sheet,
    exposure_check,
    live_evidence,
    tranches,
)
from pipeline.closing.rules import (
    ConditionNotWaiting,
    ConditionSatisfied,
    EvidenceMissing,
    ExceptionNotNeeded,
    ExceptionUnknown,
    TranchesFixed,
    check_second,
    check_tranches,
)
from pipeline.closing.sheets import ExceptionSheet, TrancheSheet
from pipeline.committee.counting import NotApproved
from pipeline.committee.models import Condition
from pipeline.committee.queries import last_approval
from pipeline.deals.moves import check_reason
from pipeline.deals.queries import deal


class ConditionUnknown(NotFound):
    code = "condition_unknown"
    says = "There is no such condition."


@dataclass(frozen=True)
class Plan:
    """One tranche as planned: how much (minor units), for what, by when."""

    amount: int
    says: str = ""
    due_on: date | None = None


def satisfy_condition(
    tx: Tx, actor: Actor, *, condition_id: int, says: str, documents: Sequence[str] = (), now: datetime
) -> None:
    """Say how a condition was satisfied, with documents (SHA-256s of kept bytes); somebody else confirms it.

    Refused: nothing said, a document that is not kept, a condition with evidence already.
    """
    actor.require(Role.MANAGER, Role.ANALYST)
    condition = _condition(tx, condition_id)
    if not says.strip():
        raise EvidenceMissing
    for sha256 in documents:
        get(tx, sha256=sha256)
    before = live_evidence(tx, condition_id=condition_id)
    if before is not None:
        raise ConditionSatisfied(number=condition.number, state=_state(before))
    row = ConditionEvidence(
        condition_id=condition_id,
        says=says.strip(),
        documents=list(documents),
        satisfied_by_id=actor.user_id,
        satisfied_by=actor.name,
        satisfied_at=now,
    )
    _keep(tx, actor, condition, row, "condition.satisfied", row.says, now)


def confirm_condition(tx: Tx, actor: Actor, *, condition_id: int, now: datetime) -> None:
    """Confirm, as a second person, that a condition is satisfied; from then on it no longer blocks the money."""
    actor.require(Role.MANAGER, Role.ANALYST, Role.COMMITTEE)
    condition, row = _waiting(tx, actor, condition_id)
    check_second("Confirming a condition", row.satisfied_by_id, actor.user_id)
    row.confirmed_by_id, row.confirmed_by, row.confirmed_at = actor.user_id, actor.name, now
    _keep(tx, actor, condition, row, "condition.confirmed", "", now)


def return_condition(tx: Tx, actor: Actor, *, condition_id: int, reason: str, now: datetime) -> None:
    """Return the evidence for a condition, with a reason; the condition is open again."""
    actor.require(Role.MANAGER, Role.ANALYST, Role.COMMITTEE)
    condition, row = _waiting(tx, actor, condition_id)
    row.return_reason = check_reason("returning a condition", reason)
    row.returned_by, row.returned_at = actor.name, now
    _keep(tx, actor, condition, row, "condition.returned", row.return_reason, now)


def plan_tranches(
    tx: Tx, actor: Actor, *, deal_id: int, plans: Sequence[Plan], now: datetime
) -> list[TrancheSheet]:
    """Plan the tranches of an approved deal, once; a closing then has to be for the planned amount."""
    actor.require(Role.MANAGER, Role.ANALYST)
    lock(tx, f"closing:{deal_id}")
    about = deal(tx, deal_id=deal_id)
    approved = last_approval(tx, deal_id=deal_id)
    if approved is None:
        raise NotApproved(deal=about.code)
    if tranches(tx, deal_id=deal_id):
        raise TranchesFixed(deal=about.code)
    check_tranches([plan.amount for plan in plans], approved.amount or 0)
    for number, plan in enumerate(plans, 1):
        tx.add(ClosingTranche(deal_id=deal_id, number=number, recorded_at=now, **asdict(plan)))
    tx.flush()
    detail = {"amounts": [plan.amount for plan in plans]}
    record(tx, actor, action="deal.tranches_planned", subject=f"deal:{deal_id}", detail=detail, now=now)
    return tranches(tx, deal_id=deal_id)


def ask_exception(
    tx: Tx, actor: Actor, *, deal_id: int, amount: int, on: date, reason: str, now: datetime
) -> ExceptionSheet:
    """Ask for leave to exceed the limits that `amount` would break on a day; a second person approves it.

    Refused: no reason, and a payment that keeps every limit.
    """
    actor.require(Role.MANAGER, Role.ANALYST)
    about = deal(tx, deal_id=deal_id)
    breaches, _ = exposure_check(tx, about=about, amount=amount, on=on)
    if not breaches:
        raise ExceptionNotNeeded(deal=about.code)
    row = LimitException(
        deal_id=deal_id,
        amount=amount,
        breaches=[{name: str(value) for name, value in asdict(breach).items()} for breach in breaches],
        reason=check_reason("exceeding a limit", reason),
        asked_by_id=actor.user_id,
        asked_by=actor.name,
        recorded_at=now,
    )
    return _excepted(tx, actor, row, "exception.asked", now)


def approve_exception(tx: Tx, actor: Actor, *, exception_id: int, now: datetime) -> ExceptionSheet:
    """Approve an exception from limits, as a second person and a manager."""
    actor.require(Role.MANAGER)
    statement = select(LimitException).where(LimitException.id == exception_id).with_for_update()
    row = tx.exec(statement).one_or_none()
    if row is None or row.approved_at is not None:
        raise ExceptionUnknown
    check_second("Exceeding a limit", row.asked_by_id, actor.user_id)
    row.approved_by_id, row.approved_by, row.approved_at = actor.user_id, actor.name, now
    return _excepted(tx, actor, row, "exception.approved", now)


def _excepted(tx: Tx, actor: Actor, row: LimitException, action: str, now: datetime) -> ExceptionSheet:
    tx.add(row)
    tx.flush()
    detail = {"breaches": row.breaches, "reason": row.reason}
    record(tx, actor, action=action, subject=f"deal:{row.deal_id}", detail=detail, now=now)
    return exception_sheet(row)


def _condition(tx: Tx, condition_id: int) -> Condition:
    lock(tx, f"condition:{condition_id}")
    row = tx.exec(select(Condition).where(Condition.id == condition_id)).one_or_none()
    if row is None:
        raise ConditionUnknown
    return row


def _waiting(tx: Tx, actor: Actor, condition_id: int) -> tuple[Condition, ConditionEvidence]:
    condition = _condition(tx, condition_id)
    # Whoever does not see the deal, a recused member say, has no say about its conditions.
    deal(tx, deal_id=condition.deal_id, actor=actor)
    row = live_evidence(tx, condition_id=condition_id)
    if row is None or row.confirmed_at is not None:
        raise ConditionNotWaiting(number=condition.number, state=_state(row))
    return condition, row


def _state(row: ConditionEvidence | None) -> str:
    if row is None:
        return "open"
    return "confirmed" if row.confirmed_at else "satisfied"


def _keep(
    tx: Tx, actor: Actor, condition: Condition, row: ConditionEvidence, action: str, told: str, now: datetime
) -> None:
    tx.add(row)
    tx.flush()
    detail = {"condition": condition.number, "says": condition.says, "told": told}
    record(tx, actor, action=action, subject=f"deal:{condition.deal_id}", detail=detail, now=now)

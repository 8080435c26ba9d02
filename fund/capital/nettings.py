"""Netting a call with a distribution of the same day: joined, approved by somebody else, announced, settled, undone.

Call and distribution keep their own rules and their own gross entries. Settling pays the distribution: what a partner
still owes on the call is set off, and only the difference is money.
"""

from datetime import date, datetime

from fund.capital.acts import locked, locked_call, locked_distribution, next_of_fund
from fund.capital.calls import approve_call, cancel_call, issue_call
from fund.capital.distributions import (
    approve_distribution,
    cancel_distribution,
    check_as_drafted,
    pay_distribution,
    undo_distribution,
    worked_out,
)
from fund.capital.drafted import check_may_recall, have_moved, next_draft, write_draft
from fund.capital.models import Call, Distribution
from fund.capital.netted import NettingSheet, netting_sheet, parts_of
from fund.capital.outflows import distribution_sheet
from fund.capital.payable import check_recall_unused
from fund.capital.rules import CallKind, CallState, check_approver, check_reason
from fund.capital.sharing import DistributionKind, DistributionState, Share
from fund.capital.telling import tell
from fund.deliveries.queries import delivery
from fund.ledger.stamps import stamp
from fund.nettings.models import Netting, NettingLine
from fund.nettings.queries import netting_of
from fund.nettings.rules import (
    JoinedAlready,
    NettingState,
    NettingUnknown,
    check_day,
    check_joinable,
    check_something,
)
from kernel.audit.actions import record
from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing

BOOKERS = (Role.MANAGER, Role.ACCOUNTANT)
ANEW = "与 {call} 合并后重新测算为 {code} / Worked out anew as {code}, with {call} counted first"


def join(tx: Tx, actor: Actor, *, call_id: int, distribution_id: int, now: datetime) -> NettingSheet:
    """Join a call and a distribution of one day that are drafted or approved; nothing is booked.

    The call counts first in the waterfall of its day. Where that changes the distribution, it is worked out anew as
    another draft. Refused: days apart, a call that gives money back, shares handed over, what is joined already,
    no partner whose amounts meet, what `draft_distribution` refuses.
    """
    actor.require(*BOOKERS)
    call = locked_call(tx, call_id=call_id, needed=[CallState.DRAFT, CallState.APPROVED])
    drafted = [DistributionState.DRAFT, DistributionState.APPROVED]
    row = locked_distribution(tx, distribution_id=distribution_id, needed=drafted)
    _check_pair(tx, call, row)
    row = _with_the_call(tx, actor, call, row, now)
    number = next_of_fund(tx, model=Netting, fund_id=call.fund_id)
    netting = Netting(
        fund_id=call.fund_id,
        number=number,
        code=f"NET-{number:03}",
        state=NettingState.DRAFT,
        call_id=call.key,
        distribution_id=row.key,
        prepared_by=actor.user_id,
        prepared_name=actor.name,
        recorded_at=now,
    )
    tx.add(netting)
    tx.flush()
    parts = {one.partner_id: one.set_off for one in parts_of(tx, row=netting) if one.set_off > 0}
    check_something(parts, call=call.code, distribution=row.code)
    return _told(tx, actor, netting, "netting.joined", now)


def approve_netting(tx: Tx, actor: Actor, *, netting_id: int, now: datetime) -> NettingSheet:
    """Approve the pair at once, and whichever of the two was not approved before.

    Refused: for whoever joined them or prepared what is approved now; what `approve_distribution` refuses.
    """
    actor.require(*BOOKERS)
    row = locked(tx, model=Netting, key=netting_id, needed=[NettingState.DRAFT], unknown=NettingUnknown)
    check_approver(
        what=row.code, preparer_id=row.prepared_by, preparer=row.prepared_name, approver_id=actor.user_id
    )
    call, distribution = _pair(tx, row)
    if call.state is CallState.DRAFT:
        approve_call(tx, actor, call_id=call.key, now=now)
    if distribution.state is DistributionState.DRAFT:
        approve_distribution(tx, actor, distribution_id=distribution.key, now=now)
    row.state, row.approved_by, row.approved_name = NettingState.APPROVED, actor.user_id, actor.name
    tx.flush()
    return _told(tx, actor, row, "netting.approved", now)


def issue_netting(tx: Tx, actor: Actor, *, netting_id: int, now: datetime) -> NettingSheet:
    """Give one notice of both: the call is booked as of its due date, each partner told its gross amounts and net.

    Refused: a notice shorter than the charter's, shares that have changed since the drafts, a locked period.
    """
    actor.require(*BOOKERS)
    row = locked(tx, model=Netting, key=netting_id, needed=[NettingState.APPROVED], unknown=NettingUnknown)
    call, distribution = _pair(tx, row)
    issue_call(tx, actor, call_id=call.key, together=True, now=now)
    check_as_drafted(tx, row=distribution, today=day_in_beijing(now))
    row.state, row.issued_at = NettingState.ISSUED, stamp(tx, fund_id=row.fund_id, now=now)
    tx.flush()
    tx.add_all(NettingLine(netting_id=row.key, **vars(part)) for part in parts_of(tx, row=row))
    tx.flush()
    tell(tx, of="netting", act_id=row.key, now=now)
    return _told(tx, actor, row, "netting.issued", now)


def settle_netting(tx: Tx, actor: Actor, *, netting_id: int, now: datetime) -> NettingSheet:
    """Pay the distribution on its day, less what each partner still owes on the call, which is set off.

    The rest of the call comes in as usual.

    Refused: before the day, and what `pay_distribution` refuses, as a partner in arrears on another call.
    """
    actor.require(*BOOKERS)
    row = locked(tx, model=Netting, key=netting_id, needed=[NettingState.ISSUED], unknown=NettingUnknown)
    _, distribution = _pair(tx, row)
    check_day(netting=row.code, on=distribution.pay_on, today=day_in_beijing(now))
    pay_distribution(tx, actor, distribution_id=distribution.key, together=True, now=now)
    row.state, row.settled_at = NettingState.SETTLED, stamp(tx, fund_id=row.fund_id, now=now)
    tx.flush()
    return _told(tx, actor, row, "netting.settled", now)


def part_netting(tx: Tx, actor: Actor, *, netting_id: int, reason: str, now: datetime) -> NettingSheet:
    """Part the two before notice was given: each goes on by itself, in the state in which it is."""
    actor.require(*BOOKERS)
    check_reason(reason)
    unissued = [NettingState.DRAFT, NettingState.APPROVED]
    row = locked(tx, model=Netting, key=netting_id, needed=unissued, unknown=NettingUnknown)
    row.state, row.cancelled_on, row.cancelled_at = NettingState.CANCELLED, day_in_beijing(now), now
    row.cancel_reason = reason.strip()
    tx.flush()
    return _told(tx, actor, row, "netting.parted", now)


def undo_netting(
    tx: Tx, actor: Actor, *, netting_id: int, reason: str, undone_on: date, now: datetime
) -> NettingSheet:
    """Take an issued or settled netting back as a whole: the distribution with what was set off, then the call.

    Refused: no reason, a call on which money came in (reverse that first), what `undo_distribution` and `cancel_call`
    refuse, a locked period.
    """
    actor.require(Role.MANAGER)
    check_reason(reason)
    told = [NettingState.ISSUED, NettingState.SETTLED]
    row = locked(tx, model=Netting, key=netting_id, needed=told, unknown=NettingUnknown)
    call, distribution = _pair(tx, row)
    on, at = max(undone_on, call.due_on), stamp(tx, fund_id=row.fund_id, now=now)
    if row.state is NettingState.SETTLED:
        undo_distribution(
            tx,
            actor,
            distribution_id=distribution.key,
            reason=reason,
            undone_on=on,
            together=True,
            now=now,
        )
    else:
        cancel_distribution(
            tx, actor, distribution_id=distribution.key, reason=reason, together=True, now=now
        )
    cancel_call(tx, actor, call_id=call.key, reason=reason, cancelled_on=on, together=True, now=now)
    check_recall_unused(tx, sheet=distribution_sheet(tx, distribution_id=distribution.key))
    row.state, row.cancelled_on, row.cancelled_at = NettingState.CANCELLED, on, at
    row.cancel_reason = reason.strip()
    tx.flush()
    return _told(tx, actor, row, "netting.undone", now)


def _check_pair(tx: Tx, call: Call, row: Distribution) -> None:
    if call.fund_id != row.fund_id:
        raise NettingUnknown()
    check_joinable(
        call=call.code,
        distribution=row.code,
        due_on=call.due_on,
        pay_on=row.pay_on,
        is_drawdown=call.kind is CallKind.DRAWDOWN,
        hands_over=delivery(tx, distribution_id=row.key) is not None,
    )
    for what, found in (
        (call.code, netting_of(tx, call_id=call.key)),
        (row.code, netting_of(tx, distribution_id=row.key)),
    ):
        if found is not None:
            raise JoinedAlready(what=what, netting=found.code)


def _with_the_call(tx: Tx, actor: Actor, call: Call, row: Distribution, now: datetime) -> Distribution:
    """The distribution as it comes to once the call counts; another draft in its place where that is another."""
    with tx.begin_nested() as played:
        call.notice_on = call.due_on
        tx.flush()
        shares = worked_out(tx, row=row, today=day_in_beijing(now))
        played.rollback()
    tx.refresh(call)
    return _anew(tx, actor, call, row, shares, now) if have_moved(tx, row=row, shares=shares) else row


def _anew(
    tx: Tx, actor: Actor, call: Call, row: Distribution, shares: list[Share], now: datetime
) -> Distribution:
    typed = {kind: getattr(row, kind.value) for kind in DistributionKind}
    fresh = next_draft(tx, actor, fund_id=row.fund_id, typed=typed, now=now)
    fresh.source, fresh.pay_on = row.source, row.pay_on
    fresh.holding_id, fresh.recallable = row.holding_id, row.recallable
    reason = ANEW.format(call=call.code, code=fresh.code)
    cancel_distribution(tx, actor, distribution_id=row.key, reason=reason, now=now)
    check_may_recall(tx, row=fresh, shares=shares)
    write_draft(tx, actor, row=fresh, shares=shares, now=now)
    detail = {"code": fresh.code, "amount": fresh.amount, "instead_of": row.code}
    record(
        tx, actor, action="distribution.drafted", subject=f"distribution:{fresh.key}", detail=detail, now=now
    )
    return fresh


def _pair(tx: Tx, row: Netting) -> tuple[Call, Distribution]:
    return (
        tx.get_one(Call, row.call_id, populate_existing=True),
        tx.get_one(Distribution, row.distribution_id, populate_existing=True),
    )


def _told(tx: Tx, actor: Actor, row: Netting, action: str, now: datetime) -> NettingSheet:
    """Record what became of a netting, and the netting as it stands then."""
    sheet = netting_sheet(tx, netting_id=row.key)
    detail: dict[str, object] = {
        "code": row.code,
        "call": sheet.call,
        "distribution": sheet.distribution,
        "set_off": sum(part.set_off for part in sheet.parts),
    }
    if row.cancel_reason is not None:
        detail["reason"] = row.cancel_reason
    record(tx, actor, action=action, subject=f"netting:{row.key}", detail=detail, now=now)
    return sheet

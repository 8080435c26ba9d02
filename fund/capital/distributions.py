"""Paying money out: draft with each partner's waterfall, approve by somebody else, pay; cancel until paid."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import col, select

from fund.capital.acts import cash, lock_capital, locked_distribution, promised
from fund.capital.drafted import (
    after_tax,
    check_may_recall,
    check_unmoved,
    check_with_shares,
    in_money,
    next_draft,
    write_draft,
)
from fund.capital.forms import waterfalls
from fund.capital.models import Distribution
from fund.capital.outflows import distribution_sheet
from fund.capital.participation import participation
from fund.capital.payable import (
    LaterDistribution,
    check_carry_stays,
    check_need_not_name_a_holding,
    check_paid_up,
    check_pay_day,
    check_recall_unused,
)
from fund.capital.payouts import payout_postings
from fund.capital.rules import check_approver, check_reason
from fund.capital.set_offs import by_partner, mark_reversed, set_offs, settle, standing_set_offs
from fund.capital.sharing import (
    DistributionKind,
    DistributionState,
    Recipient,
    Share,
    Typed,
    check_cash,
    share_out,
)
from fund.capital.sheets import DistributionSheet
from fund.capital.telling import tell
from fund.deliveries.keeping import keep_delivery
from fund.deliveries.queries import delivery
from fund.deliveries.rules import Offer, handed_over
from fund.ledger.actions import post
from fund.ledger.cash import lock_cash
from fund.ledger.stamps import stamp
from fund.ledger.undoing import undo
from fund.ledger.undone import standing
from fund.nettings.queries import check_apart
from fund.partners.queries import general_partner, partners
from fund.withholding.actions import check_tax_unpaid
from kernel.audit.actions import record
from kernel.db import Tx
from kernel.errors import Conflict
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing


class PaidBeforeItsDay(Conflict):
    code = "paid_before_its_day"
    says = "{distribution} is to be paid on {pay_on}, which is still to come."


def draft_distribution(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    return_of_capital: int = 0,
    income: int = 0,
    gain: int = 0,
    pay_on: date,
    source: str,
    holding_id: int | None = None,
    recallable: bool = False,
    offer: Offer | None = None,
    now: datetime,
) -> DistributionSheet:
    """Work out a distribution payable on `pay_on` and keep it with each partner's working; nothing is booked.

    It is shared by who took part in `holding_id` (None: in all investments). Refused: nothing to distribute, more
    than the cash that is not promised already, no general partner; capital or gain of no named holding where one is
    needed; a day before the last one on which a distribution was paid or newcomers pay; a partner in arrears;
    more to be called again than the charter lets. With an `offer` its units are handed over instead of so much
    money (see `fund.holdings.in_kind`).
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    lock_capital(tx, fund_id=fund_id)
    if holding_id is None and (return_of_capital or gain):
        check_need_not_name_a_holding(tx, fund_id=fund_id, on=pay_on)
    typed = dict(zip(DistributionKind, (return_of_capital, income, gain), strict=True))
    shares = shares_of(
        tx,
        fund_id=fund_id,
        typed=typed,
        pay_on=pay_on,
        holding_id=holding_id,
        in_kind=offer is not None,
        today=day_in_beijing(now),
    )
    row = next_draft(tx, actor, fund_id=fund_id, typed=typed, now=now)
    row.source, row.pay_on, row.holding_id, row.recallable = source, pay_on, holding_id, recallable
    check_may_recall(tx, row=row, shares=shares)
    parts = handed_over(offer, after_tax(tx, row=row, shares=shares)) if offer else {}
    _check_cash(tx, row, row.amount - sum(part.value for part in parts.values()))
    write_draft(tx, actor, row=row, shares=shares, now=now)
    if offer:
        keep_delivery(tx, distribution_id=row.key, offer=offer, parts=parts)
    return _told(tx, actor, row, "distribution.drafted", now)


def approve_distribution(tx: Tx, actor: Actor, *, distribution_id: int, now: datetime) -> DistributionSheet:
    """Approve a draft, which promises its cash; refused for whoever drafted it."""
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    row = locked_distribution(tx, distribution_id=distribution_id, needed=[DistributionState.DRAFT])
    check_approver(
        what=row.code, preparer_id=row.prepared_by, preparer=row.prepared_name, approver_id=actor.user_id
    )
    _check_cash(tx, row, in_money(tx, row=row))
    row.state = DistributionState.APPROVED
    row.approved_by, row.approved_name = actor.user_id, actor.name
    tx.flush()
    return _told(tx, actor, row, "distribution.approved", now)


def pay_distribution(
    tx: Tx,
    actor: Actor,
    *,
    distribution_id: int,
    handing_over: bool = False,
    together: bool = False,
    now: datetime,
) -> DistributionSheet:
    """Pay an approved distribution: book each partner's part, its carry and the cash, as of the pay day.

    Refused: before that day, when shares, waterfalls or rates of tax have moved since the draft, without the cash;
    one in kind or joined with a call by itself (`handing_over` says that its shares go with it, `together` the call).
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    row = locked_distribution(tx, distribution_id=distribution_id, needed=[DistributionState.APPROVED])
    if day_in_beijing(now) < row.pay_on:
        raise PaidBeforeItsDay(distribution=row.code, pay_on=row.pay_on)
    check_with_shares(tx, row=row, handing_over=handing_over)
    check_apart(tx, what=row.code, distribution_id=row.key, together=together)
    kept = set_offs(tx, row=row)
    _check_cash(tx, row, in_money(tx, row=row) - sum(one.amount for one in kept))
    check_as_drafted(tx, row=row, today=day_in_beijing(now))
    postings = payout_postings(tx, row=row, set_off=by_partner(kept))
    row.state = DistributionState.PAID
    row.paid_at = stamp(tx, fund_id=row.fund_id, now=now)
    tx.flush()
    post(tx, actor, fund_id=row.fund_id, postings=postings, now=now)
    if kept:
        settle(tx, actor, row=row, found=kept, now=now)
    tell(tx, of="distribution", act_id=row.key, alone=not together, now=now)
    return _told(tx, actor, row, "distribution.paid", now)


def check_as_drafted(tx: Tx, *, row: Distribution, today: date) -> None:
    """Refuse when shares, waterfalls or rates of tax have moved since the draft, or less may be called again."""
    shares = worked_out(tx, row=row, today=today)
    check_unmoved(tx, row=row, shares=shares)
    check_may_recall(tx, row=row, shares=shares)


def cancel_distribution(
    tx: Tx, actor: Actor, *, distribution_id: int, reason: str, together: bool = False, now: datetime
) -> DistributionSheet:
    """Withdraw a distribution that is not paid; nothing was booked. One that was paid is taken back."""
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    check_reason(reason)
    live = [DistributionState.DRAFT, DistributionState.APPROVED]
    row = locked_distribution(tx, distribution_id=distribution_id, needed=live)
    check_apart(tx, what=row.code, distribution_id=row.key, together=together)
    row.state = DistributionState.CANCELLED
    row.cancel_reason = reason
    tx.flush()
    return _told(tx, actor, row, "distribution.cancelled", now)


def undo_distribution(
    tx: Tx,
    actor: Actor,
    *,
    distribution_id: int,
    reason: str,
    undone_on: date,
    handing_over: bool = False,
    together: bool = False,
    now: datetime,
) -> DistributionSheet:
    """Take a paid distribution back, carry included, when the money has come back from its partners.

    It counts until `undone_on`, and so does what was set off of it. Refused: one that is not paid, no reason, once a
    later one was worked out after it and paid (take that back first), once its tax was paid on or its money called
    again, a locked period; one in kind or joined with a call by itself.
    """
    actor.require(Role.MANAGER)
    check_reason(reason)
    row = locked_distribution(tx, distribution_id=distribution_id, needed=[DistributionState.PAID])
    check_with_shares(tx, row=row, handing_over=handing_over)
    check_apart(tx, what=row.code, distribution_id=row.key, together=together)
    later = select(Distribution.code).where(
        Distribution.fund_id == row.fund_id,
        Distribution.state == DistributionState.PAID,
        sa.tuple_(col(Distribution.pay_on), col(Distribution.id)) > sa.tuple_(row.pay_on, row.key),
    )
    code = tx.exec(later.order_by(col(Distribution.id)).limit(1)).first()
    if code is not None:
        raise LaterDistribution(distribution=row.code, later=code)
    check_tax_unpaid(tx, fund_id=row.fund_id, distribution_id=row.key, distribution=row.code)
    check_carry_stays(tx, row=row)
    kept = standing_set_offs(tx, row=row)
    row.cancelled_on = undo(
        tx,
        actor,
        fund_id=row.fund_id,
        act=f"distribution:{row.key}",
        reason=reason,
        effective_on=undone_on,
        also=[entry for one in kept for entry in standing(tx, fund_id=row.fund_id, act=f"receipt:{one.key}")],
        now=now,
    )
    row.state, row.cancelled_at = DistributionState.CANCELLED, stamp(tx, fund_id=row.fund_id, now=now)
    row.cancel_reason = reason
    mark_reversed(tx, rows=kept, on=row.cancelled_on, at=row.cancelled_at, reason=reason)
    sheet = _told(tx, actor, row, "distribution.undone", now)
    if not together:
        check_recall_unused(tx, sheet=sheet)
    return sheet


def worked_out(tx: Tx, *, row: Distribution, today: date) -> list[Share]:
    """What a drafted distribution comes to by now."""
    typed = {kind: getattr(row, kind.value) for kind in DistributionKind}
    return shares_of(
        tx,
        fund_id=row.fund_id,
        typed=typed,
        pay_on=row.pay_on,
        holding_id=row.holding_id,
        in_kind=delivery(tx, distribution_id=row.key) is not None,
        today=today,
    )


def shares_of(
    tx: Tx, *, fund_id: int, typed: Typed, pay_on: date, holding_id: int | None, in_kind: bool, today: date
) -> list[Share]:
    """Each partner's part with its waterfall. Refused as `draft_distribution` says."""
    check_pay_day(tx, fund_id=fund_id, pay_on=pay_on)
    general = general_partner(tx, fund_id=fund_id)
    weights = participation(tx, fund_id=fund_id, as_of=pay_on, holding_id=holding_id)
    form = waterfalls(tx, fund_id=fund_id, on=pay_on)
    recipients = [
        Recipient(
            sheet.id,
            weights.get(sheet.id, 0),
            sheet.bears_carry,
            form.flows.get(sheet.id, ()),
            form.history(sheet.id),
            form.returned.get(sheet.id, ()),
        )
        for sheet in partners(tx, fund_id=fund_id)
        if sheet.id in weights or sheet.id == general.id
    ]
    shares = share_out(
        typed,
        recipients,
        terms=form.terms,
        general_partner_id=general.id,
        deal=holding_id,
        escrow=form.escrow,
        on=pay_on,
    )
    # What falls due between a draft and its pay day is no arrear yet; it is asked about when it is paid.
    paid = {s.partner_id for s in shares if s.net}
    check_paid_up(tx, fund_id=fund_id, partner_ids=paid, on=min(pay_on, today), sets_off=not in_kind)
    return shares


def _check_cash(tx: Tx, row: Distribution, amount: int) -> None:
    lock_cash(tx, fund_id=row.fund_id)
    check_cash(
        cash=cash(tx, fund_id=row.fund_id, on=row.pay_on),
        promised=promised(tx, fund_id=row.fund_id, without=row.id),
        amount=amount,
    )


def _told(tx: Tx, actor: Actor, row: Distribution, action: str, now: datetime) -> DistributionSheet:
    detail: dict[str, object] = {"code": row.code, "amount": row.amount, "pay_on": row.pay_on.isoformat()}
    if row.cancel_reason is not None:
        detail["reason"] = row.cancel_reason
    record(tx, actor, action=action, subject=f"distribution:{row.key}", detail=detail, now=now)
    return distribution_sheet(tx, distribution_id=row.key)

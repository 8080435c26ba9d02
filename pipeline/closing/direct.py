"""Buying without a closing, as an exception.

Money goes into companies through closings, behind a decision of the committee. What has to be bought otherwise (rights
exercised, a purchase from before the fund used this software) is a manager's act with a written reason, held against
the same limits and the same cash.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from fund.capital.acts import lock_capital
from fund.holdings.actions import buy
from fund.holdings.bookings import locked_holding
from fund.holdings.queries import HoldingSheet, holding
from fund.holdings.rules import InstrumentKind
from fund.ledger.cash import CashShort, lock_cash
from fund.mandates.veto_rules import Proposal
from fund.results.exposure_rules import Promised
from kernel.audit.actions import record
from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from kernel.money import format_amount
from pipeline.closing.limits import breaches
from pipeline.closing.promised import promised
from pipeline.closing.queries import cash_for, excepted
from pipeline.closing.rules import (
    DirectLimitExceeded,
    DirectMandateBroken,
    breach_problems,
    check_direct,
    uncovered,
)
from pipeline.committee.mandates import mandate_lines, mandate_problems
from pipeline.committee.proposed import more_of
from pipeline.deals.queries import deal_by_code


@dataclass(frozen=True)
class Purchase:
    """What is bought: a quantity of an instrument for `cost` minor units; `ownership` is the fund's part after it."""

    on: date
    quantity: Fraction
    cost: int
    instrument: str = "EQ"
    kind: InstrumentKind = InstrumentKind.REGISTERED_CAPITAL
    ownership: Fraction | None = None


def buy_directly(
    tx: Tx, actor: Actor, *, holding_id: int, purchase: Purchase, reason: str, now: datetime
) -> HoldingSheet:
    """Buy more of a holding without a closing, for a written reason.

    Refused: to all but the manager, no reason, a limit that would be broken further without an exception approved
    for the holding's deal, a partner's mandate that holds it back, more than the cash that earlier closings leave
    from that day on, and as `buy`.
    """
    actor.require(Role.MANAGER)
    check_direct(reason=reason)
    sheet = holding(tx, holding_id=holding_id, as_of=purchase.on)
    lock_capital(tx, fund_id=sheet.fund_id)
    row = locked_holding(tx, holding_id=holding_id)
    sheet = holding(tx, holding_id=holding_id, as_of=purchase.on)
    if purchase.cost > 0:
        others = promised(tx, fund_id=sheet.fund_id, on=purchase.on)
        _check_limits(tx, sheet, purchase, others)
        _check_mandates(tx, sheet, purchase, others)
        _check_cash(tx, row.fund_id, purchase)
    detail = {"holding": row.code, "cost": purchase.cost, "on": purchase.on.isoformat(), "reason": reason}
    record(tx, actor, action="holding.bought_directly", subject=f"holding:{row.key}", detail=detail, now=now)
    return buy(
        tx,
        actor,
        holding_id=holding_id,
        bought_on=purchase.on,
        quantity=purchase.quantity,
        cost=purchase.cost,
        instrument=purchase.instrument,
        kind=purchase.kind,
        ownership=purchase.ownership,
        memo=reason.strip(),
        now=now,
    )


def _check_limits(tx: Tx, sheet: HoldingSheet, purchase: Purchase, others: Sequence[Promised]) -> None:
    what_if = more_of(sheet, purchase.cost)
    broken, _ = breaches(tx, fund_id=sheet.fund_id, on=purchase.on, what_if=what_if, promised=others)
    allowed: dict[tuple[str, str], Fraction] = {}
    if broken and sheet.deal_code:
        allowed, _ = excepted(tx, deal_id=deal_by_code(tx, code=sheet.deal_code).id)
    left = uncovered(broken, allowed)
    if left:
        raise DirectLimitExceeded(holding=sheet.code, problems=breach_problems(left))


def _check_mandates(tx: Tx, sheet: HoldingSheet, purchase: Purchase, others: Sequence[Promised]) -> None:
    proposal = Proposal(more_of(sheet, purchase.cost).tidy.part, sheet.party_id, purchase.cost)
    subject = sheet.deal_code or sheet.code
    found = mandate_lines(
        tx,
        fund_id=sheet.fund_id,
        subject=subject,
        proposal=proposal,
        on=purchase.on,
        promised=others,
    )
    problems = mandate_problems(found)
    if problems:
        raise DirectMandateBroken(holding=sheet.code, problems=problems)


def _check_cash(tx: Tx, fund_id: int, purchase: Purchase) -> None:
    lock_cash(tx, fund_id=fund_id)
    there = cash_for(tx, fund_id=fund_id, on=purchase.on)
    if purchase.cost > there:
        raise CashShort(amount=format_amount(purchase.cost), on=purchase.on, cash=format_amount(there))

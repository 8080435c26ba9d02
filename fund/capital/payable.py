"""Who may be paid, and when: nobody in arrears, no day whose shares a later one has overtaken."""

from collections.abc import Set
from datetime import date

from sqlmodel import col, select

from fund.capital.models import Call, Distribution, DistributionLine
from fund.capital.positions import standings
from fund.capital.queries import due_calls, excusing
from fund.capital.rules import CallKind, CallState
from fund.capital.sharing import DistributionState
from fund.capital.sheets import DistributionSheet
from fund.charter.carry_rules import CarryForm
from fund.charter.queries import terms
from fund.givebacks.escrow import held
from fund.givebacks.escrow_rules import EscrowReleased
from fund.givebacks.queries import latest_test
from fund.indemnities.queries import latest_notice, open_indemnities
from fund.indemnities.rules import DistributionGivenBack
from fund.nettings.queries import set_off_rights
from fund.partners.queries import codes_in_order
from kernel.db import Tx
from kernel.errors import Conflict, Invalid, Problem
from kernel.money import format_amount


class InArrears(Conflict):
    code = "partner_in_arrears"
    says = "Partners that are to be paid still owe on calls that are due; what they owe comes in first."


class PaidOutOfOrder(Conflict):
    code = "distribution_out_of_order"
    says = "{latest} was paid on {paid_on}; carry is worked out in the order of the days, so pay on that day or later."


class LaterDistribution(Conflict):
    code = "later_distribution"
    says = "{later} was worked out after {distribution} and is paid; take that back first."


class CarryReturnedSince(Conflict):
    code = "distribution_before_carry_returned"
    says = "The return of carry {latest} was tested as of {tested_on}; pay on a later day, or take it back first."


class CalledAgain(Conflict):
    code = "returned_money_called_again"
    says = "What {what} let the fund call again was called since; take that call back first."


class HoldingMissing(Invalid):
    code = "distribution_without_holding"
    says = "Partners were excused in {call}; say out of which holding the capital or gain comes."


class DealMissing(Invalid):
    code = "distribution_without_deal"
    says = "Carry is worked out deal by deal; say out of which holding the capital or gain comes."


class CloseUnsettled(Conflict):
    code = "close_not_due"
    says = "The newcomers of {call} pay on {due_on}; distribute on that day or later, so that they take part."


def check_paid_up(tx: Tx, *, fund_id: int, partner_ids: Set[int], on: date, sets_off: bool = False) -> None:
    """Refuse to pay partners that owe on a call or giveback due before `on`, each named with what and since when.

    A payment that `sets_off` is made all the same where what is owed on a call may be set off: it pays that first. A
    distribution of money does; shares, returned carry, interest and what newcomers pay do not.
    """
    codes = codes_in_order(tx, fund_id=fund_id)
    granted = set_off_rights(tx, fund_id=fund_id, as_of=on) if sets_off else frozenset()
    owing = [
        (line.partner_id, line.outstanding, line.call, line.due_on)
        for line in due_calls(tx, fund_id=fund_id, as_of=on)
        if line.days_late > 0 and (line.call_id, line.partner_id) not in granted
    ]
    owing += [
        (line.partner_id, line.outstanding, sheet.code, sheet.due_on)
        for sheet in open_indemnities(tx, fund_id=fund_id)
        for line in sheet.lines
        if sheet.due_on < on and line.outstanding
    ]
    problems = [
        Problem(
            codes[partner_id],
            "owes {amount} on {call} since {due_on}",
            {"amount": format_amount(outstanding), "call": call, "due_on": due_on},
        )
        for partner_id, outstanding, call, due_on in owing
        if partner_id in partner_ids
    ]
    if problems:
        raise InArrears(problems=problems)


def check_need_not_name_a_holding(tx: Tx, *, fund_id: int, on: date) -> None:
    """Refuse once somebody was excused from a deal, so that not all take part in all, and where carry is worked out
    deal by deal.
    """
    if terms(tx, fund_id=fund_id, as_of=on).carry_form is CarryForm.DEAL_BY_DEAL:
        raise DealMissing()
    call = excusing(tx, fund_id=fund_id)
    if call is not None:
        raise HoldingMissing(call=call)


def check_pay_day(tx: Tx, *, fund_id: int, pay_on: date) -> None:
    """Refuse a day before one whose distribution or close the shares would then not know of."""
    paid = select(Distribution).where(
        Distribution.fund_id == fund_id,
        Distribution.state == DistributionState.PAID,
        col(Distribution.pay_on) > pay_on,
    )
    latest = tx.exec(paid.order_by(col(Distribution.pay_on).desc()).limit(1)).first()
    if latest is not None:
        raise PaidOutOfOrder(latest=latest.code, paid_on=latest.pay_on)
    test = latest_test(tx, fund_id=fund_id, since=pay_on)
    if test is not None:
        raise CarryReturnedSince(latest=test[0], tested_on=test[1])
    closing = select(Call).where(
        Call.fund_id == fund_id,
        Call.state == CallState.ISSUED,
        Call.kind == CallKind.EQUALISATION,
        col(Call.due_on) > pay_on,
    )
    call = tx.exec(closing.order_by(col(Call.due_on).desc()).limit(1)).first()
    if call is not None:
        raise CloseUnsettled(call=call.code, due_on=call.due_on)


def check_not_called_again(tx: Tx, *, fund_id: int, what: str, partner_ids: Set[int], on: date) -> None:
    """Refuse to have taken back what could be called again, where more was called since than is left without it."""
    left = {one.partner_id: one.remaining for one in standings(tx, fund_id=fund_id, on=on)}
    if any(left.get(key, 0) < 0 for key in partner_ids):
        raise CalledAgain(what=what)


def check_recall_unused(tx: Tx, *, sheet: DistributionSheet) -> None:
    """Refuse to have taken a distribution back whose money was called again since."""
    row, on = sheet.distribution, sheet.distribution.cancelled_on
    if row.recallable and on is not None:
        keys = {line.partner_id for line in sheet.lines}
        check_not_called_again(tx, fund_id=row.fund_id, what=row.code, partner_ids=keys, on=on)


def check_carry_stays(tx: Tx, *, row: Distribution) -> None:
    """Refuse to take a distribution back once a test of the clawback counted it, once its carry in escrow was
    released or returned, or once partners were asked to give distributions back with it counted in.
    """
    notice = latest_notice(tx, fund_id=row.fund_id, since=row.pay_on)
    if notice is not None:
        raise DistributionGivenBack(distribution=row.code, indemnity=notice[0], notice_on=notice[1])
    test = latest_test(tx, fund_id=row.fund_id, since=row.pay_on)
    if test is not None:
        raise LaterDistribution(distribution=row.code, later=test[0])
    own = select(DistributionLine.escrowed).where(DistributionLine.distribution_id == row.key)
    if sum(tx.exec(own)) > held(tx, fund_id=row.fund_id, as_of=date.max):
        raise EscrowReleased(distribution=row.code)

"""Distributing shares instead of money: units of a holding at the price of the day, whole units to each partner.

The distribution runs through the waterfall like one of money; what leaves the holding is a sale at that price whose
proceeds are the partners' units. Both are booked on the distribution's day, and taken back, as one act.
"""

from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction

from fund.capital import distributions
from fund.capital.acts import lock_capital
from fund.capital.outflows import distribution_sheet
from fund.capital.sheets import DistributionSheet
from fund.deliveries.keeping import mark_handed_over
from fund.deliveries.queries import DeliverySheet
from fund.deliveries.rules import Offer, check_offer
from fund.holdings.bookings import locked_holding, the_record
from fund.holdings.disposing import record_disposal
from fund.holdings.position import DisposalKind, dispose
from fund.holdings.rules import check_change, check_disposal
from fund.holdings.undoing import take_disposal_back
from fund.ledger.rules import Account
from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing


def draft_in_kind(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    holding_id: int,
    offer: Offer,
    pay_on: date,
    source: str,
    recallable: bool = False,
    now: datetime,
) -> DistributionSheet:
    """Work out a distribution of units of a holding at the price of `pay_on`; nothing is booked.

    Their cost is return of capital, what they are worth above it gain. Refused: units that are not held, a price from
    nowhere or so high that nobody gets a whole unit, a day to come, before the last change of the holding or covered
    by an approved mark, and what `draft_distribution` refuses: the cash for tax and for parts of units among it.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    check_offer(offer)
    lock_capital(tx, fund_id=fund_id)
    row = locked_holding(tx, holding_id=holding_id)
    found = the_record(tx, holding=row, instrument=offer.instrument or None)
    stands = found.position.until(date.max)
    check_change(found.position, on=pay_on, today=day_in_beijing(now))
    units = Fraction(offer.units)
    check_disposal(stands, quantity=units, proceeds=offer.value)
    cost = dispose(stands, kind=DisposalKind.SALE, quantity=units, proceeds=offer.value, on=pay_on).cost
    back = min(cost, offer.value)
    return distributions.draft_distribution(
        tx,
        actor,
        fund_id=fund_id,
        return_of_capital=back,
        gain=offer.value - back,
        pay_on=pay_on,
        source=source,
        holding_id=holding_id,
        recallable=recallable,
        offer=replace(offer, instrument=found.instrument.code),
        now=now,
    )


def pay_distribution(tx: Tx, actor: Actor, *, distribution_id: int, now: datetime) -> DistributionSheet:
    """Pay an approved distribution, of money or in kind; of one in kind the units leave the holding on its day.

    Refused: as `distributions.pay_distribution`, and when the units are not held any more or were valued since.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    sheet = distribution_sheet(tx, distribution_id=distribution_id)
    if sheet.delivery is None:
        return distributions.pay_distribution(tx, actor, distribution_id=distribution_id, now=now)
    lock_capital(tx, fund_id=sheet.distribution.fund_id)
    # First the partners' parts, which are worked out with the units still held, as they were for the draft.
    distributions.pay_distribution(tx, actor, distribution_id=distribution_id, handing_over=True, now=now)
    number = _hand_over(tx, actor, sheet, sheet.delivery, now)
    mark_handed_over(tx, distribution_id=distribution_id, disposal_number=number)
    return distribution_sheet(tx, distribution_id=distribution_id)


def undo_distribution(
    tx: Tx, actor: Actor, *, distribution_id: int, reason: str, undone_on: date, now: datetime
) -> DistributionSheet:
    """Take a paid distribution back, of money or in kind; units that were handed over are held again.

    Refused: as `distributions.undo_distribution`, and once the holding has changed or was valued since.
    """
    actor.require(Role.MANAGER)
    sheet = distribution_sheet(tx, distribution_id=distribution_id)
    row, shares = sheet.distribution, sheet.delivery
    undone = distributions.undo_distribution(
        tx,
        actor,
        distribution_id=distribution_id,
        reason=reason,
        undone_on=undone_on,
        handing_over=shares is not None,
        now=now,
    )
    if shares is not None and shares.disposal_number is not None and row.holding_id is not None:
        take_disposal_back(
            tx,
            actor,
            holding_id=row.holding_id,
            number=shares.disposal_number,
            reason=reason,
            on=max(undone_on, row.pay_on),
            now=now,
        )
    return undone


def _hand_over(tx: Tx, actor: Actor, sheet: DistributionSheet, shares: DeliverySheet, now: datetime) -> int:
    """Let the partners' units leave the holding for what they are worth; the number of that disposal."""
    row, parts = sheet.distribution, shares.parts.values()
    holding = locked_holding(tx, holding_id=row.holding_id or 0)
    found = the_record(tx, holding=holding, instrument=shares.instrument)
    stands = found.position.until(date.max)
    units, worth = Fraction(sum(part.units for part in parts)), sum(part.value for part in parts)
    check_change(found.position, on=row.pay_on, today=day_in_beijing(now))
    check_disposal(stands, quantity=units, proceeds=worth)
    gone = dispose(stands, kind=DisposalKind.SALE, quantity=units, proceeds=worth, on=row.pay_on)
    says = f"{row.code} · {shares.price_source}"
    return record_disposal(
        tx,
        actor,
        row=holding,
        instrument=found.instrument,
        lost=gone,
        reason=says,
        into=Account.BETWEEN_PARTNERS,
        now=now,
    )

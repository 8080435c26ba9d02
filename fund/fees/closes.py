"""A later close with its fee: newcomers owe the management fee since the first close, without interest."""

from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction

from fund.capital.acts import lock_capital
from fund.capital.commitments import later_close as settle_close
from fund.capital.settlement import Fee
from fund.capital.sheets import CloseSheet
from fund.charter.queries import terms
from fund.fees.actions import charge, fee_reference
from fund.fees.models import FeeLine
from fund.fees.queries import ChargeSheet
from fund.fees.queries import charges as charges_so_far
from fund.fees.rules import Working, fee, stretches
from fund.ledger.actions import post
from fund.ledger.chart import Account
from fund.ledger.rules import Posting
from fund.partners.queries import partners
from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from kernel.periods import Quarter


def later_close(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    newcomers: Mapping[int, int],
    closed_on: date,
    due_on: date,
    interest_rate: Fraction | None = None,
    now: datetime,
) -> CloseSheet:
    """Admit `newcomers` (partner to commitment) as `fund.capital.commitments.later_close` does, with their fee.

    Every quarter from the first close to that of `closed_on` is charged, if it is not yet, and each newcomer that
    bears the fee is charged for all of them on its commitment, as of `due_on`, and called for the sum; so it is for
    quarters after that which were charged before the close was written down. A fee on
    invested or paid-in money does not grow with a newcomer, so none of it is charged again.
    """
    actor.require(Role.MANAGER)
    # Before the fees' own lock: all that calls money takes this one first, so that no two wait for each other.
    lock_capital(tx, fund_id=fund_id)
    charges = _charges(tx, actor, fund_id, closed_on, now)
    bearing = {sheet.id: sheet.code for sheet in partners(tx, fund_id=fund_id) if sheet.bears_fee}
    owed = [
        (charged, partner_id, _working(tx, fund_id, charged, newcomers[partner_id]))
        for charged in charges
        for partner_id in newcomers
        if partner_id in bearing
    ]
    owed = [found for found in owed if found[2].amount]
    close = settle_close(
        tx,
        actor,
        fund_id=fund_id,
        newcomers=newcomers,
        closed_on=closed_on,
        due_on=due_on,
        fees=tuple(
            Fee(partner_id, charged.effective_on, working.amount) for charged, partner_id, working in owed
        ),
        interest_rate=interest_rate,
        now=now,
    )
    postings = []
    for charged, partner_id, working in owed:
        tx.add(FeeLine(charge_id=charged.id, partner_id=partner_id, **vars(working)))
        postings.append(_posting(charged, bearing[partner_id], partner_id, working.amount, due_on))
    tx.flush()
    post(tx, actor, fund_id=fund_id, postings=postings, now=now)
    return close


def _charges(tx: Tx, actor: Actor, fund_id: int, closed_on: date, now: datetime) -> list[ChargeSheet]:
    quarter = Quarter.containing(terms(tx, fund_id=fund_id, as_of=closed_on).first_close_on)
    charged = [Quarter.parse(sheet.quarter) for sheet in charges_so_far(tx, fund_id=fund_id)]
    last = max([Quarter.containing(closed_on), *charged])
    charges = []
    while quarter <= last:
        charges.append(charge(tx, actor, fund_id=fund_id, quarter=quarter, now=now))
        quarter = quarter.next
    return charges


def _working(tx: Tx, fund_id: int, charged: ChargeSheet, commitment: int) -> Working:
    quarter = Quarter.parse(charged.quarter)
    promised = terms(tx, fund_id=fund_id, as_of=quarter.ends_on)
    return fee(promised.fee_rate, quarter, stretches(promised, quarter), commitment=commitment, invested=0)


def _posting(charged: ChargeSheet, code: str, partner_id: int, amount: int, on: date) -> Posting:
    return Posting(
        reference=fee_reference(charged.quarter, charged.turn, code),
        effective_on=on,
        debit=Account.MANAGEMENT_FEE,
        credit=Account.MANAGEMENT_FEE_PAYABLE,
        amount=amount,
        memo=f"Management fee {charged.quarter}",
        act=f"fee:{charged.id}",
        debit_partner_id=partner_id,
    )

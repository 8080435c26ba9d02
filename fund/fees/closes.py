"""Closes with their fee: whoever joins owes the management fee since the first close, without interest."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction

import sqlalchemy as sa
from sqlmodel import col

from fund.capital.acts import lock_capital
from fund.capital.by_day import fees_called
from fund.capital.commitment_sheets import CloseSheet, CommitmentSheet
from fund.capital.commitments import commit
from fund.capital.commitments import later_close as settle_close
from fund.capital.premiums import CloseBasis
from fund.capital.queries import closes, commitment_sheets
from fund.capital.settlement import Fee
from fund.capital.taking_back import take_close_back
from fund.charter.queries import terms
from fund.fees.actions import charge, fee_postings, lock_fees, lock_interests
from fund.fees.close_values import check_values
from fund.fees.models import FeeLine
from fund.fees.queries import ChargeSheet
from fund.fees.queries import charges as charges_so_far
from fund.fees.relief_shares import check_offsets_before, check_offsets_of
from fund.fees.rules import Working, paid_days
from fund.fees.workings import due, on_commitment, own_stretches
from fund.ledger.actions import post
from fund.ledger.rules import Posting
from fund.partners.queries import PartnerSheet, named
from kernel.allocation import allocate
from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from kernel.periods import Quarter

Owed = tuple[ChargeSheet, PartnerSheet, tuple[Working, ...]]


def join(
    tx: Tx, actor: Actor, *, fund_id: int, partner_id: int, amount: int, closed_on: date, now: datetime
) -> CommitmentSheet:
    """Take a commitment at the first close as `fund.capital.commitments.commit` does, with its fee.

    Of every quarter charged before, the partner owes what it would had it been there from the first day, without
    interest, booked as of the day it joins or of the fee, whichever is later.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    sheet = commit(
        tx, actor, fund_id=fund_id, partner_id=partner_id, amount=amount, closed_on=closed_on, now=now
    )
    lock_fees(tx, fund_id=fund_id)
    owed = _owed(tx, fund_id, charges_so_far(tx, fund_id=fund_id), {partner_id: amount})
    _book(tx, actor, fund_id, owed, on=closed_on, close_id=None, now=now)
    return sheet


def later_close(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    newcomers: Mapping[int, int],
    closed_on: date,
    due_on: date,
    interest_rate: Fraction | None = None,
    basis: CloseBasis = CloseBasis.COST,
    now: datetime,
) -> CloseSheet:
    """Admit `newcomers` (partner to commitment) as `fund.capital.commitments.later_close` does, with their fee.

    Every quarter from the first close to that of `closed_on` is charged, if it is not yet, and each newcomer that
    bears the fee is charged for all of them on its commitment, as of `due_on`, and called for the sum; so it is for
    quarters after that which were charged before the close was written down. Its preferred return on them runs from
    the days on which the earlier partners paid theirs. A fee on invested or paid-in money does not grow with a
    newcomer, so none of it is charged again. Refused besides: while an offset of that day or later is shared
    out without them; by net asset value, values that are too old.
    """
    actor.require(Role.MANAGER)
    lock_interests(tx, fund_id=fund_id)
    check_offsets_before(tx, fund_id=fund_id, newcomers=newcomers, closed_on=closed_on)
    if basis is CloseBasis.NAV:
        check_values(tx, fund_id=fund_id, on=closed_on)
    charges = _charges(tx, actor, fund_id, closed_on, now)
    owed = _owed(tx, fund_id, charges, newcomers)
    close = settle_close(
        tx,
        actor,
        fund_id=fund_id,
        newcomers=newcomers,
        closed_on=closed_on,
        due_on=due_on,
        fees=_called_for(tx, fund_id, charges, owed),
        interest_rate=interest_rate,
        basis=basis,
        now=now,
    )
    _book(tx, actor, fund_id, owed, on=due_on, close_id=close.id, now=now)
    return close


def undo_close(
    tx: Tx, actor: Actor, *, fund_id: int, number: int, reason: str, undone_on: date, now: datetime
) -> CloseSheet:
    """Take a later close back as one act, with the fee that its newcomers owe by it.

    Refused: as `fund.capital.taking_back.take_close_back`; while an offset gives a newcomer a part.
    """
    actor.require(Role.MANAGER)
    lock_capital(tx, fund_id=fund_id)
    lock_fees(tx, fund_id=fund_id)
    known = commitment_sheets(tx, fund_id=fund_id)
    newcomers = {one.partner_id for one in known if one.close_number == number > 1}
    check_offsets_of(tx, fund_id=fund_id, newcomers=newcomers)
    ids = [one.id for one in closes(tx, fund_id=fund_id) if one.number == number]
    lines = sa.select(col(FeeLine.charge_id)).where(col(FeeLine.close_id).in_(ids))
    return take_close_back(
        tx,
        actor,
        fund_id=fund_id,
        number=number,
        fee_acts={f"fee:{charge_id}" for charge_id in tx.scalars(lines.distinct())},
        reason=reason,
        undone_on=undone_on,
        now=now,
    )


def _charges(tx: Tx, actor: Actor, fund_id: int, closed_on: date, now: datetime) -> list[ChargeSheet]:
    quarter = Quarter.containing(terms(tx, fund_id=fund_id, as_of=closed_on).first_close_on)
    charged = [Quarter.parse(sheet.quarter) for sheet in charges_so_far(tx, fund_id=fund_id)]
    last = max([Quarter.containing(closed_on), *charged])
    charges = []
    while quarter <= last:
        charges.append(charge(tx, actor, fund_id=fund_id, quarter=quarter, now=now))
        quarter = quarter.next
    return charges


def _owed(tx: Tx, fund_id: int, charges: Sequence[ChargeSheet], newcomers: Mapping[int, int]) -> list[Owed]:
    """What each newcomer that bears the fee owes of every quarter charged, where it owes anything."""
    joining = named(tx, fund_id=fund_id, partner_ids=newcomers) if charges else {}
    bearing = [one for one in joining.values() if one.bears_fee]
    found: list[Owed] = []
    for charged in charges:
        quarter = Quarter.parse(charged.quarter)
        for one in bearing:
            running = own_stretches(tx, fund_id=fund_id, quarter=quarter, partner_id=one.id)
            found.append((charged, one, on_commitment(running, quarter, newcomers[one.id])))
    return [one for one in found if _amount(one)]


def _amount(owed: Owed) -> int:
    return sum(working.amount for working in owed[2])


def _called_for(
    tx: Tx, fund_id: int, charges: Sequence[ChargeSheet], owed: Sequence[Owed]
) -> tuple[Fee, ...]:
    """The fees as the newcomers are called for them, split by the days on which the earlier partners paid theirs."""
    earlier = [
        (due(tx, fund_id=fund_id, quarter=Quarter.parse(one.quarter)).on, one.amount) for one in charges
    ]
    days = paid_days(earlier, fees_called(tx, fund_id=fund_id))
    paid = {charged.id: parts for charged, parts in zip(charges, days, strict=True)}
    return tuple(
        Fee(partner.id, on, part)
        for one in owed
        for charged, partner in [one[:2]]
        for (on, _), part in zip(
            paid[charged.id],
            allocate(_amount(one), [weight for _, weight in paid[charged.id]]),
            strict=True,
        )
        if part
    )


def _book(
    tx: Tx,
    actor: Actor,
    fund_id: int,
    owed: Sequence[Owed],
    *,
    on: date,
    close_id: int | None,
    now: datetime,
) -> None:
    """Write the lines of those who joined and book them on the charges they belong to, from `on` at the earliest."""
    postings: list[Posting] = []
    for one in owed:
        charged, partner, workings = one
        again = 1 + _times(tx, charged.id, partner.id)
        tx.add_all(
            FeeLine(charge_id=charged.id, partner_id=partner.id, close_id=close_id, **vars(working))
            for working in workings
        )
        from_ = max(on, charged.effective_on)
        postings += fee_postings(charged, partner, _amount(one), on=from_, again=again)
    tx.flush()
    post(tx, actor, fund_id=fund_id, postings=postings, now=now)


def _times(tx: Tx, charge_id: int, partner_id: int) -> int:
    """How often a partner came to owe of that charge by a close that was taken back."""
    of_partner = (col(FeeLine.charge_id) == charge_id) & (col(FeeLine.partner_id) == partner_id)
    counted = sa.select(sa.func.count(sa.distinct(col(FeeLine.close_id)))).where(of_partner)
    return int(tx.execute(counted).scalar_one())

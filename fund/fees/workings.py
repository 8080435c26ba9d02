"""What each partner owes of a quarter's fee, worked out on what is known now; and where a charged fee differs."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from fund.capital.participation import participation
from fund.capital.positions import commitments, contributions
from fund.charter.queries import terms_within
from fund.charter.rules import FeeBasis, Terms
from fund.fees.queries import ChargeSheet, charges
from fund.fees.rules import (
    Stretch,
    Working,
    after,
    check_runs,
    fee,
    first_day,
    own_terms,
    put_on,
    stretches,
    taken_off,
)
from fund.holdings.queries import invested_cost
from fund.interests.queries import TransferSheet, standing_transfers
from fund.interests.rules import part_of
from fund.partners.queries import PartnerSheet, partners
from fund.side_letters.queries import LetterSheet, letters
from kernel.allocation import allocate
from kernel.db import Tx
from kernel.periods import Quarter


@dataclass(frozen=True)
class Due:
    """A quarter's fee: the day from which it is due, the stretches on which it runs, and each partner's working.

    `bases` are those at the end of the quarter by partner, after what has passed between partners.
    """

    on: date
    found: tuple[Stretch, ...]
    owed: tuple[tuple[PartnerSheet, tuple[Working, ...]], ...]
    bases: Mapping[int, Mapping[FeeBasis, int]]

    def amounts(self) -> dict[int, int]:
        """What each partner owes, by its id."""
        return {partner.id: sum(one.amount for one in working) for partner, working in self.owed}


@dataclass(frozen=True)
class Gap:
    """A fee that was charged and what it would be today. Amounts in minor units, by partner where they differ."""

    quarter: str
    charged: Mapping[int, int]
    due: Mapping[int, int]


def due(tx: Tx, *, fund_id: int, quarter: Quarter) -> Due:
    """The fee of `quarter`; whoever has committed owes it as if there from the first close on.

    Its terms are those of each day, with the rate of the partner's side letter of that day; its bases those at the
    start of the first day, as it is paid in advance. Of an interest that passes within the quarter the buyer owes the
    days from then on, at its own rate. Refused: a quarter in which no fee runs.
    """
    versions = terms_within(tx, fund_id=fund_id, quarter=quarter)
    found = stretches(versions, quarter)
    check_runs(found, versions, quarter)
    on = first_day(versions, quarter)
    written = letters(tx, fund_id=fund_id)
    bearing = {sheet.id: sheet for sheet in partners(tx, fund_id=fund_id) if sheet.bears_fee}
    own = {key: _own(versions, written, quarter, key) for key in bearing}
    bases = _bases(tx, fund_id, {one.base for one in found} | {FeeBasis.INVESTED}, on)
    owed = {key: fee(quarter, own[key], bases[key]) for key in bearing if FeeBasis.COMMITMENT in bases[key]}
    for sheet in standing_transfers(tx, fund_id=fund_id, as_of=date.max):
        if on <= sheet.effective_on <= quarter.ends_on and sheet.seller_id in owed:
            seller, buyer = owed[sheet.seller_id], owed.get(sheet.buyer_id, ())
            ask: dict[str, Any] = {"on": on, "sheet": sheet, "bases": bases[sheet.seller_id]}
            gone, came = (passed_part(quarter, own[key], **ask) for key in (sheet.seller_id, sheet.buyer_id))
            owed[sheet.seller_id] = seller + taken_off(gone, behind=len(seller))
            owed[sheet.buyer_id] = buyer + put_on(came, behind=len(buyer))
            _pass_bases(bases, sheet)
    return Due(on, found, tuple((bearing[key], owed[key]) for key in bearing if key in owed), bases)


def own_stretches(tx: Tx, *, fund_id: int, quarter: Quarter, partner_id: int) -> tuple[Stretch, ...]:
    """The stretches of a quarter at one partner's own rates."""
    versions = terms_within(tx, fund_id=fund_id, quarter=quarter)
    written = letters(tx, fund_id=fund_id, partner_id=partner_id)
    return _own(versions, written, quarter, partner_id)


def _own(
    versions: Sequence[Terms], written: Sequence[LetterSheet], quarter: Quarter, partner_id: int
) -> tuple[Stretch, ...]:
    own = [(one.effective_on, one.terms) for one in written if one.partner_id == partner_id]
    return stretches(own_terms(versions, own, quarter) if own else versions, quarter)


def passed_part(
    quarter: Quarter,
    found: Sequence[Stretch],
    *,
    on: date,
    sheet: TransferSheet,
    bases: Mapping[FeeBasis, int],
) -> tuple[Working, ...]:
    """The fee on what passes, from the transfer to the end of the quarter: `found` at the rates of whoever owes it,
    `bases` those of the seller.
    """
    return fee(quarter, after(found, (sheet.effective_on - on).days), _part_of(bases, sheet))


def _part_of(bases: Mapping[FeeBasis, int], sheet: TransferSheet) -> dict[FeeBasis, int]:
    parts = {
        base: part_of(amount, part=sheet.commitment, whole=sheet.whole) for base, amount in bases.items()
    }
    # A commitment that was cut before it passed is still whole in the base: nobody owes a fee on more than it receives.
    if FeeBasis.COMMITMENT in parts:
        parts[FeeBasis.COMMITMENT] = min(parts[FeeBasis.COMMITMENT], sheet.commitment)
    return parts


def _pass_bases(bases: dict[int, dict[FeeBasis, int]], sheet: TransferSheet) -> None:
    for base, amount in _part_of(bases[sheet.seller_id], sheet).items():
        bases[sheet.seller_id][base] -= amount
        bases[sheet.buyer_id][base] = bases[sheet.buyer_id].get(base, 0) + amount


def runs(tx: Tx, *, fund_id: int, quarter: Quarter) -> bool:
    """Whether any fee falls into `quarter`."""
    return bool(stretches(terms_within(tx, fund_id=fund_id, quarter=quarter), quarter))


def on_commitment(found: Sequence[Stretch], quarter: Quarter, commitment: int) -> tuple[Working, ...]:
    """The fee of somebody who had paid in nothing by then: invested and paid-in money were the others'."""
    return fee(quarter, found, {FeeBasis.COMMITMENT: commitment})


def gap(tx: Tx, *, fund_id: int, charged: ChargeSheet) -> Gap | None:
    """How a charged fee differs from what its terms and bases make of it today; None where it does not."""
    was: dict[int, int] = {}
    for line in charged.lines:
        was[line.partner_id] = was.get(line.partner_id, 0) + line.amount
    ask: dict[str, Any] = {"fund_id": fund_id, "quarter": Quarter.parse(charged.quarter)}
    is_ = due(tx, **ask).amounts() if runs(tx, **ask) else {}
    differing = sorted(key for key in {*was, *is_} if was.get(key, 0) != is_.get(key, 0))
    if not differing:
        return None
    return Gap(
        charged.quarter,
        {key: was.get(key, 0) for key in differing},
        {key: is_.get(key, 0) for key in differing},
    )


def gaps(tx: Tx, *, fund_id: int) -> list[Gap]:
    """Every fee that stands and is not what it would be today, oldest first."""
    found = [gap(tx, fund_id=fund_id, charged=one) for one in charges(tx, fund_id=fund_id)]
    return [one for one in found if one is not None]


def _bases(
    tx: Tx, fund_id: int, wanted: Collection[FeeBasis], on: date
) -> defaultdict[int, dict[FeeBasis, int]]:
    """Each partner's commitment, its share of what is invested and what it has paid in, at the start of a day."""
    eve = on - timedelta(days=1)
    amounts = {FeeBasis.COMMITMENT: commitments(tx, fund_id=fund_id, as_of=date.max, held_on=eve)}
    if FeeBasis.PAID_IN in wanted:
        amounts[FeeBasis.PAID_IN] = contributions(tx, fund_id=fund_id, as_of=on, held_on=eve)
    if FeeBasis.INVESTED in wanted:
        weights = participation(tx, fund_id=fund_id, as_of=on, held_on=eve)
        cost = invested_cost(tx, fund_id=fund_id, as_of=on)
        keys = sorted(weights)
        parts = allocate(cost, [weights[key] for key in keys]) if keys else []
        amounts[FeeBasis.INVESTED] = dict(zip(keys, parts, strict=True))
    bases: defaultdict[int, dict[FeeBasis, int]] = defaultdict(dict)
    for base, by_partner in amounts.items():
        for partner_id, amount in by_partner.items():
            bases[partner_id][base] = amount
    return bases

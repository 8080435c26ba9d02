"""What each partner owes of a quarter's fee, worked out on what is known now; and where a charged fee differs."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fund.capital.participation import participation
from fund.capital.positions import commitments
from fund.charter.queries import terms_within
from fund.charter.rules import FeeBasis, Terms
from fund.fees.queries import ChargeSheet, charges
from fund.fees.rules import Stretch, Working, check_runs, fee, first_day, own_terms, stretches
from fund.holdings.queries import invested_cost
from fund.ledger.chart import Account
from fund.ledger.queries import balances
from fund.partners.queries import PartnerSheet, partners
from fund.side_letters.queries import LetterSheet, letters
from kernel.allocation import allocate
from kernel.db import Tx
from kernel.periods import Quarter


@dataclass(frozen=True)
class Due:
    """A quarter's fee: the day from which it is due, the stretches on which it runs, and each partner's working."""

    on: date
    found: tuple[Stretch, ...]
    owed: tuple[tuple[PartnerSheet, tuple[Working, ...]], ...]

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
    start of the first day, as it is paid in advance. Refused: a quarter in which no fee runs.
    """
    versions = terms_within(tx, fund_id=fund_id, quarter=quarter)
    found = stretches(versions, quarter)
    check_runs(found, versions, quarter)
    on = first_day(versions, quarter)
    committed = commitments(tx, fund_id=fund_id, as_of=date.max)
    written = letters(tx, fund_id=fund_id)
    others = _other_bases(tx, fund_id, {one.base for one in found} | {FeeBasis.INVESTED}, on)
    owed = []
    for partner in partners(tx, fund_id=fund_id):
        if partner.bears_fee and partner.id in committed:
            bases = {base: amounts.get(partner.id, 0) for base, amounts in others.items()}
            bases[FeeBasis.COMMITMENT] = committed[partner.id]
            owed.append((partner, fee(quarter, _own(versions, written, quarter, partner.id), bases)))
    return Due(on, found, tuple(owed))


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


def _other_bases(
    tx: Tx, fund_id: int, wanted: Collection[FeeBasis], on: date
) -> dict[FeeBasis, dict[int, int]]:
    """Each partner's share of what is invested, and what it has paid in, on `on`."""
    bases = {}
    if FeeBasis.PAID_IN in wanted:
        found = balances(tx, fund_id=fund_id, accounts=[Account.CONTRIBUTIONS], as_of=on, by=("partner",))
        bases[FeeBasis.PAID_IN] = {row.partner_id: row.amount for row in found if row.partner_id is not None}
    if FeeBasis.INVESTED in wanted:
        weights = participation(tx, fund_id=fund_id, as_of=on)
        cost = invested_cost(tx, fund_id=fund_id, as_of=on)
        keys = sorted(weights)
        parts = allocate(cost, [weights[key] for key in keys]) if keys else []
        bases[FeeBasis.INVESTED] = dict(zip(keys, parts, strict=True))
    return bases

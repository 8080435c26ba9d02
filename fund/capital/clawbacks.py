"""What carry the general partner would have to give back, partner by partner, as of a day and as known at an instant.

The potential clawback is what would be owed were everything sold for its value. It is owed in fact once the fund is at
its end: the term is over, or nothing is held any more of what was invested.
"""

from dataclasses import dataclass
from datetime import date, datetime

from fund.capital.by_day import waterfall_flows
from fund.capital.clawback import Clawback, clawback
from fund.capital.deal_by_deal import Contribution
from fund.capital.deal_flows import paid
from fund.capital.forms import waterfall_terms
from fund.charter.queries import terms
from fund.givebacks.queries import owed_back
from fund.ledger.chart import CAPITAL_ACCOUNTS, Account
from fund.ledger.queries import balances, flows
from fund.partners.queries import partners
from kernel.db import Tx

# A partner's capital before carry that is only accrued: what a sale of everything would bring it.
BEFORE_CARRY = tuple(account for account in CAPITAL_ACCOUNTS if account is not Account.CARRY_ACCRUED)


@dataclass(frozen=True)
class PartnerClawback:
    """One partner's: `value` is what a sale of everything would bring it, `potential` the formula at that value, and
    `worthless` the formula were nothing to come any more.
    """

    partner_id: int
    value: int
    potential: Clawback
    worthless: Clawback


@dataclass(frozen=True)
class Clawbacks:
    """Every partner's that bears carry, by code; `is_ended`: what is potential is owed in fact."""

    fund_id: int
    as_of: date
    known_at: datetime | None
    is_ended: bool
    partners: tuple[PartnerClawback, ...]

    @property
    def received(self) -> int:
        """All the carry received."""
        return sum(one.potential.received for one in self.partners)

    @property
    def potential(self) -> int:
        """What the general partner would owe were everything sold for its value."""
        return sum(one.potential.due for one in self.partners)

    @property
    def actual(self) -> int:
        """What it owes in fact."""
        return self.potential if self.is_ended else 0

    @property
    def worthless(self) -> int:
        """What it would owe were nothing to come any more."""
        return sum(one.worthless.due for one in self.partners)


def clawbacks(tx: Tx, *, fund_id: int, as_of: date, known_at: datetime | None = None) -> Clawbacks:
    """The clawback of every partner that bears carry; read by who sees the whole fund."""
    charter = terms(tx, fund_id=fund_id, as_of=as_of, known_at=known_at)
    rules = waterfall_terms(charter)
    paid_in = _paid_in(tx, fund_id, as_of, known_at)
    paid_out = paid(tx, fund_id=fund_id, as_of=as_of, known_at=known_at)
    stands = balances(
        tx, fund_id=fund_id, as_of=as_of, accounts=BEFORE_CARRY, known_at=known_at, by=("partner",)
    )
    capital = {one.partner_id: one.amount for one in stands}
    pending = owed_back(tx, fund_id=fund_id, as_of=as_of, known_at=known_at)
    found = []
    for sheet in partners(tx, fund_id=fund_id, as_of=as_of):
        if not sheet.bears_carry:
            continue
        value = max(0, capital.get(sheet.id, 0) - pending.get(sheet.id, 0))
        at_value, worthless = (
            clawback(
                rules,
                paid_in.get(sheet.id, ()),
                paid_out.get(sheet.id, ()),
                value=one,
                tax=charter.carry_tax,
                on=as_of,
            )
            for one in (value, 0)
        )
        found.append(PartnerClawback(sheet.id, value, at_value, worthless))
    is_ended = as_of > charter.term_ends_on or _nothing_is_held(tx, fund_id, as_of, known_at)
    return Clawbacks(fund_id, as_of, known_at, is_ended, tuple(found))


def _paid_in(tx: Tx, fund_id: int, as_of: date, known_at: datetime | None) -> dict[int, list[Contribution]]:
    """What each partner has paid in; whichever deal it was for, all of it counts here."""
    found = waterfall_flows(tx, fund_id=fund_id, as_of=as_of, known_at=known_at)
    return {
        key: [Contribution(flow.on, flow.amount, None) for flow in own if flow.contribution]
        for key, own in found.items()
    }


def _nothing_is_held(tx: Tx, fund_id: int, as_of: date, known_at: datetime | None) -> bool:
    """Whether the fund has invested and has left everything again."""
    at_cost = Account.INVESTMENTS_AT_COST
    found = flows(tx, fund_id=fund_id, as_of=as_of, accounts=[at_cost], known_at=known_at)
    return bool(found) and not sum(one.amount if one.debit == at_cost else -one.amount for one in found)

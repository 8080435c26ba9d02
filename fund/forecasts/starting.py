"""From where a forecast begins: what the books of a day say that matters to what is to come.

The waterfall goes on from where each partner stands in it, in days and with the carry that was paid; nothing of it is
played anew in quarters. What the fund has beside its holdings, less what it owes, belongs to the partners too.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from fund.capital.by_day import called_ahead, general_partners_own
from fund.capital.forms import whole_fund_waterfalls
from fund.capital.positions import commitments, unfunded
from fund.capital.rules import ItemKind
from fund.charter.rules import Terms
from fund.fees.ahead import fees_ahead
from fund.fees.ahead_rules import FeeAhead
from fund.fees.queries import charges
from fund.forecasts.rules import DueCall, whole_quarter
from fund.holdings.position import Status
from fund.holdings.queries import HoldingSheet, holdings
from fund.ledger.chart import Account
from fund.ledger.queries import total
from fund.partners.queries import PartnerSheet
from fund.results.performance import net_flows
from fund.results.reading import Scope, see
from fund.results.rules import is_payout
from kernel.db import Tx
from kernel.periods import Quarter
from valuation.tiers import Opening

_HELD = (Status.HELD, Status.PARTLY_REALISED)
_IN_HOLDINGS = (Account.INVESTMENTS_AT_COST, Account.UNREALISED_APPRECIATION)
# Carry in escrow is the general partner's, and counts as paid.
_BESIDE = tuple(
    one for one in Account if one < "3000" and one not in (*_IN_HOLDINGS, Account.CARRY_ESCROW_CASH)
)


@dataclass(frozen=True)
class Start:
    """Where a fund stands on a day, minor units. past: all partners' flows by day, without carry; negative = paid in.
    fee: of a whole quarter, at the rates and bases of the last one charged. cost: what bears a fee once commitments do
    not. cash: what the fund has beside its holdings, less what it owes. due: calls that are made and not due yet.
    """

    as_of: date
    held: tuple[HoldingSheet, ...]
    past: tuple[tuple[date, int], ...]
    fee: int
    cost: int
    unfunded: int
    cash: int
    due: tuple[DueCall, ...]


@dataclass(frozen=True)
class CarryStart:
    """The waterfall of all who bear carry, taken together, and their part of all commitments."""

    opening: Opening
    bearing: float


def start(tx: Tx, *, fund_id: int, as_of: date) -> Start:
    """Where the fund stands on a day. Refused: to whoever does not read the whole fund."""
    sheets = see(tx, fund_id=fund_id, partner_id=None)
    held = tuple(one for one in holdings(tx, fund_id=fund_id, as_of=as_of) if one.status in _HELD)
    return Start(
        as_of=as_of,
        held=held,
        past=_past(tx, fund_id, sheets, as_of),
        fee=quarterly_fee(tx, fund_id=fund_id, as_of=as_of),
        cost=sum(one.cost_for_fee for one in held),
        unfunded=sum(unfunded(tx, fund_id=fund_id, as_of=as_of).values()),
        cash=-total(tx, fund_id=fund_id, as_of=as_of, accounts=_BESIDE),
        due=_due(tx, fund_id, as_of),
    )


def _past(
    tx: Tx, fund_id: int, sheets: tuple[PartnerSheet, ...], as_of: date
) -> tuple[tuple[date, int], ...]:
    """What all partners paid in and received by day; of the general partner what came back on its own interest."""
    general = frozenset(one.id for one in sheets if one.is_general)
    # In and out stand apart: what is paid in counts as such though as much came back on the same day.
    past: Counter[tuple[date, bool]] = Counter()
    for whose, is_general in ((frozenset(one.id for one in sheets) - general, False), (general, True)):
        found = net_flows(tx, scope=Scope(fund_id, whose), as_of=as_of) if whose else []
        for flow in found:
            if not (is_general and is_payout(flow)):
                past[flow.on, flow.amount > 0] += flow.amount
    for on, amount in general_partners_own(tx, fund_id=fund_id, as_of=as_of, partner_ids=general):
        past[on, True] += amount
    return tuple((on, amount) for (on, _), amount in sorted(past.items()) if amount)


def quarterly_fee(tx: Tx, *, fund_id: int, as_of: date) -> int:
    """The fee of a whole quarter as last charged; nothing before the first.

    One that began or ended within its quarter was charged for fewer days.
    """
    charged = [one for one in charges(tx, fund_id=fund_id) if one.effective_on <= as_of]
    if not charged:
        return 0
    days: Counter[int] = Counter()
    for line in charged[-1].lines:
        days[line.partner_id] += line.commitment_days + line.invested_days
    of_quarter = max((line.quarter_days for line in charged[-1].lines), default=0)
    return whole_quarter(charged[-1].amount, days=max(days.values(), default=0), of_quarter=of_quarter)


def coming_fees(tx: Tx, *, fund_id: int, as_of: date, quarters: int) -> tuple[FeeAhead, ...]:
    """The fees of the quarters to come by the terms; none where no fee has ever been charged."""
    found = fees_ahead(tx, fund_id=fund_id, as_of=as_of, quarters=quarters)
    if any(one.effective_on <= as_of for one in charges(tx, fund_id=fund_id)):
        return found
    return tuple(replace(one, fixed=Fraction(0), on_cost=Fraction(0)) for one in found)


def _due(tx: Tx, fund_id: int, as_of: date) -> tuple[DueCall, ...]:
    """The calls that are made and not due yet, by the quarter in which they are."""
    parts: Counter[tuple[int, bool]] = Counter()
    for on, kind, amount in called_ahead(tx, fund_id=fund_id, as_of=as_of):
        parts[max(1, _quarters_between(as_of, on)), kind is ItemKind.INVESTMENT] += amount
    return tuple(
        DueCall(quarter, parts[quarter, False], parts[quarter, True])
        for quarter in sorted({number for number, _ in parts})
    )


def _quarters_between(earlier: date, later: date) -> int:
    then, now = Quarter.containing(earlier), Quarter.containing(later)
    return 4 * (now.year - then.year) + now.number - then.number


def carry_start(tx: Tx, *, fund_id: int, charter: Terms, as_of: date) -> CarryStart:
    """Where the waterfall of those who bear carry stands. Refused: as `start`.

    Carry deal by deal counts as if it had been paid over the whole fund.
    """
    sheets = see(tx, fund_id=fund_id, partner_id=None)
    bearers = [sheet.id for sheet in sheets if sheet.bears_carry]
    form = whole_fund_waterfalls(tx, fund_id=fund_id, charter=charter, on=as_of)
    promised = commitments(tx, fund_id=fund_id, as_of=as_of)
    whole = sum(promised.values())
    bearing = sum(promised.get(key, 0) for key in bearers) / whole if whole > 0 else 1.0
    found: Counter[str] = Counter()
    for key in bearers:
        own = form.whole(key).before
        beyond = own.catch_up + own.residual + sum(own.further)
        found["capital"] += own.unreturned
        found["owed"] += own.unreturned + own.preferred_due
        found["preferred"] += own.preferred_paid
        found["caught_up"] += own.catch_up
        found["beyond"] += beyond
        # Whatever the partner has not received of what was divided, the manager has.
        found["carried"] += own.returned + own.preferred_paid + beyond - own.received
    return CarryStart(Opening(**{name: float(max(0, amount)) for name, amount in found.items()}), bearing)

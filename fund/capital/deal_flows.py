"""What each partner has paid in and been paid by deal, and how each deal stands, for the deal-by-deal waterfall.

Money called for a holding by name belongs to that deal. General investment money belongs to the deals by what they
cost beyond the money called for them by name; what is not invested counts like fees and expenses.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

import sqlalchemy as sa

from fund.capital.deal_by_deal import Contribution, History, Paid, Standing
from fund.capital.lines import distributed_lines, paid_lines
from fund.capital.positions import CONTRIBUTED, whole
from fund.capital.rules import ItemKind
from fund.givebacks.queries import returned
from fund.indemnities.queries import given_lines
from fund.ledger.chart import Account
from fund.ledger.queries import balances, flows
from kernel.allocation import allocate
from kernel.db import Tx

# Stands for money that is called for no deal, or not invested yet.
NO_DEAL = 0


@dataclass(frozen=True)
class Cost:
    """What a deal has cost, what of that was sold or written off, and what it is marked below the rest."""

    bought: int = 0
    gone: int = 0
    loss: int = 0

    @property
    def standing(self) -> Standing:
        """How far the deal counts while another is at hand."""
        if self.bought <= 0:
            return Standing()
        realised = min(Fraction(self.gone, self.bought), Fraction(1))
        return Standing(realised, min(Fraction(self.loss, self.bought), 1 - realised))


def histories(tx: Tx, *, fund_id: int, as_of: date, known_at: datetime | None = None) -> dict[int, History]:
    """Each partner's history by deal up to a day."""
    costs = _costs(tx, fund_id, as_of, known_at)
    standings = {deal: cost.standing for deal, cost in costs.items()}
    paid_in = contributions_by_deal(tx, fund_id=fund_id, as_of=as_of, known_at=known_at, costs=costs)
    paid_out = paid(tx, fund_id=fund_id, as_of=as_of, known_at=known_at)
    for key, own in _given_back(tx, fund_id, as_of, known_at).items():
        paid_in.setdefault(key, []).extend(own)
    return {
        key: History(paid_in.get(key, ()), paid_out.get(key, ()), standings)
        for key in sorted({*paid_in, *paid_out})
    }


def _given_back(
    tx: Tx, fund_id: int, as_of: date, known_at: datetime | None
) -> dict[int, list[Contribution]]:
    """What each partner gave back of distributions: like an expense it is paid in for no deal."""
    lines = given_lines(fund_id, as_of, known_at=known_at)
    keys, summed = (lines.c.partner_id, lines.c.due_on), whole(sa.func.sum(lines.c.amount))
    found: dict[int, list[Contribution]] = defaultdict(list)
    for partner_id, on, amount in tx.execute(
        sa.select(*keys, summed).group_by(*keys).having(summed != 0).order_by(*keys)
    ):
        found[partner_id].append(Contribution(on, amount, None))
    return found


def contributions_by_deal(
    tx: Tx, *, fund_id: int, as_of: date, known_at: datetime | None, costs: Mapping[int, Cost]
) -> dict[int, list[Contribution]]:
    """What each partner has paid in, by the day from which it counts and by deal."""
    lines = paid_lines(fund_id, as_of, CONTRIBUTED, known_at=known_at)
    invested = (lines.c.kind == ItemKind.INVESTMENT).label("invested")
    keys = (lines.c.partner_id, lines.c.counts_from, invested, lines.c.holding_id)
    summed = whole(sa.func.sum(lines.c.amount))
    statement = sa.select(*keys, summed).group_by(*keys).having(summed != 0)
    found = tx.execute(statement.order_by(keys[0], keys[1], keys[3])).all()
    named: Counter[int] = Counter()
    for _, _, is_invested, holding_id, amount in found:
        if is_invested and holding_id is not None:
            named[holding_id] += amount
    general = sum(amount for _, _, is_invested, deal, amount in found if is_invested and deal is None)
    parts = _general(costs, named, general)
    by_partner: dict[int, list[Contribution]] = defaultdict(list)
    for partner_id, day, is_invested, holding_id, amount in found:
        spread = {holding_id or NO_DEAL: amount}
        if is_invested and holding_id is None:
            spread = dict(zip(parts, allocate(amount, list(parts.values())), strict=True))
        by_partner[partner_id] += [
            Contribution(day, part, one or None) for one, part in spread.items() if part
        ]
    return dict(by_partner)


def paid(tx: Tx, *, fund_id: int, as_of: date, known_at: datetime | None = None) -> dict[int, list[Paid]]:
    """What was paid on each partner's share: to it, and to the general partner as carry of it; in their order.

    Carry that was given back is paid to the partner and taken from the general partner, out of no deal.
    """
    lines = distributed_lines(fund_id, as_of, known_at=known_at)
    keys = (lines.c.partner_id, lines.c.pay_on, lines.c.distribution_id, lines.c.holding_id)
    sums = [whole(sa.func.sum(column)) for column in (lines.c.gross, lines.c.carry)]
    statement = sa.select(*keys, *sums).group_by(*keys).order_by(*keys[1:3])
    found: dict[int, list[Paid]] = defaultdict(list)
    for partner_id, on, _, holding_id, gross, carry in tx.execute(statement):
        if gross:
            found[partner_id].append(Paid(on, gross - carry, carry, holding_id))
    for partner_id, back in returned(tx, fund_id=fund_id, as_of=as_of, known_at=known_at).items():
        found[partner_id] += [Paid(one.on, one.amount, -one.amount, None) for one in back]
        found[partner_id].sort(key=lambda one: (one.on, one.gp < 0))
    return dict(found)


def _general(costs: Mapping[int, Cost], named: Mapping[int, int], general: int) -> dict[int, int]:
    """The weights by which general investment money belongs to the deals, what is not invested included."""
    needs = {deal: max(0, cost.bought - named.get(deal, 0)) for deal, cost in sorted(costs.items())}
    idle = max(0, general - sum(needs.values()))
    weights = {deal: need for deal, need in needs.items() if need}
    return weights | ({NO_DEAL: idle} if idle or not weights else {})


def _costs(tx: Tx, fund_id: int, as_of: date, known_at: datetime | None) -> dict[int, Cost]:
    acts: Counter[tuple[int, str]] = Counter()
    at_cost = Account.INVESTMENTS_AT_COST
    for entry in flows(tx, fund_id=fund_id, as_of=as_of, accounts=[at_cost], known_at=known_at):
        if entry.holding_id is not None:
            acts[entry.holding_id, entry.act] += entry.amount if entry.debit == at_cost else -entry.amount
    below = {
        one.holding_id: max(0, one.amount)
        for one in balances(
            tx,
            fund_id=fund_id,
            as_of=as_of,
            accounts=[Account.UNREALISED_APPRECIATION],
            known_at=known_at,
            by=("holding",),
        )
    }
    by_deal: dict[int, list[int]] = defaultdict(list)
    for (deal, _), moved in acts.items():
        by_deal[deal].append(moved)
    return {deal: _cost(moves, below.get(deal, 0)) for deal, moves in by_deal.items()}


def _cost(moves: Sequence[int], loss: int) -> Cost:
    bought, gone = sum(max(0, one) for one in moves), -sum(min(0, one) for one in moves)
    return Cost(bought, gone, loss)

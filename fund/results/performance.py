"""Returns and multiples, net and gross, each with the flows and the entries behind it.

Net flows are read from the books: contributions on their due dates, distributions on their payment dates, the net
asset value on the last day. What partners gave back of distributions is paid in on its due date [GIPS: paid-in capital
includes distributions that were recalled]; `interests.py` says what a transfer of an interest means for both sides. A
later close's interest is on no account of capital and therefore in none of them. Gross flows are those of the
holdings. Nothing here is annualised for a reader: `is_full_year` says whether the rate may be printed as an annual one.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from fund.capital.queries import commitments
from fund.ledger.chart import CAPITAL_ACCOUNTS, Account
from fund.ledger.queries import balances
from fund.ledger.together import stood_by_quarter
from fund.partners.queries import PartnerSheet
from fund.results.gross import gross
from fund.results.gross_rules import Gross
from fund.results.interests import moves_of, passed_by
from fund.results.progress_rules import Move, Stage, part_of, stages
from fund.results.reading import Scope, entries, fee_paying, reaches_all, see
from fund.results.rules import (
    Flow,
    Ratios,
    has_full_year,
    is_paid_in,
    is_payout,
    rate,
    ratios,
    with_value,
)
from kernel.db import Tx
from kernel.periods import Quarter
from valuation.irr import Rate

# The accounts on which the investors' money moves, and what a flow on each is called.
FLOWS = {
    Account.CONTRIBUTIONS: "contribution",
    Account.GIVEN_BACK: "giveback",
    Account.DISTRIBUTIONS: "distribution",
}


@dataclass(frozen=True)
class Performance:
    """What the investors in `partner_ids` have: one partner, or for the fund all who pay fees.

    `flows` are what `net_irr` solves, the value last; `passed` is what left with an interest that was sold: with signs
    turned it is part of paid in and distributed and of no rate. `gross` is the fund's, None to who may not read it.
    """

    fund_id: int
    partner_id: int | None
    partner_ids: tuple[int, ...]
    as_of: date
    paid_in: int
    distributed: int
    nav: int
    committed: int
    net_irr: Rate
    tvpi: float | None
    dpi: float | None
    rvpi: float | None
    pic: float | None
    is_full_year: bool
    flows: tuple[Flow, ...]
    passed: tuple[Flow, ...]
    gross: Gross | None

    @property
    def gross_irr(self) -> Rate | None:
        """The fund's return before fees and carry."""
        return self.gross.irr if self.gross else None

    @property
    def moic(self) -> float | None:
        """The fund's multiple of invested capital before fees and carry."""
        return self.gross.moic if self.gross else None


def performance(
    tx: Tx,
    *,
    fund_id: int,
    as_of: date,
    partner_id: int | None = None,
    known_at: datetime | None = None,
) -> Performance:
    """Net and gross returns and multiples of a partner, or of the fund's fee-paying partners together."""
    sheets = scope_of(tx, fund_id=fund_id, partner_id=partner_id)
    scope = Scope.of(fund_id, sheets)
    counted = _standing(moves(tx, scope=scope, as_of=as_of, known_at=known_at))
    value = _value(tx, scope, as_of, known_at)
    flows = with_value(_flows(counted), on=as_of, value=value)
    paid_in, distributed = _paid_in(counted), _distributed(counted)
    promised = commitments(tx, fund_id=fund_id, as_of=as_of, known_at=known_at)
    committed = sum(promised.get(partner_id, 0) for partner_id in scope.partner_ids)
    found: Ratios = ratios(paid_in=paid_in, distributed=distributed, nav=value, committed=committed)
    return Performance(
        fund_id=fund_id,
        partner_id=partner_id,
        partner_ids=tuple(sheet.id for sheet in sheets),
        as_of=as_of,
        paid_in=paid_in,
        distributed=distributed,
        nav=value,
        committed=committed,
        net_irr=rate(flows),
        tvpi=found.tvpi,
        dpi=found.dpi,
        rvpi=found.rvpi,
        pic=found.pic,
        is_full_year=has_full_year(flows, as_of),
        flows=flows,
        passed=tuple(move.flow for move in counted if not move.is_flow),
        gross=gross(tx, fund_id=fund_id, as_of=as_of, known_at=known_at) if reaches_all(tx) else None,
    )


def net_flows(tx: Tx, *, scope: Scope, as_of: date, known_at: datetime | None = None) -> list[Flow]:
    """What these partners paid in (negative) and received, by day, each with its entry.

    A contribution that was undone by `as_of` is left out together with its reversal: no money moved; so is a transfer.
    """
    return flows_that_stand(moves(tx, scope=scope, as_of=as_of, known_at=known_at))


def flows_that_stand(found: Collection[Move]) -> list[Flow]:
    """The flows of these moves that the rate sees and that were not undone, in the order of their days."""
    return _flows(_standing(found))


def moves(tx: Tx, *, scope: Scope, as_of: date, known_at: datetime | None = None) -> list[Move]:
    """The same with what was undone, each contribution with the entry that it takes back or is taken back by."""
    passed = passed_by(tx, scope=scope, as_of=as_of, known_at=known_at)
    return [*own_moves(tx, scope=scope, as_of=as_of, known_at=known_at), *moves_of(passed)]


def own_moves(tx: Tx, *, scope: Scope, as_of: date, known_at: datetime | None = None) -> list[Move]:
    """What these partners paid in and received themselves, without interests that passed."""
    return [
        Move(
            Flow(entry.effective_on, -amount, kind, entry.reference, part_of(entry.reference)),
            (entry.reverses or entry.reversed_by) if kind != "distribution" else None,
        )
        for account, kind in FLOWS.items()
        for entry, amount in entries(tx, scope=scope, accounts=[account], as_of=as_of, known_at=known_at)
    ]


def progression(
    tx: Tx,
    *,
    fund_id: int,
    through: Quarter,
    partner_id: int | None = None,
    known_at: datetime | None = None,
) -> tuple[Stage, ...]:
    """Net return and multiples at the end of every quarter from the first movement on, as `performance` of that day
    would tell them; read in one go.
    """
    scope = Scope.of(fund_id, scope_of(tx, fund_id=fund_id, partner_id=partner_id))
    navs = values_by_quarter(tx, scope=scope, through=through, known_at=known_at)
    return stages(moves(tx, scope=scope, as_of=through.ends_on, known_at=known_at), navs)


def values_by_quarter(
    tx: Tx, *, scope: Scope, through: Quarter, known_at: datetime | None = None
) -> dict[Quarter, int]:
    """The net asset value of these partners at the end of every quarter from the first movement on."""
    return stood_by_quarter(
        tx,
        fund_id=scope.fund_id,
        through=through,
        accounts=CAPITAL_ACCOUNTS,
        partner_ids=scope.partner_ids,
        known_at=known_at,
    )


def scope_of(tx: Tx, *, fund_id: int, partner_id: int | None) -> Collection[PartnerSheet]:
    """One partner, or for the fund those over whom its net returns are told. Refused: see `reading.see`."""
    found = see(tx, fund_id=fund_id, partner_id=partner_id)
    return fee_paying(found) if partner_id is None else found


def _value(tx: Tx, scope: Scope, as_of: date, known_at: datetime | None) -> int:
    """What stands on the accounts of capital of these partners together; one question, however many they are."""
    found = balances(
        tx,
        fund_id=scope.fund_id,
        accounts=CAPITAL_ACCOUNTS,
        as_of=as_of,
        known_at=known_at,
        partner_id=scope.only,
        by=("partner",),
    )
    return sum(one.amount for one in found if one.partner_id in scope.partner_ids)


def _standing(found: Collection[Move]) -> list[Move]:
    """The moves that were not undone; a contribution that was is left out together with what takes it back."""
    known = {move.flow.reference for move in found if is_paid_in(move.flow)}
    return [move for move in found if move.until is None and (move.twin is None or move.twin not in known)]


def _flows(standing: Collection[Move]) -> list[Flow]:
    """Those that the rate sees, in the order of their days."""
    return in_order(move.flow for move in standing if move.is_flow)


def in_order(flows: Iterable[Flow]) -> list[Flow]:
    """By day, and of one day by entry."""
    return sorted(flows, key=lambda flow: (flow.on, flow.reference or ""))


def _paid_in(standing: Collection[Move]) -> int:
    """Contributions less what was given back of them unused, and distributions that the partners gave back; with what
    an interest that passed had paid in before.
    """
    return -sum(move.flow.amount for move in standing if is_paid_in(move.flow))


def _distributed(standing: Collection[Move]) -> int:
    """Distributions, recallable ones included; with what an interest that passed had received before."""
    return sum(move.flow.amount for move in standing if is_payout(move.flow))

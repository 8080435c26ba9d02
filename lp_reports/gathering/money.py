"""The partner's money: capital account, commitment, calls, distributions and curve."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from fund.capital import queries as capital
from fund.capital.sheets import CallSheet, DistributionSheet
from fund.results.accounts import CapitalAccount, capital_account, nav_bridge, nav_curve
from fund.results.commitment import CommitmentAccount, commitment_account
from fund.results.performance import Performance
from fund.results.rules import Row
from kernel.db import Tx
from kernel.periods import Quarter
from lp_reports.facts import (
    CallLine,
    CurvePoint,
    DistributionLine,
    KeyFigures,
    Line,
    Periods,
    Step,
)
from lp_reports.gathering.charter import ratio
from lp_reports.gathering.rates import frozen_rate


def account_lines(tx: Tx, *, partner_id: int, whole: CapitalAccount, known_at: datetime) -> tuple[Line, ...]:
    """The capital account, the partner's beside the fund's; lines that never moved for either are left out."""
    asked: dict[str, Any] = {"fund_id": whole.fund_id, "quarter": whole.quarter, "known_at": known_at}
    return _beside(capital_account(tx, partner_id=partner_id, **asked), whole)


def commitment_lines(
    tx: Tx, *, partner_id: int, whole: CommitmentAccount, known_at: datetime
) -> tuple[Line, ...]:
    """The commitment reconciliation, the partner's beside the fund's."""
    asked: dict[str, Any] = {"fund_id": whole.fund_id, "quarter": whole.quarter, "known_at": known_at}
    return _beside(commitment_account(tx, partner_id=partner_id, **asked), whole)


def _beside(
    yours: CapitalAccount | CommitmentAccount, whole: CapitalAccount | CommitmentAccount
) -> tuple[Line, ...]:
    pairs = list(zip(yours.rows, whole.rows, strict=True))
    ends = (pairs[0], pairs[-1])
    return tuple(
        Line(mine.code, _periods(mine), _periods(all_of))
        for mine, all_of in pairs
        if (mine, all_of) in ends or any((*_figures(mine), *_figures(all_of)))
    )


def _periods(row: Row) -> Periods:
    return Periods(*_figures(row))


def _figures(row: Row) -> tuple[int, int, int]:
    return row.amounts.qtd, row.amounts.ytd, row.amounts.itd


def bridge(
    tx: Tx, *, fund_id: int, partner_id: int, quarter: Quarter, known_at: datetime
) -> tuple[Step, ...]:
    """The quarter's way from opening to closing value."""
    found = nav_bridge(tx, fund_id=fund_id, partner_id=partner_id, quarter=quarter, known_at=known_at)
    return tuple(Step(step.code, step.amount) for step in found)


def curve(
    tx: Tx, *, fund_id: int, partner_id: int, quarter: Quarter, known_at: datetime
) -> tuple[CurvePoint, ...]:
    """The partner's position at every quarter's end; a partner for whom nothing has moved yet stands at zero."""
    found = nav_curve(tx, fund_id=fund_id, partner_id=partner_id, through=quarter, known_at=known_at)
    points = tuple(
        CurvePoint(
            str(point.quarter),
            point.paid_in,
            point.distributed,
            point.nav,
            ratio(point.distributed + point.nav, point.paid_in),
            ratio(point.distributed, point.paid_in),
        )
        for point in found
    )
    return points or (CurvePoint(str(quarter), 0, 0, 0, None, None),)


def key_figures(*, found: Performance, unfunded: int) -> KeyFigures:
    """The partner's position on the last day."""
    return KeyFigures(
        as_of=found.as_of,
        paid_in=found.paid_in,
        distributed=found.distributed,
        nav=found.nav,
        unfunded=unfunded,
        net_irr=frozen_rate(found.net_irr, is_full_year=found.is_full_year),
        tvpi=ratio(found.distributed + found.nav, found.paid_in),
        dpi=ratio(found.distributed, found.paid_in),
        rvpi=ratio(found.nav, found.paid_in),
        pic=ratio(found.paid_in, found.committed),
    )


def issued_calls(tx: Tx, *, fund_id: int, quarter: Quarter, known_at: datetime) -> list[CallSheet]:
    """Every call that stood and was due at the quarter's end, with what had come in by then, oldest first."""
    on = quarter.ends_on
    found: list[CallSheet] = []
    after: str | None = None
    while True:
        page = capital.calls(tx, fund_id=fund_id, after=after, limit=200)
        found += [
            capital.call_sheet(tx, call_id=row.id, as_of=on, known_at=known_at)
            for row in page.items
            if row.due_on <= on and row.counts_on(on, known_at=known_at)
        ]
        if page.next is None:
            break
        after = page.next
    return sorted(found, key=lambda sheet: (sheet.call.due_on, sheet.call.number))


def call_lines(calls: Sequence[CallSheet], *, partner_id: int) -> tuple[CallLine, ...]:
    """The partner's part of each call; interest stands outside and is not in it."""
    return tuple(
        CallLine(
            sheet.call.code,
            sheet.call.due_on,
            line.investment,
            line.fee,
            line.expense,
            line.received,
            line.received_on if line.outstanding <= 0 else None,
        )
        for sheet in calls
        for line in sheet.lines
        if line.partner_id == partner_id
    )


def paid_distributions(
    tx: Tx, *, fund_id: int, quarter: Quarter, known_at: datetime
) -> list[DistributionSheet]:
    """Every distribution that was paid by the quarter's end, oldest first."""
    found: list[DistributionSheet] = []
    after: str | None = None
    while True:
        page = capital.distributions(tx, fund_id=fund_id, after=after, limit=200)
        found += [
            capital.distribution_sheet(tx, distribution_id=row.id)
            for row in page.items
            if row.counts_on(quarter.ends_on, known_at=known_at)
        ]
        if page.next is None:
            break
        after = page.next
    return sorted(found, key=lambda sheet: (sheet.distribution.pay_on, sheet.distribution.code))


def distribution_lines(
    distributions: Sequence[DistributionSheet], *, partner_id: int
) -> tuple[DistributionLine, ...]:
    """The partner's part of each distribution."""
    return tuple(
        DistributionLine(row.code, row.pay_on, line.net, line.net if row.recallable else 0)
        for sheet in distributions
        for row in (sheet.distribution,)
        for line in sheet.lines
        if line.partner_id == partner_id
    )

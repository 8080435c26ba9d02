"""Fees, expenses and offsets: how the quarter's fee came about, what was charged, and what of the offsets is left."""

from collections.abc import Iterable
from datetime import date, datetime

from fund.fees.queries import charges
from fund.fees.recoverable import organisation_cap, owed_by_row
from fund.fees.unapplied import Offsets, offsets
from fund.ledger.chart import EXPENSE_ACCOUNTS, FEE_ACCOUNTS, expense_account
from fund.ledger.queries import balances
from fund.results.rules import Period, since
from kernel.db import Tx
from kernel.periods import Quarter
from lp_reports.facts import Capped, Fees, FeeWorking, Line, Owed, Periods
from lp_reports.gathering.charter import decimal

ACCOUNTS = tuple(account.value for account in (*FEE_ACCOUNTS, *EXPENSE_ACCOUNTS))
ROLLED = ("opening", "added", "applied", "closing")


def fees(tx: Tx, *, fund_id: int, partner_id: int, quarter: Quarter, known_at: datetime) -> Fees:
    """The partner's fees beside the fund's; categories in which nothing was ever booked are left out."""
    yours = _booked(tx, fund_id, partner_id, quarter, known_at)
    whole = _booked(tx, fund_id, None, quarter, known_at)
    lines = [
        Line(code, yours.get(code, _NONE), whole[code])
        for code in ACCOUNTS
        if code in whole and whole[code] != _NONE
    ]
    known = offsets(tx, fund_id=fund_id, known_at=known_at)
    return Fees(
        _workings(tx, fund_id, partner_id, quarter),
        tuple(line for line in lines if line.code in set(FEE_ACCOUNTS)),
        tuple(line for line in lines if line.code not in set(FEE_ACCOUNTS)),
        _rolled(known, partner_id, quarter),
        _capped(tx, fund_id, quarter, known_at),
        _owed(tx, fund_id, quarter, known_at),
    )


_NONE = Periods(0, 0, 0)


def _booked(
    tx: Tx, fund_id: int, partner_id: int | None, quarter: Quarter, known_at: datetime
) -> dict[str, Periods]:
    """What each account moved by over the three periods, costs below zero."""
    moved = {
        period: {
            str(row.account): row.amount
            for row in balances(
                tx,
                fund_id=fund_id,
                accounts=ACCOUNTS,
                as_of=quarter.ends_on,
                since=since(period, quarter),
                known_at=known_at,
                partner_id=partner_id,
                by=("account",),
            )
        }
        for period in Period
    }
    codes = {code for amounts in moved.values() for code in amounts}
    return {
        code: Periods(**{period.value: amounts.get(code, 0) for period, amounts in moved.items()})
        for code in codes
    }


def _workings(tx: Tx, fund_id: int, partner_id: int, quarter: Quarter) -> tuple[FeeWorking, ...]:
    return tuple(
        FeeWorking(
            rate=decimal(line.rate),
            quarter_days=line.quarter_days,
            commitment=line.commitment,
            commitment_days=line.commitment_days,
            invested=line.invested,
            invested_days=line.invested_days,
            amount=line.amount,
        )
        for charged in charges(tx, fund_id=fund_id, partner_id=partner_id)
        if charged.quarter == str(quarter)
        for line in charged.lines
    )


def _capped(tx: Tx, fund_id: int, quarter: Quarter, known_at: datetime) -> Capped | None:
    """The cap on organisation costs as the quarter ended; nothing where the terms set none."""
    last = quarter.ends_on
    found = organisation_cap(tx, fund_id=fund_id, as_of=last, through=last, known_at=known_at)
    return None if found.cap is None else Capped(found.cap, found.used, found.left or 0)


def _owed(tx: Tx, fund_id: int, quarter: Quarter, known_at: datetime) -> tuple[Owed, ...]:
    """What the manager and co-investors owe, each as one figure: nobody is named in a partner's document."""
    found = owed_by_row(tx, fund_id=fund_id, as_of=quarter.ends_on, known_at=known_at)
    return tuple(
        Owed(str(expense_account(one.row)), one.charged, one.settled, one.charged - one.settled)
        for one in found
    )


def _rolled(known: Offsets, partner_id: int, quarter: Quarter) -> tuple[Line, ...]:
    """The roll-forward of offsets; nothing where there never were any."""
    periods = {period.value: (since(period, quarter), quarter.ends_on) for period in Period}
    lines = tuple(
        Line(code, _over(known, partner_id, code, periods), _over(known, None, code, periods))
        for code in ROLLED
    )
    return lines if any(line.fund != _NONE for line in lines) else ()


def _over(
    known: Offsets, key: int | None, code: str, periods: dict[str, tuple[date | None, date]]
) -> Periods:
    return Periods(
        **{
            name: getattr(known.over(key, since=first, as_of=last), code)
            for name, (first, last) in periods.items()
        }
    )


def total(lines: Iterable[Line]) -> Line:
    """The sum of lines, the partner's and the fund's."""
    yours, whole = ([getattr(line, side) for line in lines] for side in ("yours", "fund"))
    return Line("total", _sum(yours), _sum(whole))


def _sum(found: Iterable[Periods]) -> Periods:
    kept = list(found)
    return Periods(*(sum(getattr(one, name) for one in kept) for name in ("qtd", "ytd", "itd")))

"""Capital accounts, net asset values, the bridge between two of them and the curve of all."""

from dataclasses import dataclass
from datetime import date, datetime

from fund.ledger.chart import CAPITAL_ACCOUNTS
from fund.ledger.queries import EntrySheet, balances, total
from fund.results.interests import by_quarter, passed_by
from fund.results.reading import Scope, entries, fee_paying, moved, moved_together, see, together
from fund.results.rules import (
    CLOSING,
    NO_HOLDING,
    OPENING,
    ROWS,
    FigureUnknown,
    Moved,
    Period,
    Periods,
    Point,
    Row,
    Step,
    account_rows,
    bridge,
    curve,
    details,
    since,
)
from kernel.db import Tx
from kernel.periods import Quarter

NET_VALUE = "net_value"


@dataclass(frozen=True)
class CapitalAccount:
    """One partner's capital account, or with no partner the whole fund's, at the end of a quarter.

    `rows` run from opening to closing and add up in each column; `details` are the accounts they are made of.
    """

    fund_id: int
    partner_id: int | None
    quarter: Quarter
    known_at: datetime | None
    rows: tuple[Row, ...]
    details: tuple[Row, ...]

    def row(self, code: str) -> Periods:
        """One row by its code; "carry" is accrued and earned together."""
        found = {row.code: row.amounts for row in self.rows}
        if code == "carry":
            return found["carry_accrued"] + found["carry_earned"]
        if code not in found:
            raise FigureUnknown(figure=code, known=", ".join([*found, "carry"]))
        return found[code]

    @property
    def opening(self) -> int:
        """The value with which the quarter opened."""
        return self.row(OPENING).qtd

    @property
    def closing(self) -> int:
        """The value with which the quarter closed."""
        return self.row(CLOSING).qtd


@dataclass(frozen=True)
class Explanation:
    """A figure and the entries it is read from, each with what it adds to it; of one holding where one was named."""

    figure: str
    partner_id: int | None
    holding_id: int | None
    accounts: tuple[str, ...]
    since: date | None
    as_of: date
    amount: int
    entries: tuple[tuple[EntrySheet, int], ...]


def capital_account(
    tx: Tx,
    *,
    fund_id: int,
    partner_id: int | None = None,
    quarter: Quarter,
    until: date | None = None,
    known_at: datetime | None = None,
) -> CapitalAccount:
    """The capital account of a partner, or of the whole fund, at the end of `quarter` or of an earlier day, `until`."""
    scope = Scope.of(fund_id, see(tx, fund_id=fund_id, partner_id=partner_id))
    found = moved_together(tx, scope=scope, through=quarter, until=until, known_at=known_at)
    return _account(fund_id, partner_id, quarter, known_at, found)


def capital_accounts(
    tx: Tx, *, fund_id: int, quarter: Quarter, known_at: datetime | None = None
) -> dict[int | None, CapitalAccount]:
    """Every partner's capital account by partner id, and the whole fund's under None; read in one go."""
    sheets = see(tx, fund_id=fund_id, partner_id=None)
    found = moved(tx, fund_id=fund_id, through=quarter, known_at=known_at)
    accounts: dict[int | None, CapitalAccount] = {
        sheet.id: _account(fund_id, sheet.id, quarter, known_at, found.get(sheet.id, {})) for sheet in sheets
    }
    return {**accounts, None: _account(fund_id, None, quarter, known_at, together(found))}


def nav(
    tx: Tx,
    *,
    fund_id: int,
    as_of: date,
    partner_id: int | None = None,
    known_at: datetime | None = None,
) -> int:
    """The net asset value of a partner's interest, or of the whole fund, at the end of `as_of`."""
    see(tx, fund_id=fund_id, partner_id=partner_id)
    return total(
        tx,
        fund_id=fund_id,
        accounts=CAPITAL_ACCOUNTS,
        as_of=as_of,
        partner_id=partner_id,
        known_at=known_at,
    )


def navs(tx: Tx, *, fund_id: int, as_of: date, known_at: datetime | None = None) -> dict[int, int]:
    """Every partner's net asset value at the end of `as_of`, by partner id, zeros included."""
    sheets = see(tx, fund_id=fund_id, partner_id=None)
    found = balances(
        tx,
        fund_id=fund_id,
        accounts=CAPITAL_ACCOUNTS,
        as_of=as_of,
        known_at=known_at,
        by=("partner",),
    )
    amounts = {balance.partner_id: balance.amount for balance in found}
    return {sheet.id: amounts.get(sheet.id, 0) for sheet in sheets}


def nav_bridge(
    tx: Tx,
    *,
    fund_id: int,
    partner_id: int | None = None,
    quarter: Quarter,
    period: Period = Period.QTD,
    until: date | None = None,
    known_at: datetime | None = None,
) -> tuple[Step, ...]:
    """How the value moved from opening to closing over the quarter (or the year, or since inception)."""
    account = capital_account(
        tx, fund_id=fund_id, partner_id=partner_id, quarter=quarter, until=until, known_at=known_at
    )
    return bridge(account.rows, period)


def nav_curve(
    tx: Tx,
    *,
    fund_id: int,
    partner_id: int | None = None,
    through: Quarter,
    until: date | None = None,
    known_at: datetime | None = None,
) -> tuple[Point, ...]:
    """Paid in, distributed, value and multiples at the end of every quarter from the first on; of the last one on the
    day `until`, where that comes before its end.
    """
    sheets = see(tx, fund_id=fund_id, partner_id=partner_id)
    scope = Scope.of(fund_id, sheets)
    last = min(through.ends_on, until or through.ends_on)
    found = moved_together(tx, scope=scope, through=through, until=last, known_at=known_at)
    passed = passed_by(tx, scope=scope, as_of=last, known_at=known_at)
    return curve(found, through, by_quarter(passed))


def explain(
    tx: Tx,
    *,
    fund_id: int,
    figure: str,
    quarter: Quarter,
    period: Period = Period.QTD,
    partner_id: int | None = None,
    holding_id: int | None = None,
    until: date | None = None,
    known_at: datetime | None = None,
) -> Explanation:
    """From which entries? `figure` is a row of the capital account, or "carry", "opening", "closing"; or "net_value",
    which for the fund is the closing value of the partners over whom its net returns are told.

    `until` ends it on a day before the quarter's last. With `holding_id` the part of it that names that holding;
    NO_HOLDING is what names none.
    """
    sheets = see(tx, fund_id=fund_id, partner_id=partner_id)
    accounts = _accounts(figure)
    first, last = since(period, quarter), quarter.ends_on
    if figure == NET_VALUE and partner_id is None:
        sheets = fee_paying(sheets)
    if figure in {CLOSING, NET_VALUE}:
        first = None
    elif figure == OPENING:
        first, last = None, date.fromordinal((first or date(1, 1, 2)).toordinal() - 1)
    last = min(last, until or last)
    scope = Scope.of(fund_id, sheets)
    found = [
        (entry, part)
        for entry, part in entries(
            tx, scope=scope, accounts=accounts, since=first, as_of=last, known_at=known_at
        )
        if holding_id is None or (entry.holding_id or NO_HOLDING) == holding_id
    ]
    amount = sum(part for _, part in found)
    return Explanation(figure, partner_id, holding_id, accounts, first, last, amount, tuple(found))


def _accounts(figure: str) -> tuple[str, ...]:
    known = {
        **ROWS,
        "carry": (*ROWS["carry_accrued"], *ROWS["carry_earned"]),
        OPENING: CAPITAL_ACCOUNTS,
        CLOSING: CAPITAL_ACCOUNTS,
        NET_VALUE: CAPITAL_ACCOUNTS,
    }
    if figure not in known:
        raise FigureUnknown(figure=figure, known=", ".join(known))
    return tuple(account.value for account in known[figure])


def _account(
    fund_id: int, partner_id: int | None, quarter: Quarter, known_at: datetime | None, found: Moved
) -> CapitalAccount:
    rows = account_rows(found, quarter)
    return CapitalAccount(fund_id, partner_id, quarter, known_at, rows, details(found, quarter))

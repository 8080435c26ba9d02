"""Carried interest as it stands in the books: from what was accrued at the opening to what is at the closing."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from fund.ledger.chart import Account
from fund.ledger.queries import flows
from fund.partners.queries import general_partner
from fund.results.reading import see
from fund.results.rules import Period, Periods, Row, since
from kernel.db import Tx
from kernel.periods import Quarter

_NAMES = {
    Account.CARRY_ACCRUED: "accrued",
    Account.CARRY_EARNED: "paid",
    Account.CARRY_ESCROWED: "escrowed",
    Account.CARRY_RETURNED: "returned",
}
# What moves beside the roll-forward of what is accrued.
_BESIDE = {"paid", "escrowed", "returned"}


@dataclass(frozen=True)
class CarryAccount:
    """The roll-forward of carry that a partner bears (of the general partner: that it is to get), amounts from nil up.

    `rows`: opening, accrued (less where a mark-down took it back), released (what was paid out of it), closing.
    `paid` is all the carry that was paid, whether it had been accrued before or not; `escrowed` what went into escrow,
    less what came out of it; `returned` what is to be given back after tests of the clawback.
    """

    rows: tuple[Row, ...]
    paid: Periods
    escrowed: Periods
    returned: Periods


def carry_account(
    tx: Tx, *, fund_id: int, partner_id: int, quarter: Quarter, known_at: datetime | None = None
) -> CarryAccount:
    """A partner's carry over the quarter, the year and since inception; the general partner's is the whole fund's."""
    see(tx, fund_id=fund_id, partner_id=partner_id)
    sign = 1 if general_partner(tx, fund_id=fund_id).id == partner_id else -1
    moved: list[tuple[date, str, int]] = []
    for account, name in _NAMES.items():
        for entry in flows(
            tx,
            fund_id=fund_id,
            as_of=quarter.ends_on,
            accounts=[account],
            partner_id=partner_id,
            known_at=known_at,
        ):
            own = (entry.credit_partner_id == partner_id) - (entry.debit_partner_id == partner_id)
            is_released = account is Account.CARRY_ACCRUED and entry.act.startswith("distribution:")
            amount = sign * own * entry.amount
            amount = -amount if name == "returned" else amount
            moved.append((entry.effective_on, "released" if is_released else name, amount))
    columns = {period: _column(moved, since(period, quarter)) for period in Period}
    rows = tuple(_row(code, columns) for code in ("opening", "accrued", "released", "closing"))
    beside = (_row(code, columns).amounts for code in ("paid", "escrowed", "returned"))
    return CarryAccount(rows, *beside)


def _column(moved: list[tuple[date, str, int]], first: date | None) -> Counter[str]:
    found: Counter[str] = Counter()
    for on, name, amount in moved:
        is_before = first is not None and on < first
        if name not in _BESIDE:
            found["closing"] += amount
        if is_before and name in _BESIDE:
            continue
        found["opening" if is_before else name] += amount
    return found


def _row(code: str, columns: dict[Period, Counter[str]]) -> Row:
    amounts = (columns[period][code] for period in (Period.QTD, Period.YTD, Period.ITD))
    return Row(code, Periods(*amounts))

"""The bank against account 1000 on a day: both balances, and every line and payment that makes the difference."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from fund.bank.queries import lines_until, matches
from fund.bank.sheets import LineSheet
from fund.ledger.balances import total
from fund.ledger.cash_items import CashItem, cash_items
from fund.ledger.chart import Account
from kernel.db import Tx


class DifferenceKind(StrEnum):
    """Why bank and books differ by an amount."""

    OPENING = "before_the_first_statement"
    GAP = "lines_missing_from_the_statements"
    UNMATCHED = "line_not_in_the_books"
    ASIDE = "line_set_aside"
    NOT_AT_BANK = "payment_not_at_the_bank"
    LATER = "payment_booked_on_another_day"


@dataclass(frozen=True)
class Difference:
    """One part of bank less books: what it is about, since when, and the line or payment that it stands for."""

    kind: DifferenceKind
    on: date
    amount: int
    about: str
    line_id: int | None = None
    item: str | None = None


@dataclass(frozen=True)
class Reconciliation:
    """Bank and books at the end of `as_of`; the differences sum to bank less books, always.

    `is_stated` says that the bank's balance is printed on a statement; without one it is worked out from the lines.
    `bank` is None before the first line.
    """

    as_of: date
    first_on: date | None
    bank: int | None
    is_stated: bool
    books: int
    differences: tuple[Difference, ...]

    @property
    def difference(self) -> int:
        """Bank less books; nothing while there is no statement."""
        return 0 if self.bank is None else self.bank - self.books


def reconcile(tx: Tx, *, fund_id: int, as_of: date) -> Reconciliation:
    """Hold the statements against the books at the end of a day, as matched now."""
    books = -total(tx, fund_id=fund_id, as_of=as_of, accounts=[Account.CASH])
    lines = lines_until(tx, fund_id=fund_id, as_of=as_of)
    if not lines:
        return Reconciliation(as_of, None, None, False, books, ())
    first = lines[0].booked_on
    before = -total(tx, fund_id=fund_id, as_of=first - timedelta(days=1), accounts=[Account.CASH])
    opening, stated = _stated(lines)
    opening = before if opening is None else opening
    worked_out = opening + sum(line.amount for line in lines)
    bank = worked_out if stated is None else stated
    found = [
        Difference(DifferenceKind.OPENING, first, opening - before, ""),
        Difference(DifferenceKind.GAP, as_of, bank - worked_out, ""),
        *_of_lines(lines),
        *_of_items(tx, fund_id, lines, since=first, as_of=as_of),
    ]
    return Reconciliation(
        as_of, first, bank, stated is not None, books, tuple(one for one in found if one.amount)
    )


def _stated(lines: Sequence[LineSheet]) -> tuple[int | None, int | None]:
    """What the bank says stood before the first line of each account and stands after the last, in sum.

    None where an account's statements print no balance there.
    """
    accounts: dict[str, list[LineSheet]] = {}
    for line in lines:
        accounts.setdefault(line.account, []).append(line)
    firsts = [_ends(own, own[0].booked_on)[0] for own in accounts.values()]
    lasts = [_ends(own, own[-1].booked_on)[1] for own in accounts.values()]
    return (
        None if None in firsts else sum(one or 0 for one in firsts),
        None if None in lasts else sum(one or 0 for one in lasts),
    )


def _ends(lines: Sequence[LineSheet], on: date) -> tuple[int | None, int | None]:
    """The balances before the first and after the last line of an account's day.

    Lines of one day may come from several files, not in the bank's order: the day begins with the balance that no
    line of it leaves behind, and ends with the one that none begins with. Where that is not one balance, the order
    of the files decides.
    """
    day = [one for one in lines if one.booked_on == on]
    first, last = day[0], day[-1]
    begins = Counter(one.balance - one.amount for one in day if one.balance is not None)
    ends = Counter(one.balance for one in day if one.balance is not None)
    opening, closing = list((begins - ends).elements()), list((ends - begins).elements())
    if len(opening) == len(closing) == 1 and sum(ends.values()) == len(day):
        return opening[0], closing[0]
    return None if first.balance is None else first.balance - first.amount, last.balance


def _of_lines(lines: Sequence[LineSheet]) -> list[Difference]:
    found = []
    for line in lines:
        about = " · ".join(part for part in (line.name, line.memo) if part)
        found.append(Difference(DifferenceKind.UNMATCHED, line.booked_on, line.open, about, line.id))
        aside = sum(one.amount for one in line.matches if one.stands and one.item is None)
        found.append(Difference(DifferenceKind.ASIDE, line.booked_on, aside, about, line.id))
    return found


def _of_items(
    tx: Tx, fund_id: int, lines: Sequence[LineSheet], *, since: date, as_of: date
) -> list[Difference]:
    """What of each payment had not reached the bank by the day, or had before it was booked."""
    shown: dict[str, int] = {}
    for line in lines:
        for one in line.matches:
            if one.stands and one.item is not None:
                shown[one.item] = shown.get(one.item, 0) + one.amount
    booked = {one.key: one for one in cash_items(tx, fund_id=fund_id, since=since, as_of=as_of)}
    elsewhere = {one.key: one for one in cash_items(tx, fund_id=fund_id, keys=shown)} if shown else {}
    matched = {one.item for one in matches(tx, fund_id=fund_id) if one.stands}
    found = []
    for key in dict.fromkeys([*booked, *shown]):
        item: CashItem | None = booked.get(key) or elsewhere.get(key)
        amount = shown.get(key, 0) - (booked[key].amount if key in booked else 0)
        kind = DifferenceKind.LATER if key in matched else DifferenceKind.NOT_AT_BANK
        assert item is not None
        found.append(Difference(kind, item.on, amount, item.memo, item=key))
    return sorted(found, key=lambda one: (one.on, one.item or ""))

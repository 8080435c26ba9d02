"""Bank and books on a day as a workbook: the difference is a live formula, and so is the sum that explains it."""

from datetime import date

from app.lists.live import Rows
from app.lists.tables import Named, Reader
from fund.bank.queries import lines_until
from fund.bank.reconciliation import Reconciliation, reconcile
from kernel.sheets.writing import Look, Sheet

MONEY, DAY = Look.MONEY, Look.DAY


def _n(says: str) -> str:
    return says


def reconciliation_book(reader: Reader, *, fund_id: int, on: date) -> bytes:
    """The reconciliation, and every line up to the day with what it was found to be."""
    found = reconcile(reader.tx, fund_id=fund_id, as_of=on)
    return reader.book(_difference(reader, found), _lines(reader, fund_id, on))


def _difference(reader: Reader, found: Reconciliation) -> Sheet:
    heads: list[Named] = [_n("What"), _n("About"), (_n("Amount"), MONEY)]
    rows = Rows(labels=2)
    bank = rows.put((reader.say(_n("Balance at the bank")), None), (found.bank or 0,))
    books = rows.put((reader.say(_n("Balance in the books")), None), (found.books,))
    rows.add_up((reader.say(_n("Bank less books")), None), [bank], less=[books])
    placed = [
        rows.put(
            (reader.label(one.kind, "DifferenceKind"), f"{one.on.isoformat()} {one.about}"), (one.amount,)
        )
        for one in found.differences
    ]
    rows.add_up((reader.say(_n("Explained")), None), placed)
    return reader.sheet(_n("Reconciliation"), heads, rows.written, found.as_of.isoformat(), is_list=False)


def _lines(reader: Reader, fund_id: int, on: date) -> Sheet:
    heads: list[Named] = [
        *((_n("Day"), DAY), _n("Counterparty"), _n("Memo"), _n("Bank reference"), (_n("Amount"), MONEY)),
        *((_n("Balance"), MONEY), (_n("Open"), MONEY), _n("State")),
    ]
    rows = (
        (
            *(one.booked_on, one.name, one.memo, one.reference, one.amount, one.balance, one.open),
            reader.label(one.state, "LineState"),
        )
        for one in lines_until(reader.tx, fund_id=fund_id, as_of=on)
    )
    return reader.sheet(_n("Bank lines"), heads, rows, on.isoformat())

"""Income earned as a workbook, in the columns in which it is brought in."""

from collections.abc import Iterator, Mapping

from app.lists.tables import Reader
from fund.holdings.queries import holding_labels
from fund.income.imports import CAME_IN, EARNED
from fund.income.queries import EarnedSheet, earned
from fund.income.rules import EarnedKind, IncomeWay
from kernel.sheets.writing import Head, Look, Sheet, Value

LOOKS: Mapping[str, Look] = {"earned_on": Look.DAY, "amount": Look.MONEY, "undone_on": Look.DAY}
PARTS: Mapping[str, Look] = {"settled_on": Look.DAY, "amount": Look.MONEY}
# As the sheets are read again.
KINDS = {
    EarnedKind.DIVIDEND: ("股利", "dividend"),
    EarnedKind.INTEREST: ("利息", "interest"),
    EarnedKind.OTHER: ("其他", "other"),
}
WAYS = {IncomeWay.RECEIVED: ("收到", "received"), IncomeWay.RELEASED: ("冲回", "released")}


def _n(says: str) -> str:
    return says


def income_book(reader: Reader) -> bytes:
    """All income booked as earned, the oldest first, with what is still to come of it; on a second sheet the receipts
    and releases that stand. Brought in again it books nothing twice.
    """
    found = earned(reader.tx, fund_id=reader.fund_id)
    codes = {key: code for key, (code, _) in holding_labels(reader.tx, fund_id=reader.fund_id).items()}
    heads = [
        *reader.columns_of(EARNED, LOOKS),
        Head(reader.say(_n("Still to come")), Look.MONEY),
        Head(reader.say(_n("Recorded at")), Look.INSTANT),
    ]
    rows = [_row(reader, one, codes) for one in found]
    sheets = [Sheet(reader.say(_n("Income earned")), tuple(heads), rows, reader.caption())]
    parts = [row for one in found for row in _parts(reader, one)]
    if parts:
        name = reader.say(_n("Receipts of income earned"))
        sheets.append(Sheet(name, reader.columns_of(CAME_IN, PARTS), parts, reader.caption()))
    return reader.book(*sheets)


def _row(reader: Reader, one: EarnedSheet, codes: Mapping[int, str]) -> tuple[Value, ...]:
    holding = codes[one.holding_id] if one.holding_id else None
    return (
        *(one.reference, reader.name(*KINDS[one.kind]), one.earned_on, one.amount, one.payer, holding),
        *(one.memo, one.undone_on, one.open or None, one.recorded_at),
    )


def _parts(reader: Reader, sheet: EarnedSheet) -> Iterator[tuple[Value, ...]]:
    for one in sheet.settled:
        if one.undone_on is None:
            way = reader.name(*WAYS[IncomeWay(one.way)])
            yield sheet.reference, one.settled_on, way, one.amount, one.reason

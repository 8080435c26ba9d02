"""The financial statements as a workbook whose totals are live formulas over the lines above them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from app.lists.live import Rows
from app.lists.tables import Named, Reader
from app.pages.statement_words import CASH_WORDS, COLUMN_WORDS, STANDING_WORDS
from fund.holdings.queries import holding_labels
from fund.ledger.chart import is_account
from fund.ledger.queries import chart
from fund.partners.queries import partners
from fund.results.queries import Statements, shares, statements
from fund.results.statement_rules import Line, Standing
from kernel.sheets.writing import Look, Sheet

MONEY = Look.MONEY


def _n(says: str) -> str:
    return says


def statement_book(
    reader: Reader, *, fund_id: int, since: date, as_of: date, known_at: datetime | None
) -> bytes:
    """The five statements of a period, one sheet each."""
    found = statements(reader.tx, fund_id=fund_id, since=since, as_of=as_of, known_at=known_at)
    names = {one.code: reader.name(one.name_zh, one.name_en) for one in chart(reader.tx, fund_id=fund_id)}
    names |= {code: reader.say(says) for code, says in {**CASH_WORDS, **STANDING_WORDS}.items()}
    period = f"{since.isoformat()} – {as_of.isoformat()}"
    return reader.book(
        _net_assets(reader, found, names, period),
        _operations(reader, found, names, period),
        _capital(reader, found, fund_id, period),
        _cash(reader, found, names, period),
        _held(reader, found, fund_id, as_of.isoformat()),
    )


def _sheet(reader: Reader, title: str, heads: Sequence[Named], rows: Rows, period: str) -> Sheet:
    return reader.sheet(title, heads, rows.written, period, is_list=False)


def _net_assets(reader: Reader, found: Statements, names: dict[str, str], period: str) -> Sheet:
    heads: list[Named] = [
        *(_n("Account"), _n("Name"), (_n("Before the period"), MONEY), (_n("At its end"), MONEY))
    ]
    rows = Rows(labels=2)

    def block(lines: Iterable[Standing], says: str) -> int:
        placed = [
            rows.put(
                (one.code if is_account(one.code) else None, names[one.code]), (one.opening, one.closing)
            )
            for one in lines
        ]
        return rows.add_up((None, reader.say(says)), placed, columns=2)

    assets = block(found.assets, _n("Total assets"))
    liabilities = block(found.liabilities, _n("Total liabilities"))
    rows.add_up((None, reader.say(_n("Net assets"))), [assets], less=[liabilities], columns=2)
    rows.put((None, reader.say(_n("Partners' capital"))), (found.equity.opening, found.equity.closing))
    return _sheet(reader, _n("Assets and liabilities"), heads, rows, period)


def _lines(rows: Rows, lines: Iterable[Line], names: dict[str, str]) -> list[int]:
    return [rows.put((names[one.code],), (one.amount,)) for one in lines]


def _operations(reader: Reader, found: Statements, names: dict[str, str], period: str) -> Sheet:
    rows = Rows(labels=1)
    placed = _lines(rows, (*found.income, *found.expenses), names)
    net = rows.add_up((reader.say(_n("Net income before gains")),), placed)
    gains = _lines(rows, found.gains, names)
    rows.add_up((reader.say(_n("Net increase in net assets from operations")),), [net, *gains])
    return _sheet(reader, _n("Operations"), [_n("Line"), (_n("Amount"), MONEY)], rows, period)


def _capital(reader: Reader, found: Statements, fund_id: int, period: str) -> Sheet:
    """Every partner's closing is a formula over its row, the total a formula over the partners."""
    names = {
        one.id: f"{one.code} {reader.name(one.name_zh, one.name_en)}"
        for one in partners(reader.tx, fund_id=fund_id)
    }
    heads: list[Named] = [_n("Partner"), *((says, MONEY) for says in COLUMN_WORDS.values())]
    rows = Rows(labels=1)
    placed = []
    for key, row in found.capital.items():
        amounts = [getattr(row, code) for code in COLUMN_WORDS]
        placed.append(rows.put_across((names[key],), amounts))
    rows.add_up((reader.say(_n("Total")),), placed, columns=len(COLUMN_WORDS))
    return _sheet(reader, _n("Changes in partners' capital"), heads, rows, period)


def _cash(reader: Reader, found: Statements, names: dict[str, str], period: str) -> Sheet:
    rows = Rows(labels=1)
    placed = _lines(rows, (*found.operating, *found.financing), names)
    moved = rows.add_up((reader.say(_n("Change in cash")),), placed)
    before = rows.put((reader.say(_n("Cash before the period")),), (found.cash.opening,))
    rows.add_up((reader.say(_n("Cash at its end")),), [moved, before])
    return _sheet(reader, _n("Cash flows"), [_n("Line"), (_n("Amount"), MONEY)], rows, period)


def _held(reader: Reader, found: Statements, fund_id: int, on: str) -> Sheet:
    labels, parts = holding_labels(reader.tx, fund_id=fund_id), shares(found)
    heads: list[Named] = [
        *(_n("Holding"), _n("Company"), (_n("Cost"), MONEY), (_n("Fair value"), MONEY)),
        (_n("Of net assets"), Look.SHARE),
    ]
    rows = Rows(labels=2)
    placed = [
        rows.put(labels[one.holding_id], (one.cost, one.value), parts[one.holding_id]) for one in found.held
    ]
    rows.add_up((None, reader.say(_n("Total"))), placed, None, columns=2)
    return _sheet(reader, _n("Schedule of investments"), heads, rows, on)

"""Revenue of companies as a workbook, in the columns in which it is brought in."""

from app.lists.tables import Reader
from fund.parties.queries import parties
from fund.revenues.imports import REVENUES
from fund.revenues.queries import revenues
from kernel.sheets.writing import Look, Sheet, Value

LOOKS = {"total": Look.MONEY, "amount": Look.MONEY, "year": Look.WHOLE}


def _n(says: str) -> str:
    return says


def revenue_book(reader: Reader) -> bytes:
    """Every year on record: a row for each customer, and one without a customer where none is named."""
    found = revenues(reader.tx)
    named = {key for one in found for key in (one.company_id, *one.customers)}
    who = {key: sheet.name_zh for key, sheet in parties(reader.tx, party_ids=named).items()}
    rows: list[tuple[Value, ...]] = []
    for one in found:
        whole = (who[one.company_id], one.year, one.total)
        rows += [(*whole, who[key], amount, one.source) for key, amount in sorted(one.customers.items())]
        if not one.customers:
            rows.append((*whole, None, None, one.source))
    title = reader.say(_n("Revenue by customer"))
    return reader.book(Sheet(title, tuple(reader.columns_of(REVENUES, LOOKS)), rows, reader.caption()))

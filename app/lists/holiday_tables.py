"""The notices of holidays as a workbook, in the columns in which they are brought in."""

from app.lists.tables import Reader
from fund.workdays.imports import HOLIDAYS
from fund.workdays.queries import notices
from kernel.sheets.writing import Look, Sheet


def _n(says: str) -> str:
    return says


def holiday_book(reader: Reader) -> bytes:
    """A row for each day of the notices that were entered."""
    rows = [
        (day.on, None, day.kind.value, one.document, day.name)
        for one in notices(reader.tx, actor=reader.actor)
        for day in one.days
    ]
    heads = reader.columns_of(HOLIDAYS, {"on": Look.DAY, "until": Look.DAY})
    return reader.book(Sheet(reader.say(_n("Holidays")), heads, rows, ""))

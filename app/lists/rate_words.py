"""What a workbook says about a rate that is not one number."""

from app.formats import percent
from app.lists.tables import Reader
from valuation.irr import Rate


def _n(says: str) -> str:
    return says


MODIFIED = _n("modified rate, money costing and earning 0 %")


def modified_words(reader: Reader, rate: Rate) -> str:
    """The modified rate beside several roots; nothing beside one or none."""
    return f" · {reader.say(MODIFIED)} {percent(rate.modified)}" if rate.modified is not None else ""

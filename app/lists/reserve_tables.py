"""Reserves as a workbook: the plans in force in the columns in which they are brought in, and the quarters to come."""

from datetime import date

from app.lists.tables import Named, Reader
from fund.forecasts.reserve_imports import RESERVES
from fund.forecasts.reserves import Reserves, reserves
from kernel.sheets.writing import Head, Look, Sheet
from pipeline.closing.promised import promised

LOOKS = {"amount": Look.MONEY}


def _n(says: str) -> str:
    return says


def reserve_book(reader: Reader, *, on: date) -> bytes:
    """What was kept back on a day. Brought in again it changes nothing; beside each plan stands what is left of it."""
    unpaid = promised(reader.tx, fund_id=reader.fund_id, on=on)
    found = reserves(reader.tx, fund_id=reader.fund_id, as_of=on, promised=unpaid)
    return reader.book(_plans(reader, found), _ahead(reader, found))


def _plans(reader: Reader, found: Reserves) -> Sheet:
    heads = [
        *reader.columns_of(RESERVES, LOOKS),
        Head(reader.say(_n("Company"))),
        Head(reader.say(_n("Planned on")), Look.DAY),
        Head(reader.say(_n("Invested since")), Look.MONEY),
        Head(reader.say(_n("Still kept back")), Look.MONEY),
    ]
    rows = [
        (
            *(one.holding.code, one.planned, str(one.expected), one.note or None),
            *(reader.name(one.holding.name, one.holding.name_en), one.planned_on, one.invested, one.left),
        )
        for one in found.lines
    ]
    caption = reader.caption(found.as_of.isoformat())
    return Sheet(reader.say(_n("Follow-on reserves")), tuple(heads), rows, caption)


def _ahead(reader: Reader, found: Reserves) -> Sheet:
    heads: list[Named] = [
        *(_n("Quarter"), (_n("Fee"), Look.MONEY), (_n("To be invested"), Look.MONEY)),
        (_n("Left after it"), Look.MONEY),
    ]
    rows = [(str(one.quarter), one.fee, one.needed, one.left) for one in found.ahead]
    return reader.sheet(_n("Quarter by quarter"), heads, rows, found.as_of.isoformat())

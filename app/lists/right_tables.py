"""Class rights as a workbook: every set on record of the companies held, in the columns of the list brought in."""

from collections.abc import Iterator, Mapping

from app.api.schemas import exact
from app.lists.tables import Reader
from fund.holdings.queries import HoldingSheet, holdings
from fund.valuations.right_imports import ANTI_DILUTION, CLASS_RIGHTS, KINDS
from fund.valuations.rights import RightsSheet, rights_versions
from kernel.instants import day_in_beijing
from kernel.sheets.writing import Look, Sheet, Value

LOOKS: Mapping[str, Look] = {"effective_on": Look.DAY, "invested": Look.MONEY, "seniority": Look.WHOLE}
YES, NO = "是", "否"


def _n(says: str) -> str:
    return says


def right_book(reader: Reader) -> bytes:
    """What is on record of every company of the fund that the reader may see; brought in again it is written anew."""
    tx, today = reader.tx, day_in_beijing(reader.now)
    held = holdings(tx, fund_id=reader.fund_id, as_of=today, actor=reader.actor)
    rows = [
        row
        for sheet in held
        for one in rights_versions(tx, party_id=sheet.party_id)
        for row in _rows(sheet, one)
    ]
    heads = reader.columns_of(CLASS_RIGHTS, LOOKS)
    return reader.book(Sheet(reader.say(_n("Rights of share classes")), heads, rows, reader.caption()))


def _rows(sheet: HoldingSheet, kept: RightsSheet) -> Iterator[tuple[Value, ...]]:
    kinds = {kind: word for word, kind in KINDS.items()}
    ways = {way: word for word, way in ANTI_DILUTION.items()}
    for one in kept.classes:
        yield (
            sheet.code,
            kept.effective_on,
            one.name,
            kinds[one.kind],
            exact(one.shares),
            one.invested,
            exact(one.multiple),
            YES if one.is_participating else NO,
            None if one.cap_multiple is None else exact(one.cap_multiple),
            one.seniority,
            exact(one.conversion),
            ways[one.anti_dilution],
            exact(one.strike / 100),
            YES if one.is_exempt else NO,
            kept.source,
        )

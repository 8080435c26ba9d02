"""Class rights as a workbook: what is on record, to the last digit, in the columns in which it is brought in."""

from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction

import pytest

from app.languages import Language
from app.lists.right_tables import right_book
from app.lists.tables import Reader
from fund.charter.queries import fund
from fund.valuations.right_imports import import_rights
from fund.valuations.right_rules import AntiDilution
from fund.valuations.rights import keep_rights, rights_versions
from kernel.db import Tx
from kernel.sheets.reading import SheetRefused
from tests.builders.holdings import committed, held, the_analyst
from tests.fund.valuations.test_right_rules import COMMON, POOL, B


def test_what_goes_out_comes_in_to_the_last_digit(tx: Tx, now: datetime) -> None:
    sheet = held(tx, committed(tx).fund_id)
    classes = (
        replace(COMMON, shares=Fraction("12345678901.25")),
        replace(B, conversion=Fraction(4, 3), is_exempt=True),
        replace(B, name="A", anti_dilution=AntiDilution.NARROW_WEIGHTED_AVERAGE),
        replace(POOL, strike=Fraction(1, 3)),
    )
    facts = {"effective_on": date(2025, 1, 10), "source": "章程", "now": now}
    keep_rights(tx, the_analyst(tx), holding=sheet, classes=classes, **facts)
    reader = Reader(tx, the_analyst(tx), fund(tx, fund_id=sheet.fund_id), Language.EN, now)
    taken = {"fund_id": sheet.fund_id, "filename": "r.xlsx", "content": right_book(reader), "now": now}
    import_rights(tx, the_analyst(tx), **taken)
    first, again = rights_versions(tx, party_id=sheet.party_id)
    assert first.classes == again.classes == classes


@pytest.mark.parametrize("shares", ["1" + "0" * 400, "1" + "0" * 5000, "1/" + "9" * 5000])
def test_numbers_that_no_company_has_are_refused_with_their_row(tx: Tx, now: datetime, shares: str) -> None:
    sheet = held(tx, committed(tx).fund_id)
    heads = "权利所属持仓,权利生效日,股权类别,类别性质,股数,依据文件"
    content = f"{heads}\n{sheet.code},2025-01-10,普通股,普通股,{shares},章程\n".encode()
    with pytest.raises(SheetRefused) as refused:
        import_rights(tx, the_analyst(tx), fund_id=sheet.fund_id, filename="r.csv", content=content, now=now)
    assert "row 2" in str(refused.value.problems[0])
    assert rights_versions(tx, party_id=sheet.party_id) == []

"""Side letters from a sheet: rows of one partner and day are one letter; a wrong row is told by its place."""

from datetime import date
from fractions import Fraction

import pytest

from fund.charter.rules import Dimension, Language
from fund.side_letters.imports import import_letters
from fund.side_letters.queries import letters
from fund.side_letters.rules import Clause, Excuse
from kernel.db import Tx
from kernel.sheets.importing import Imported
from kernel.sheets.reading import SheetRefused
from tests.builders.capital import ACCOUNTANT, MANAGER, CapitalFund, committed, noon
from tests.scenes import Scene

HEAD = (
    "补充协议合伙人,协议生效日,协议管理费率,费基折扣,最惠待遇,报告语言,"
    "豁免维度,豁免对象,条款标题,条款内容,签署文件,签订事由"
)
LATER = "LP01,2027-01-01,1%,,是,,,,,,二号补充协议,重新谈判"
ROWS = (
    LATER,
    "LP01,2026-04-01,1.75%,10%,是,双语,行业,coal,信息披露,每季提供持仓明细。,补充协议,基石谈判",
    "LP01,2026-04-01,1.75%,10%,是,双语,城市,唐山,,,补充协议,基石谈判",
    "LP02,2026-04-01,,,否,,,,通知,以邮件为准。,,合伙人要求",
)
NOW = noon(date(2026, 3, 20))


def brought(tx: Tx, fund: CapitalFund, *rows: str, dry_run: bool = False) -> Imported:
    content = "\n".join((HEAD, *rows)).encode()
    [done] = import_letters(
        tx, MANAGER, fund_id=fund.fund_id, filename="l.csv", content=content, dry_run=dry_run, now=NOW
    )
    return done


def test_rows_of_one_partner_and_day_are_one_letter_and_days_come_in_their_order(scene: Scene) -> None:
    tx, fund = scene(committed)
    assert brought(tx, fund, *ROWS, dry_run=True).rows == 3
    assert letters(tx, fund_id=fund.fund_id) == []
    assert brought(tx, fund, *ROWS).rows == 3
    first, second, other = letters(tx, fund_id=fund.fund_id)
    assert (first.effective_on, first.version, second.version) == (date(2026, 4, 1), 1, 2)
    assert first.terms.fee_rate == Fraction(175, 10_000)
    assert (first.terms.basis_discount, first.terms.has_mfn) == (Fraction(1, 10), True)
    assert first.terms.language is Language.BOTH
    assert first.terms.excuses == (Excuse(Dimension.SECTOR, "coal"), Excuse(Dimension.CITY, "唐山"))
    assert first.terms.clauses == (Clause("信息披露", "", "每季提供持仓明细。", ""),)
    assert (first.document, first.note) == ("补充协议", "基石谈判")
    assert (other.terms.fee_rate, other.terms.has_mfn, other.terms.excuses) == (None, False, ())


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (
            "LP01,2026-04-01,1.5%,10%,是,双语,,,,,补充协议,基石谈判",
            "row 3: The rows of one letter say the same",
        ),
        ("LP02,2026-04-01,,,否,,行业,,,,,事由", "row 5: A right to be excused of LP02"),
        ("LP02,2026-04-01,,,否,,,,标题,,,事由", "row 5, clause 1: a clause needs a heading"),
        ("LP02,2026-04-01,120%,,否,,,,,,,事由", "row 5"),
        ("LP09,2026-04-01,,,否,,,,,,,事由", "row 5: There is no such partner"),
        ("LP02,昨天,,,否,,,,,,,事由", "row 5"),
    ],
)
def test_a_wrong_row_refuses_the_whole_file_and_is_named(scene: Scene, row: str, told: str) -> None:
    tx, fund = scene(committed)
    with pytest.raises(SheetRefused, match=told):
        brought(tx, fund, *ROWS[:3], row)
    assert letters(tx, fund_id=fund.fund_id) == []


def test_only_the_manager_brings_letters_in(scene: Scene) -> None:
    tx, fund = scene(committed)
    content = f"{HEAD}\n{LATER}".encode()
    with pytest.raises(SheetRefused, match="This needs the role manager"):
        import_letters(tx, ACCOUNTANT, fund_id=fund.fund_id, filename="l.csv", content=content, now=NOW)

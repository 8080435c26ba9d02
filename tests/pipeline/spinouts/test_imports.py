"""Importing companies: one workbook with three sheets, refusals by row, the gates of the law kept."""

from datetime import date, datetime
from fractions import Fraction

import pytest

from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from kernel.sheets.reading import SheetRefused
from pipeline.spinouts.imports import import_spinouts
from pipeline.spinouts.queries import rights_of, spinout_by_code
from pipeline.spinouts.rules import Form, SpinoutUnknown
from tests.builders.channel import an_achievement
from tests.builders.parties import a_person, an_organisation
from tests.pipeline.channel.test_imports import workbook

COMPANIES = ["公司编号", "公司名称", "公司类型", "成立日期", "注册地", "成果编号", "注册资本（万元）"]
FOUNDERS = ["公司编号", "创始人", "持股比例", "是否发明人"]
EQUITY = [
    "公司编号",
    "成果编号",
    "作价（万元）",
    "公示开始",
    "公示结束",
    "评估报告",
    "涉密审查日期",
    "涉密审查机构",
    "发明人",
    "发明人比例",
    "其他受益人",
    "其他比例",
    "入股日期",
]
ONE: list[object] = ["C-1", "昕储氢能", "股份公司", "2026-03-02", "包头", "A-001", 1200]
TWO: list[list[object]] = [["C-1", "顾𬀩", "60%", "是"], ["C-1", "祁雪莲", "40%", "否"]]
RIGHT: list[object] = [
    "C-1",
    "A-001",
    860,
    "2026-08-03",
    "2026-08-19",
    "评报 17 号",
    "2026-07-28",
    "保密办公室",
]
SPLIT: list[object] = ["顾𬀩", "70%", "北方科技大学", "30%"]


def whole(*, share: str = "60%", ends: str = "2026-08-19", booked: str = "2026-09-01") -> bytes:
    first = [TWO[0][0], TWO[0][1], share, TWO[0][3]]
    right = [*RIGHT[:4], ends, *RIGHT[5:], *SPLIT, booked]
    return workbook(
        ("公司", [COMPANIES, ONE]), ("创始人", [FOUNDERS, first, TWO[1]]), ("作价入股", [EQUITY, right])
    )


@pytest.fixture
def known(tx: Tx, now: datetime) -> None:
    """Everybody and everything that the workbook names."""
    an_achievement(tx, now=now)
    for name in ("昕储氢能", "北方科技大学"):
        an_organisation(tx, name)
    for name in ("顾𬀩", "祁雪莲"):
        a_person(tx, name)


def bring_in(tx: Tx, content: bytes, now: datetime, *, dry_run: bool = False) -> dict[str, int]:
    done = import_spinouts(tx, SYSTEM, filename="c.xlsx", content=content, dry_run=dry_run, now=now)
    return {one.what: one.rows for one in done}


@pytest.mark.usefixtures("known")
def test_a_workbook_brings_companies_founders_and_booked_rights(tx: Tx, now: datetime) -> None:
    assert bring_in(tx, whole(), now) == {"companies": 1, "rights booked as equity": 1}
    company = spinout_by_code(tx, code="C-1")
    assert (company.form, company.registered_capital) == (Form.JOINT_STOCK, 12_000_000_00)
    assert [one.share for one in company.founders] == [Fraction(3, 5), Fraction(2, 5)]
    (right,) = rights_of(tx, spinout_id=company.id, as_of=date(2026, 9, 30))
    assert right.booked_on == date(2026, 9, 1)


@pytest.mark.usefixtures("known")
def test_a_dry_run_leaves_nothing(tx: Tx, now: datetime) -> None:
    bring_in(tx, whole(), now, dry_run=True)
    with pytest.raises(SpinoutUnknown):
        spinout_by_code(tx, code="C-1")


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"share": "50%"}, "add up to 90.00 %"),
        ({"ends": "2026-08-10"}, "15 days are owed"),
        ({"booked": "2026-08-19"}, "the public notice runs until 2026-08-19"),
    ],
)
def test_the_law_holds_for_lists_too(tx: Tx, now: datetime, changes: dict[str, str], says: str) -> None:
    with pytest.raises(SheetRefused) as refusal:
        bring_in(tx, whole(**changes), now)
    assert says in str(refusal.value)
    with pytest.raises(SpinoutUnknown):
        spinout_by_code(tx, code="C-1")


@pytest.mark.usefixtures("known")
def test_a_founder_of_no_company_of_the_file_is_told_by_row(tx: Tx, now: datetime) -> None:
    stray = workbook(("公司", [COMPANIES, ONE]), ("创始人", [FOUNDERS, ["C-9", "顾𬀩", "100%", "是"]]))
    with pytest.raises(SheetRefused, match="C-9"):
        bring_in(tx, stray, now)

"""Importing demands and achievements: one workbook with three sheets, refusals by row."""

import io
from collections.abc import Sequence
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from kernel.db import Tx
from kernel.errors import Refusal
from kernel.identity.rules import SYSTEM
from kernel.sheets.reading import SheetRefused
from pipeline.channel.imports import import_achievements, import_demands, import_readiness
from pipeline.channel.queries import achievement_by_code, achievement_detail, demand_by_code
from pipeline.channel.rules import AchievementState, ChainPosition, RightStatus, Spec, Urgency
from tests.builders.parties import a_person, an_organisation

ACHIEVEMENTS = ["成果编号", "成果名称", "英文名称", "方向", "学科", "负责人", "状态", "熟化经费（万元）"]
RIGHTS = ["成果编号", "证书号", "类别", "法律状态", "名称", "状态日期"]
READINESS = ["成果编号", "关键要素", "评价日期", "技术成熟度 TRL", "制造成熟度 MRL", "佐证材料", "评价机构"]
ONE: list[object] = ["A-001", "储氢合金", "Storage alloy", "氢能材料", "材料", "顾𬀩；李工", "活跃", 650]
RIGHT = ["A-001", "ZL-1", "发明专利", "授权", "一种储氢合金", "2026-06-30"]
ALLOY = ["A-001", "合金粉末", "2026-05-01", "TRL 6", 5, "三十批检测", "检测中心"]
TANK = ["A-001", "储罐", "2026-05-01", 4, "", "样机记录", "检测中心"]


def workbook(*sheets: tuple[str, Sequence[Sequence[object]]]) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def whole() -> bytes:
    return workbook(
        ("成果", [["可转化成果清单"], ACHIEVEMENTS, ONE]),
        ("知识产权", [RIGHTS, RIGHT]),
        ("成熟度", [READINESS, ALLOY, TANK]),
    )


def bring_in(tx: Tx, content: bytes, now: datetime, *, dry_run: bool = False) -> dict[str, int]:
    done = import_achievements(tx, SYSTEM, filename="a.xlsx", content=content, dry_run=dry_run, now=now)
    assert all(one.dry_run is dry_run for one in done)
    return {one.what: one.rows for one in done}


def test_a_workbook_brings_achievements_rights_team_and_readiness(tx: Tx, now: datetime) -> None:
    lead = a_person(tx, "顾𬀩")
    assert bring_in(tx, whole(), now) == {"achievements": 1, "readiness": 2}
    found = achievement_by_code(tx, code="A-001")
    assert (found.title_zh, found.state, found.cost) == ("储氢合金", AchievementState.ACTIVE, 6_500_000_00)
    assert (found.trl, found.mrl) == (4, None)
    detail = achievement_detail(tx, achievement_id=found.id)
    assert [(one.name, one.party_id) for one in detail.team] == [("顾𬀩", lead.id), ("李工", None)]
    assert [(one.number, one.status) for one in detail.rights] == [("ZL-1", RightStatus.GRANTED)]


def test_achievements_alone_are_enough(tx: Tx, now: datetime) -> None:
    assert bring_in(tx, workbook(("成果", [ACHIEVEMENTS, ONE])), now) == {"achievements": 1}


def test_a_dry_run_of_three_sheets_leaves_nothing(tx: Tx, now: datetime) -> None:
    assert bring_in(tx, whole(), now, dry_run=True) == {"achievements": 1, "readiness": 2}
    with pytest.raises(Refusal):
        achievement_by_code(tx, code="A-001")


def test_a_fault_in_the_last_sheet_takes_back_the_first(tx: Tx, now: datetime) -> None:
    tomorrow: list[object] = [*ALLOY[:2], "2026-12-31", *ALLOY[3:]]
    content = workbook(("成果", [ACHIEVEMENTS, ONE]), ("成熟度", [READINESS, tomorrow]))
    with pytest.raises(SheetRefused, match="sheet 成熟度, row 2, assessed_on: 2026-12-31 has not come yet"):
        bring_in(tx, content, now)
    with pytest.raises(Refusal):
        achievement_by_code(tx, code="A-001")


def test_a_right_needs_its_achievement_in_the_file(tx: Tx, now: datetime) -> None:
    stray = ["A-404", *RIGHT[1:]]
    content = workbook(("成果", [ACHIEVEMENTS, ONE]), ("知识产权", [RIGHTS, RIGHT, stray]))
    with pytest.raises(
        SheetRefused, match="sheet 知识产权, row 3: There is no achievement A-404 in this file"
    ):
        bring_in(tx, content, now)


def test_a_later_review_moves_the_level_and_may_name_a_new_element(tx: Tx, now: datetime) -> None:
    bring_in(tx, whole(), now)
    review = (
        "Achievement,Element,Assessed on,TRL,MRL,Evidence,Assessor\n"
        "A-001,储罐,2026-09-01,TRL 7,5,型式试验,检测中心\nA-001,阀门,2026-09-01,5,4,台架,检测中心\n"
    )
    import_readiness(tx, SYSTEM, filename="r.csv", content=review.encode(), now=now)
    found = achievement_by_code(tx, code="A-001")
    assert (found.trl, found.mrl) == (5, 4)


def test_a_level_off_the_scale_is_told_by_its_cell(tx: Tx, now: datetime) -> None:
    review = "Achievement,Element,Assessed on,TRL,Evidence,Assessor\nA-001,储罐,2026-09-01,12,x,y\n"
    with pytest.raises(SheetRefused, match=r"r\.csv, row 2, TRL: “12” is outside 1 to 9"):
        import_readiness(tx, SYSTEM, filename="r.csv", content=review.encode(), now=now)


DEMANDS = (
    "需求编号,提出单位,标题,问题描述,方向,指标,期望成熟度,"
    "预算（万元）,期望完成日期,紧急程度,产业链位置,是否保密\n"
)


def demands(tx: Tx, rows: str, now: datetime, *, dry_run: bool = False) -> None:
    content = (DEMANDS + rows).encode("gb18030")
    import_demands(tx, SYSTEM, filename="d.csv", content=content, dry_run=dry_run, now=now)


def test_a_demand_comes_in_with_its_specification(tx: Tx, now: datetime) -> None:
    steel = an_organisation(tx, "朔原钢铁")
    row = (
        "D-001,朔原钢铁,储氢方案,加注站占地过大,氢能材料,压力|≤ 5|MPa；质量比|≥ 2.0|wt%,7级,"
        "２６００,2026年12月31日,高,下游,是\n"
    )
    demands(tx, row, now)
    found = demand_by_code(tx, code="D-001")
    assert (found.party_id, found.budget, found.wanted_trl) == (steel.id, 26_000_000_00, 7)
    assert found.specification == (Spec("压力", "≤ 5", "MPa"), Spec("质量比", "≥ 2.0", "wt%"))
    assert (found.urgency, found.chain_position, found.is_confidential, found.deadline_on) == (
        Urgency.HIGH,
        ChainPosition.DOWNSTREAM,
        True,
        date(2026, 12, 31),
    )


def test_an_unknown_enterprise_is_told_by_its_row(tx: Tx, now: datetime) -> None:
    an_organisation(tx, "朔原钢铁")
    rows = "D-001,朔原钢铁,甲,乙,丙,,,,,,上游,\nD-002,无此企业,甲,乙,丙,,,,,,上游,\n"
    with pytest.raises(SheetRefused, match=r"d\.csv, row 3: Nobody on record is called “无此企业”"):
        demands(tx, rows, now)
    demands(tx, rows.partition("D-002")[0], now, dry_run=True)
    with pytest.raises(Refusal):
        demand_by_code(tx, code="D-001")

"""Importing deals: with owner, achievement and interested enterprises; refusals by row."""

from datetime import date, datetime

import pytest

from kernel.db import Tx
from kernel.errors import Refusal
from kernel.identity.rules import SYSTEM
from kernel.sheets.reading import SheetRefused
from pipeline.channel.rules import ChainPosition
from pipeline.deals.imports import import_deals
from pipeline.deals.queries import deal_by_code, interested
from pipeline.deals.rules import Origin, Stage
from tests.builders.channel import an_achievement
from tests.builders.deals import a_setting
from tests.builders.parties import an_organisation
from tests.scenes import Scene

HEAD = (
    "项目编号,项目名称,技术一句话,方向,来源,成果编号,产业链位置,轮次,"
    "拟投金额（万元）,负责人,下一步,下一步日期,意向企业\n"
)


def bring_in(tx: Tx, fund_id: int, rows: str, now: datetime, *, dry_run: bool = False) -> None:
    content = (HEAD + rows).encode("gb18030")
    import_deals(tx, SYSTEM, fund_id=fund_id, filename="d.csv", content=content, dry_run=dry_run, now=now)


def test_a_deal_comes_in_with_everything_around_it(scene: Scene, now: datetime) -> None:
    tx, setting = scene(a_setting, now)
    known = an_achievement(tx, now=now)
    steel = an_organisation(tx, "朔原钢铁")
    row = (
        "D26-101,昕储氢材,低压储氢,氢能材料,联合创新中心,a-001,上游,A 轮,"
        '"３，０００",Lead-Af1,访谈,2026/10/8,朔原钢铁\n'
    )
    bring_in(tx, setting.fund_id, row, now)
    deal = deal_by_code(tx, code="D26-101")
    assert (deal.stage, deal.origin, deal.chain_position) == (
        Stage.REGISTERED,
        Origin.JOINT_INNOVATION_CENTRE,
        ChainPosition.UPSTREAM,
    )
    assert (deal.amount, deal.owner_id, deal.achievement_id) == (30_000_000_00, setting.owner_id, known.id)
    assert deal.next_step_on == date(2026, 10, 8)
    assert [one.party_id for one in interested(tx, deal_id=deal.id)] == [steel.id]


def test_refused_deals_are_told_by_their_rows_and_none_is_registered(scene: Scene, now: datetime) -> None:
    tx, setting = scene(a_setting, now)
    rows = (
        "D26-101,甲公司,,,实验室,A-404,,,,,,,\n"
        "D26-102,乙公司,,,实验室,,,,,无此人,,,\n"
        "D26-103,丙公司,,,实验室,,,,,,,,无此企业\n"
        "D26-104,丁公司,,,实验室,,,,,,,,\n"
        "D26-104,戊公司,,,实验室,,,,,,,,\n"
        "D26-105,丁公司,,,校友企业,,,,,,,,\n"
    )
    with pytest.raises(SheetRefused) as refused:
        bring_in(tx, setting.fund_id, rows, now)
    assert [str(problem) for problem in refused.value.problems] == [
        "d.csv, row 7: the same 项目名称 + 轮次 as in row 5: “丁公司 + ”"
    ]
    with pytest.raises(SheetRefused) as refused:
        bring_in(tx, setting.fund_id, rows.rpartition("D26-105")[0], now)
    assert [str(problem) for problem in refused.value.problems] == [
        "d.csv, row 2: There is no achievement A-404.",
        "d.csv, row 3: No user is called “无此人”.",
        "d.csv, row 4: Nobody on record is called “无此企业”.",
        "d.csv, row 6: The code D26-104 is taken already.",
    ]
    with pytest.raises(Refusal):
        deal_by_code(tx, code="D26-104")


def test_a_dry_run_registers_nothing(scene: Scene, now: datetime) -> None:
    tx, setting = scene(a_setting, now)
    bring_in(tx, setting.fund_id, "D26-101,甲公司,,,实验室,,,,,,,,\n", now, dry_run=True)
    with pytest.raises(Refusal):
        deal_by_code(tx, code="D26-101")

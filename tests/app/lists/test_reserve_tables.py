"""Reserves as a workbook that comes in again: dry run, all rows or none, and what is wrong where."""

from datetime import date

import pytest
from sqlmodel import select

from app.languages import Language
from app.lists.reserve_tables import reserve_book
from app.lists.tables import Reader
from fund.charter.queries import fund
from fund.forecasts.models import HoldingReserve
from fund.forecasts.reserve_imports import import_reserves
from fund.forecasts.reserve_rules import ReservePlan
from fund.forecasts.reserves import plan_reserve, reserves
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from kernel.periods import Quarter
from kernel.sheets.reading import SheetRefused
from tests.builders.results import M, Played, a_played_fund, at
from tests.scenes import Scene

TODAY = date(2026, 1, 5)
HEADS = "预留持仓,预留金额（万元）,预计使用季度,预留说明\n"


@pytest.fixture
def staged(scene: Scene) -> tuple[Tx, Played]:
    return scene(a_played_fund)


@pytest.fixture
def played(staged: tuple[Tx, Played]) -> Played:
    return staged[1]


def bring(tx: Tx, played: Played, content: bytes | str, name: str = "r.csv", *, dry_run: bool = False) -> int:
    given = content.encode() if isinstance(content, str) else content
    facts = {"fund_id": played.fund_id, "filename": name, "content": given, "now": at(TODAY)}
    (done,) = import_reserves(tx, SYSTEM, dry_run=dry_run, **facts)
    return done.rows


def plans(tx: Tx) -> list[tuple[int, str]]:
    return [(one.amount, one.expected) for one in tx.exec(select(HoldingReserve).order_by("id"))]


@pytest.mark.parametrize("language", Language)
def test_what_goes_out_comes_in_again_and_changes_nothing(tx: Tx, played: Played, language: Language) -> None:
    two = HEADS + "H01,500,2026Q2,B 轮\nh02,400,2026q1,\n"
    assert bring(tx, played, two, dry_run=True) == 2
    assert plans(tx) == []
    bring(tx, played, two)
    reader = Reader(tx, SYSTEM, fund(tx, fund_id=played.fund_id), language, at(TODAY))
    book = reserve_book(reader, on=TODAY)
    assert bring(tx, played, book, "reserves.xlsx") == 2
    assert plans(tx) == [(5 * M, "2026Q2"), (4 * M, "2026Q1")]
    bring(tx, played, HEADS + "H01,0,2026Q2,\nH02,400,2026Q1,\n")
    [left] = reserves(tx, fund_id=played.fund_id, as_of=TODAY).lines
    assert (left.holding.code, left.planned, left.expected) == ("H02", 4 * M, Quarter(2026, 1))
    assert len(plans(tx)) == 3


def test_one_faulty_row_keeps_all_out_and_is_told(tx: Tx, played: Played) -> None:
    with pytest.raises(SheetRefused) as read:
        bring(tx, played, HEADS + "H01,500,2026Q2,\nH02,x,soon,\nH01,1,2026Q2,\n")
    told = [str(one) for one in read.value.problems]
    assert any("soon" in one and "row 3" in one for one in told)
    assert any("row 4" in one for one in told)
    with pytest.raises(SheetRefused) as booked:
        bring(tx, played, HEADS + "H01,500,2026Q2,\nH02,400,2020Q1,\nH99,1,2026Q2,\n")
    told = [str(one) for one in booked.value.problems]
    assert len(told) == 2
    assert "row 3" in told[0]
    assert "expected a quarter from" in told[0]
    assert "row 4" in told[1]
    assert plans(tx) == []


def test_a_note_that_a_sheet_writes_otherwise_is_no_new_plan(tx: Tx, played: Played) -> None:
    """A new plan would keep back what a purchase has drawn on the old one."""
    plan = ReservePlan(5 * M, Quarter(2026, 2), "B 轮：\r\n领投方  Ａ\u00a0已签\n\n意向书")
    plan_reserve(tx, SYSTEM, fund_id=played.fund_id, holding="H01", plan=plan, now=at(TODAY))
    reader = Reader(tx, SYSTEM, fund(tx, fund_id=played.fund_id), Language.ZH, at(TODAY))
    assert bring(tx, played, reserve_book(reader, on=TODAY), "reserves.xlsx") == 1
    assert len(plans(tx)) == 1

from datetime import date

import pytest

from fund.indices.imports import import_levels
from fund.indices.queries import indices, levels
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from kernel.sheets.reading import SheetRefused
from tests.builders.charter import a_fund
from tests.builders.results import at

NOW = at(date(2026, 9, 30))
HEAD = "指数代码,指数名称,点位日期,收盘点位,更正\n"


def brought(tx: Tx, fund_id: int, rows: str, *, dry_run: bool = False) -> int:
    content = (HEAD + rows).encode()
    (done,) = import_levels(
        tx, SYSTEM, fund_id=fund_id, filename="levels.csv", content=content, dry_run=dry_run, now=NOW
    )
    assert done.what == "index levels"
    return done.rows


@pytest.fixture
def fund_id(tx: Tx) -> int:
    return a_fund(tx).id


def test_one_sheet_may_hold_several_indices(tx: Tx, fund_id: int) -> None:
    rows = 'A1,甲指数,2026-09-29,"1,024.375",\nB1,乙指数,2026-09-29,88,\nA1,,2026-09-30,1025,\n'
    assert brought(tx, fund_id, rows) == 3
    found = {one.code: levels(tx, index_id=one.id) for one in indices(tx, fund_id=fund_id)}
    assert found["A1"][date(2026, 9, 29)] * 1000 == 1_024_375
    assert {code: len(days) for code, days in found.items()} == {"A1": 2, "B1": 1}
    assert brought(tx, fund_id, rows.replace("1025,", "1026,是")) == 3
    assert {one.code: one.days for one in indices(tx, fund_id=fund_id)} == {"A1": 2, "B1": 1}


def test_every_fault_is_told_by_its_row_and_nothing_comes_in(tx: Tx, fund_id: int) -> None:
    brought(tx, fund_id, "A1,甲指数,2026-09-28,1000,\n")
    rows = "A1,,2026-09-28,999,\nA1,,2026-10-01,5,\nA1,,2026-09-29,0,\nA1,,2026-09-27,7,\n"
    with pytest.raises(SheetRefused, match="3 faults") as refused:
        brought(tx, fund_id, rows)
    assert [str(problem) for problem in refused.value.problems] == [
        "levels.csv, row 2: The level of 2026-09-28 is on record as 1000; another one is given as a correction.",
        "levels.csv, row 3: The level is of 2026-10-01, which is still to come; today is 2026-09-30.",
        "levels.csv, row 4: The level of 2026-09-29 is 0; expected more than zero.",
    ]
    assert [one.days for one in indices(tx, fund_id=fund_id)] == [1]


def test_a_day_twice_and_a_level_that_is_none_are_refused(tx: Tx, fund_id: int) -> None:
    with pytest.raises(SheetRefused, match="the same 指数代码"):
        brought(tx, fund_id, "A1,甲,2026-09-28,1,\nA1,甲,2026-09-28,2,\n")
    with pytest.raises(SheetRefused, match="“n/a” is not a number"):
        brought(tx, fund_id, "A1,甲,2026-09-28,n/a,\n")
    with pytest.raises(SheetRefused, match="row 2: Index A1 is new; say its name"):
        brought(tx, fund_id, "A1,,2026-09-28,1,\n")


def test_a_dry_run_leaves_nothing(tx: Tx, fund_id: int) -> None:
    assert brought(tx, fund_id, "A1,甲指数,2026-09-29,1,\n", dry_run=True) == 1
    assert indices(tx, fund_id=fund_id) == []

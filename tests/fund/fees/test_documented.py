"""The categories of expenses in docs/ledger.md are those of the chart, one to one with the rows of the template."""

import re
from pathlib import Path

from fund.ledger.chart import CHART, EXPENSE_ACCOUNTS, ilpa_row

LEDGER = Path(__file__).parents[3] / "docs" / "ledger.md"
LINE = re.compile(r"^\| (5\d{3}) \| ([^|]+) \| ([^|]+) \| (\d+) \| ([^|]*) \|$", re.MULTILINE)


def test_every_category_is_documented_with_its_account_and_its_row() -> None:
    told = LINE.findall(LEDGER.read_text(encoding="utf-8"))
    known = [
        (one.value, CHART[one].name_en, CHART[one].name_zh, str(ilpa_row(one))) for one in EXPENSE_ACCOUNTS
    ]
    assert [line[:4] for line in told] == known
    assert len({line[3] for line in told}) == len(told)
    assert all(line[4].strip() for line in told)

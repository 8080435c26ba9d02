"""The categories of expenses as people write them in a sheet: by name, by the row of the ILPA template, or both."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fund.fees.rules import BORROWING_ROWS, EXPENSE_ROWS
from fund.ledger.chart import CHART, Facts, expense_account
from kernel.sheets.cells import Cell, Unreadable, narrow


def _n(says: str) -> str:
    return says


NOT_A_CATEGORY = _n(
    "“{found}” is no category of expenses; expected one of {choices}, or its row of the ILPA template"
)

# What else the categories are called, in invoices and in the ledgers of offices.
_ALSO: Mapping[int, tuple[str, ...]] = {
    36: ("行政管理费", "基金行政费", "外包服务费", "核算费", "Fund administration"),
    37: ("估值费", "评估费", "Valuation"),
    38: ("信息系统费", "IT"),
    39: ("律师费", "法律费", "法律服务费", "合规费", "Legal"),
    41: ("审计", "审计服务费", "Audit fee", "Audit fees"),
    42: ("税务费", "税务咨询费", "Tax advisory"),
    43: ("组织费", "筹建费", "Organization costs"),
    44: ("税金", "印花税", "Tax"),
    45: ("手续费", "银行费用", "银行服务费", "Bank charges"),
    51: ("托管服务费", "Custody", "Custodian fees"),
    52: ("尽调费", "尽调费用"),
    53: ("未成交项目", "Broken deal"),
    54: ("差旅费", "招待费", "业务招待费", "Travel"),
    57: ("其他", "Other", "Other expenses"),
}


def category_facts(row: int) -> Facts:
    """What the chart of accounts calls a category."""
    return CHART[expense_account(row)]


@dataclass(frozen=True)
class Category:
    """One category of expenses, as the row of the ILPA reporting template that it feeds."""

    @property
    def offered(self) -> tuple[str, ...]:
        """The words to choose from: the row and its name."""
        # Costs of borrowing are understood where they stand in a sheet, and offered nowhere.
        rows = (row for row in EXPENSE_ROWS if row not in BORROWING_ROWS)
        return tuple(f"{row} {category_facts(row).name_zh}" for row in rows)

    def read(self, cell: Cell) -> int:
        """The row meant: 审计费, Audit, 41, 5041, 第 41 行 and “41 审计费” all are 41."""
        found = _KNOWN.get(_bare(cell.shown))
        if found is None:
            raise Unreadable(NOT_A_CATEGORY, found=cell.shown, choices="、".join(self.offered))
        return found


def _bare(word: str) -> str:
    text = re.sub(r"[\W_]", "", narrow(word).casefold())
    return re.sub(r"^(ilpa)?(row|第)?(\d+)行?", r"\3", text)


def _words() -> Iterator[tuple[str, int]]:
    for row in EXPENSE_ROWS:
        chinese, english = category_facts(row).name_zh, category_facts(row).name_en
        names = ("", chinese, english, chinese + english, *_ALSO.get(row, ()))
        yield from (
            (_bare(f"{before}{name}"), row) for before in ("", row, expense_account(row)) for name in names
        )


_KNOWN = {word: row for word, row in _words() if word}

"""The columns of a list of expenses, in the words that offices use for them, and what a row of it says."""

import hashlib
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from fund.fees.categories import Category
from kernel.errors import Invalid
from kernel.sheets.days import Day
from kernel.sheets.files import Grid
from kernel.sheets.headings import find_headings
from kernel.sheets.numbers import Amount, Share
from kernel.sheets.reading import Column, Layout
from kernel.sheets.words import Text


class ExpenseUndated(Invalid):
    code = "expense_undated"
    says = "There is no day; expected the day on which the expense was incurred, or the one on which it was paid."


@dataclass(frozen=True)
class ExpenseRow:
    """One expense in fen; `category` is its row of the ILPA template. One that was taken back says when.

    Once read it has the day on which it was `incurred_on`; one that is owed has no day on which it was paid.
    """

    reference: str
    incurred_on: date | None
    paid_on: date | None
    category: int
    amount: int
    payee: str
    memo: str
    concerning: str
    share: Fraction | None
    others: str
    undone_on: date | None

    @property
    def name(self) -> str:
        """Its reference, or one made of what it says."""
        said = "\n".join((str(self.amount), self.payee, self.memo, self.concerning))
        made = hashlib.sha256(said.encode()).hexdigest()[:8].upper()
        return self.reference or f"E{self.day:%Y%m%d}-{self.category}-{made}"

    @property
    def day(self) -> date:
        """The day on which it was incurred: the one on which it was paid, where the row says no other."""
        found = self.incurred_on or self.paid_on
        if found is None:
            raise ExpenseUndated()
        return found

    @property
    def looks(self) -> tuple[date, int, int, str]:
        """By what an expense is known that has no reference of its own."""
        return self.day, self.category, self.amount, self.payee


class ExpenseLayout(Layout[ExpenseRow]):
    """A list of expenses has at least one of its two days."""

    def fit(self, grid: Grid) -> int:
        """How many columns the sheet has; 0 without a day."""
        return super().fit(grid) if days_of(grid) else 0


def days_of(grid: Grid) -> set[str]:
    """Which of the two days a sheet has a column for."""
    found = find_headings(grid, EXPENSES.aliases)
    return {one.field for one in found.headings} & {"incurred_on", "paid_on"} if found else set()


EXPENSES = ExpenseLayout(
    "expenses",
    ExpenseRow,
    (
        Column(
            "reference",
            Text(64),
            (
                "费用编号",
                "Expense reference",
                "单据编号",
                "发票号",
                "发票号码",
                "Reference",
                "Invoice number",
            ),
            False,
            "",
        ),
        Column(
            "incurred_on",
            Day(),
            (
                "发生日期",
                "Incurred on",
                "费用日期",
                "日期",
                "Date",
                "Expense date",
                "账单日期",
                "Invoice date",
            ),
            False,
        ),
        Column("paid_on", Day(), ("支付日期", "Paid on", "付款日期", "支出日期", "Payment date"), False),
        Column(
            "category",
            Category(),
            (
                "费用类别",
                "Expense category",
                "类别",
                "费用类型",
                "费用科目",
                "ILPA 行号",
                "Category",
                "ILPA row",
            ),
        ),
        Column("amount", Amount(), ("金额", "Amount", "支付金额", "支出金额", "费用金额", "付款金额")),
        Column(
            "payee",
            Text(),
            ("收款方", "Payee", "收款人", "收款单位", "供应商", "Paid to", "Vendor", "Supplier"),
        ),
        Column(
            "memo",
            Text(),
            ("用途", "Memo", "费用说明", "摘要", "事由", "Purpose", "Description"),
            False,
            "",
        ),
        Column("concerning", Text(), ("涉及项目", "Concerning", "相关项目", "Deal concerned"), False, ""),
        Column("share", Share(), ("他方承担比例", "Share of others"), False),
        Column("others", Text(), ("承担方", "Borne by others"), False, ""),
        Column("undone_on", Day(), ("撤销日期", "Taken back on"), False),
    ),
    unique=("reference", "incurred_on", "paid_on", "category", "amount", "payee", "memo", "concerning"),
)

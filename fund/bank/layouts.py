"""The columns of a bank's statement, in the words that Chinese banks and English exports use for them."""

from dataclasses import dataclass
from datetime import date

from kernel.sheets.cells import Cell, narrow
from kernel.sheets.days import Day
from kernel.sheets.files import Grid
from kernel.sheets.headings import HeadingRow, find_headings, plain, readings
from kernel.sheets.numbers import Amount
from kernel.sheets.reading import Column, Layout
from kernel.sheets.words import Secret, Text

_CATEGORY = {
    plain(word)
    for word in (
        "类别",
        "费用类别",
        "费用类型",
        "费用科目",
        "Category",
        "Expense category",
        "ILPA 行号",
        "ILPA row",
    )
}


@dataclass(frozen=True)
class StatementRow:
    """One row as it stands in the file; several banks print a day, an amount or a memo in columns of their own."""

    booked_on: date | None
    traded_on: date | None
    traded_at: date | None
    received: int | None
    paid: int | None
    amount: int | None
    direction: str
    balance: int | None
    name: str
    account_no: str
    summary: str
    remark: str
    purpose: str
    reference: str
    currency: str


@dataclass(frozen=True)
class DayOfMoment:
    """The day of a moment; a time of day alone, which some banks print in a column of its own, says nothing here."""

    def read(self, cell: Cell) -> date | None:
        """The day, or None."""
        is_time = isinstance(cell.value, str) and narrow(cell.value).replace(":", "").isdigit()
        is_time = is_time and (":" in cell.shown or len(narrow(cell.shown)) == 6)
        return None if is_time else Day().read(cell)


class StatementLayout(Layout[StatementRow]):
    """A statement has a day and an amount; which of their columns it has is each bank's own way."""

    def fit(self, grid: Grid) -> int:
        """How many columns the sheet has; 0 where it has no day, or not what moved, or where it is a list of costs."""
        found = find_headings(grid, self.aliases)
        if found is None or found.problems or is_of_costs(grid, found):
            return 0
        return 0 if lacking({one.field for one in found.headings}) else len(found.headings)


def is_of_costs(grid: Grid, found: HeadingRow) -> bool:
    """Whether a sheet puts amounts into categories and says neither what is left nor whether money came in: its
    amounts would all be taken for money received.
    """
    if {one.field for one in found.headings} & {"received", "paid", "balance", "direction"}:
        return False
    return any(readings(cell.shown) & _CATEGORY for cell in grid.rows[found.number - 1])


def lacking(fields: set[str]) -> list[str]:
    """The columns that a sheet with these fields still needs, by the field that stands for them."""
    needed = []
    if not fields & {"booked_on", "traded_on", "traded_at"}:
        needed.append("traded_on")
    if "amount" not in fields:
        needed += [name for name in ("received", "paid") if name not in fields]
    return needed


_ACCOUNT = (
    "对方账号",
    "对方帐号",
    "对方账户",
    "对方卡号",
    "收付方账号",
    "收(付)方账号",
    "Counterparty account",
    "Account number",
)

STATEMENT = StatementLayout(
    "bank statement",
    StatementRow,
    (
        Column(
            "traded_on", Day(), ("交易日期", "交易日", "发生日期", "日期", "Date", "Transaction date"), False
        ),
        Column(
            "booked_on",
            Day(),
            ("记账日期", "记账日", "入账日期", "会计日期", "Booking date", "Posting date"),
            False,
        ),
        Column("traded_at", DayOfMoment(), ("交易时间", "Transaction time"), False),
        Column(
            "received",
            Amount(negative=True),
            (
                "收入",
                "收入金额",
                "贷方金额",
                "贷方发生额",
                "贷方",
                "转入金额",
                "Credit",
                "Credit amount",
                "Money in",
                "Deposit",
            ),
            False,
        ),
        Column(
            "paid",
            Amount(negative=True),
            (
                "支出",
                "支出金额",
                "借方发生额",
                "借方金额",
                "借方",
                "转出金额",
                "Debit",
                "Debit amount",
                "Money out",
                "Withdrawal",
            ),
            False,
        ),
        Column(
            "amount",
            Amount(negative=True),
            ("发生额", "交易金额", "金额", "Amount", "Transaction amount"),
            False,
        ),
        Column(
            "direction",
            Text(20),
            ("借贷标志", "借贷方向", "收支方向", "收支", "借贷", "Direction", "D/C"),
            False,
            "",
        ),
        Column(
            "balance", Amount(negative=True), ("余额", "账户余额", "当前余额", "交易后余额", "Balance"), False
        ),
        Column(
            "name",
            Text(200),
            (
                "对方户名",
                "对方账户名称",
                "对方名称",
                "对方单位",
                "收付方名称",
                "收(付)方名称",
                "交易对手",
                "Counterparty",
                "Counterparty name",
            ),
            False,
            "",
        ),
        Column("account_no", Secret(64), _ACCOUNT, False, ""),
        Column("summary", Text(400), ("摘要", "交易摘要", "Summary", "Description", "Memo"), False, ""),
        Column("remark", Text(400), ("附言", "备注", "Remark", "Remarks", "Details"), False, ""),
        Column("purpose", Text(400), ("用途", "交易用途", "Purpose"), False, ""),
        Column(
            "reference",
            Text(64),
            (
                "交易流水号",
                "流水号",
                "银行流水号",
                "交易流水",
                "核心流水号",
                "Reference",
                "Transaction ID",
                "Bank reference",
            ),
            False,
            "",
        ),
        Column("currency", Text(20), ("币种", "币别", "货币", "Currency"), False, ""),
    ),
)

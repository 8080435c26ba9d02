"""Reading expenses from a sheet: one row an expense, one error message, all rows or none.

Each is booked as if it had been typed, in the order of its rows. A row whose reference is booked already and that says
the same is left alone: the workbook that was taken out comes in again and books nothing twice. A row without a
reference is given one made of what it says, so that the same sheet is known again.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction

from fund.fees.actions import record_expense
from fund.fees.categories import Category
from fund.fees.queries import ExpenseSheet, every_expense
from fund.fees.recovery_rules import BROKEN_DEAL_ROW, split
from kernel.db import Tx
from kernel.errors import Conflict, Problem
from kernel.identity.rules import Actor
from kernel.money import format_amount
from kernel.sheets.cells import tidy
from kernel.sheets.days import Day
from kernel.sheets.importing import KNOWN, PASSED_OVER, Imported, Known, book
from kernel.sheets.numbers import Amount, Share
from kernel.sheets.reading import Column, Layout, read_file
from kernel.sheets.words import Text


def _n(says: str) -> str:
    return says


LEFT_ALONE = _n("{count} of its expenses were booked or taken back before and left alone")
NAMED = _n("{count} rows without a reference were given one made of what they say")
DIFFERS = _n("{reference} is booked already with {booked}; an import changes nothing that is booked")


class ExpenseDiffers(Conflict):
    code = "expense_differs"
    says = "{reference} is booked already and says something else."


class ExpenseGone(Conflict):
    code = "expense_gone"
    says = "{reference} was taken back on {on}; leave the row out, or give it another reference."


class ExpenseStands(Conflict):
    code = "expense_stands"
    says = "{reference} stands in the books; an import takes nothing back."


class ExpenseAlike(Conflict):
    code = "expense_alike"
    says = (
        "{reference} has the same day, category, amount and payee; where this is another expense, "
        "write its reference in the column “费用编号” (Expense reference)."
    )


@dataclass(frozen=True)
class ExpenseRow:
    """One expense in fen; `category` is its row of the ILPA template. One that was taken back says when."""

    reference: str
    incurred_on: date
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
        return self.reference or f"E{self.incurred_on:%Y%m%d}-{self.category}-{made}"

    @property
    def looks(self) -> tuple[date, int, int, str]:
        """By what an expense is known that has no reference of its own."""
        return self.incurred_on, self.category, self.amount, self.payee


EXPENSES = Layout(
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
                "支付日期",
                "Paid on",
                "支出日期",
                "费用日期",
                "付款日期",
                "发生日期",
                "日期",
                "Date",
                "Expense date",
            ),
        ),
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
    unique=("reference", "incurred_on", "category", "amount", "payee", "memo", "concerning"),
)


def import_expenses(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    filename: str,
    content: bytes,
    dry_run: bool = False,
    now: datetime,
) -> tuple[Imported, ...]:
    """Book every expense of a sheet that is new. Refused: see SheetRefused, each fault with its row."""
    reading = read_file(filename, content, EXPENSES)
    known = {tidy(one.reference): one for one in every_expense(tx, fund_id=fund_id)}
    alike = _by_looks(known.values())
    left, named = [], []

    def act(row: ExpenseRow) -> Known | None:
        if is_left_alone(row, known, alike):
            left.append(row.name)
            return Known(row.name, PASSED_OVER if row.undone_on else KNOWN)
        named.extend([] if row.reference else [row.name])
        add_expense(tx, actor, row=row, fund_id=fund_id, now=now)
        return None

    done = book(tx, reading, act, what="expenses", dry_run=dry_run)
    told = [Problem(filename, LEFT_ALONE, {"count": len(left)})] if left else []
    told += [Problem(f"{filename}, 费用编号", NAMED, {"count": len(named)})] if named else []
    return (replace(done, notices=(*done.notices, *told)),)


def add_expense(tx: Tx, actor: Actor, *, row: ExpenseRow, fund_id: int, now: datetime) -> None:
    """Book one expense."""
    record_expense(
        tx,
        actor,
        fund_id=fund_id,
        reference=row.name,
        ilpa_row=row.category,
        amount=row.amount,
        incurred_on=row.incurred_on,
        payee=row.payee,
        memo=row.memo,
        share=row.share or Fraction(0),
        others=row.others,
        concerning=row.concerning,
        now=now,
    )


def is_left_alone(
    row: ExpenseRow,
    known: Mapping[str, ExpenseSheet],
    alike: Mapping[tuple[date, int, int, str], str],
) -> bool:
    """Whether a row says nothing new: booked already, or taken back where it comes from.

    Refused: one that says something else than what is booked, one that is taken back only there or only here, one
    without a reference that looks like an expense booked under another.
    """
    booked = known.get(row.name)
    if booked is None:
        if not row.reference and row.looks in alike:
            raise ExpenseAlike(reference=alike[row.looks])
        return row.undone_on is not None
    problems = list(_differences(row, booked))
    if problems:
        raise ExpenseDiffers(problems=problems, reference=booked.reference)
    if booked.undone_on is not None and row.undone_on is None:
        raise ExpenseGone(reference=booked.reference, on=booked.undone_on)
    if booked.undone_on is None and row.undone_on is not None:
        raise ExpenseStands(reference=booked.reference)
    return True


def _by_looks(found: Iterable[ExpenseSheet]) -> dict[tuple[date, int, int, str], str]:
    return {
        (one.incurred_on, one.ilpa_row, one.amount, tidy(one.payee)): one.reference
        for one in found
        if one.undone_on is None
    }


def _differences(row: ExpenseRow, booked: ExpenseSheet) -> Iterable[Problem]:
    """Where a row says something else than what is booked; what it does not say is no difference."""
    headings = {column.field: column.headings[0] for column in EXPENSES.columns}
    for field, said, is_booked, shown in (
        ("incurred_on", row.incurred_on, booked.incurred_on, booked.incurred_on.isoformat()),
        ("category", row.category, booked.ilpa_row, str(booked.ilpa_row)),
        ("amount", row.amount, booked.amount, format_amount(booked.amount)),
        ("payee", row.payee, tidy(booked.payee), booked.payee),
        ("memo", row.memo or tidy(booked.memo), tidy(booked.memo), booked.memo),
        ("concerning", row.concerning or tidy(booked.concerning), tidy(booked.concerning), booked.concerning),
        ("share", _owed(row, booked), booked.recoverable, format_amount(booked.recoverable)),
        ("others", row.others or tidy(booked.others), tidy(booked.others), booked.others),
    ):
        if said != is_booked:
            yield Problem(headings[field], DIFFERS, {"reference": booked.reference, "booked": shown})


def _owed(row: ExpenseRow, booked: ExpenseSheet) -> int:
    """What others owe of it by the share that the row says; of other costs the terms say it, and not the sheet."""
    if not row.share:
        return booked.recoverable
    return split(BROKEN_DEAL_ROW, booked.amount, left=None, share=row.share).others

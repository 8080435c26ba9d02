"""Reading expenses from a sheet: one row an expense, one error message, all rows or none.

Each is booked as if it had been typed, in the order of its rows. A row whose reference is booked already and that says
the same is left alone: the workbook that was taken out comes in again and books nothing twice. A row without a
reference is given one made of what it says, so that the same sheet is known again.

A sheet with the day on which each was incurred and the day on which it was paid leaves the second empty where it is
owed; one that has a single day means what was paid on that day. A sheet beside it tells what was paid in parts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction

from fund.capital.acts import lock_capital
from fund.fees.accruals import pay_expense
from fund.fees.accrued import AccrualSheet, accruals
from fund.fees.actions import lock_fees, record_expense
from fund.fees.expense_layouts import EXPENSES, ExpenseRow, days_of
from fund.fees.queries import ExpenseSheet, every_expense
from fund.fees.recovery_rules import BROKEN_DEAL_ROW, split
from fund.fees.settlement_imports import import_settlements
from kernel.db import Tx
from kernel.errors import Conflict, Problem
from kernel.identity.rules import Actor
from kernel.money import format_amount
from kernel.sheets.cells import tidy
from kernel.sheets.files import Grid, open_file
from kernel.sheets.importing import KNOWN, PASSED_OVER, Imported, Known, book, together
from kernel.sheets.reading import Reading, read_file


def _n(says: str) -> str:
    return says


LEFT_ALONE = _n("{count} of its expenses were booked or taken back before and left alone")
PAID_NOW = _n("{count} of its expenses were owed and are paid by it")
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
    """Book every expense of a sheet that is new, pay what was owed and is paid by now, and settle what the sheet beside
    it says. Refused: see SheetRefused, each fault with its row.
    """
    lock_capital(tx, fund_id=fund_id)  # The first row holds the books: what later rows need is taken before.
    lock_fees(tx, fund_id=fund_id)

    def expenses() -> Imported:
        return _expenses(tx, actor, fund_id=fund_id, filename=filename, content=content, now=now)

    def settlements() -> Imported:
        return import_settlements(tx, actor, fund_id=fund_id, filename=filename, content=content, now=now)

    return together(tx, expenses, settlements, dry_run=dry_run)


def _expenses(
    tx: Tx, actor: Actor, *, fund_id: int, filename: str, content: bytes, now: datetime
) -> Imported:
    reading = _dated(read_file(filename, content, EXPENSES), open_file(filename, content))
    known = {tidy(one.reference): one for one in every_expense(tx, fund_id=fund_id)}
    owed = {tidy(one.expense.reference): one for one in accruals(tx, fund_id=fund_id)}
    alike = _by_looks(known.values())
    left, named, paid = [], [], []

    def act(row: ExpenseRow) -> Known | None:
        if is_left_alone(row, known, alike, owed):
            if row.name in owed and row.paid_on and not owed[row.name].paid_on:
                pay_whole(tx, actor, row=row, fund_id=fund_id, reference=known[row.name].reference, now=now)
                paid.append(row.name)
                return None
            left.append(row.name)
            return Known(row.name, PASSED_OVER if row.undone_on else KNOWN)
        named.extend([] if row.reference else [row.name])
        add_expense(tx, actor, row=row, fund_id=fund_id, now=now)
        return None

    done = book(tx, reading, act, what="expenses")
    told = [Problem(filename, LEFT_ALONE, {"count": len(left)})] if left else []
    told += [Problem(filename, PAID_NOW, {"count": len(paid)})] if paid else []
    told += [Problem(f"{filename}, 费用编号", NAMED, {"count": len(named)})] if named else []
    return replace(done, notices=(*done.notices, *told))


def _dated(reading: Reading[ExpenseRow], grids: Sequence[Grid]) -> Reading[ExpenseRow]:
    """The rows with both days where the sheet has one column for them: paid on the day on which they were incurred."""
    days = next((days_of(grid) for grid in grids if grid.sheet == reading.sheet), set())
    if days != {"incurred_on"}:
        return reading
    lines = tuple(
        replace(one, value=replace(one.value, paid_on=one.value.incurred_on)) for one in reading.lines
    )
    return replace(reading, lines=lines)


def pay_whole(tx: Tx, actor: Actor, *, row: ExpenseRow, fund_id: int, reference: str, now: datetime) -> None:
    """Pay what is owed of an expense on the day that the row says."""
    assert row.paid_on is not None
    pay_expense(
        tx, actor, fund_id=fund_id, reference=reference, amount=row.amount, paid_on=row.paid_on, now=now
    )


def add_expense(tx: Tx, actor: Actor, *, row: ExpenseRow, fund_id: int, now: datetime) -> None:
    """Book one expense: paid on its day, or owed from then on and paid on the later day that the row says."""
    is_accrued = row.paid_on != row.day
    record_expense(
        tx,
        actor,
        fund_id=fund_id,
        reference=row.name,
        ilpa_row=row.category,
        amount=row.amount,
        incurred_on=row.day,
        payee=row.payee,
        memo=row.memo,
        share=row.share or Fraction(0),
        others=row.others,
        concerning=row.concerning,
        is_accrued=is_accrued,
        now=now,
    )
    if is_accrued and row.paid_on:
        pay_whole(tx, actor, row=row, fund_id=fund_id, reference=row.name, now=now)


def is_left_alone(
    row: ExpenseRow,
    known: Mapping[str, ExpenseSheet],
    alike: Mapping[tuple[date, int, int, str], str],
    owed: Mapping[str, AccrualSheet],
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
    problems = list(_differences(row, booked, owed.get(row.name)))
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


def _differences(row: ExpenseRow, booked: ExpenseSheet, owed: AccrualSheet | None) -> Iterable[Problem]:
    """Where a row says something else than what is booked; what it does not say is no difference."""
    headings = {column.field: column.headings[0] for column in EXPENSES.columns}
    for field, said, is_booked, shown in (
        ("incurred_on", row.day, booked.incurred_on, booked.incurred_on.isoformat()),
        ("paid_on", *_paid(row, booked, owed)),
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


def _paid(row: ExpenseRow, booked: ExpenseSheet, owed: AccrualSheet | None) -> tuple[object, object, str]:
    """The day of payment as the row says it, as it is booked, and how that is shown; "owed" without one.

    Of what is owed a row without a day says nothing new, and one with a day of what nothing is paid yet that it is.
    """
    if owed is None:
        said = booked.incurred_on if row.paid_on == row.day else row.paid_on
        return said, booked.incurred_on, booked.incurred_on.isoformat()
    if row.paid_on is None or owed.open == booked.amount:
        return None, None, ""
    shown = owed.paid_on.isoformat() if owed.paid_on else format_amount(owed.paid)
    return row.paid_on, owed.paid_on, shown


def _owed(row: ExpenseRow, booked: ExpenseSheet) -> int:
    """What others owe of it by the share that the row says; of other costs the terms say it, and not the sheet."""
    if not row.share:
        return booked.recoverable
    return split(BROKEN_DEAL_ROW, booked.amount, left=None, share=row.share).others

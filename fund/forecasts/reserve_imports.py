"""Reading reserves from a sheet: one row a company, one error message, all rows or none.

Every row is a plan from today on, as if it had been typed. A row that says what is planned already is left alone: a
workbook that was taken out, changed in some rows and brought in again writes those rows only.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from fund.forecasts.reserve_rules import ReservePlan
from fund.forecasts.reserves import plan_reserve, plans
from kernel.db import Tx
from kernel.identity.rules import Actor
from kernel.periods import NotAQuarter, Quarter
from kernel.sheets.cells import Cell, Unreadable, tidy
from kernel.sheets.importing import Imported, book
from kernel.sheets.numbers import Amount
from kernel.sheets.reading import Column, Layout, read_file
from kernel.sheets.words import Code, Text


@dataclass(frozen=True)
class QuarterNamed:
    """A quarter, as in 2027Q2."""

    def read(self, cell: Cell) -> Quarter:
        """The quarter."""
        try:
            return Quarter.parse(tidy(cell.shown))
        except NotAQuarter as fault:
            raise Unreadable("expected a quarter like 2027Q2, got “{found}”", found=cell.shown) from fault


@dataclass(frozen=True)
class ReserveRow:
    """What is to be kept back for a holding, in fen, and by when."""

    holding: str
    amount: int
    expected: Quarter
    note: str

    @property
    def said(self) -> ReservePlan:
        """The plan itself."""
        return ReservePlan(self.amount, self.expected, self.note)


RESERVES = Layout(
    "reserves",
    ReserveRow,
    (
        Column("holding", Code(), ("预留持仓", "Reserved for")),
        Column("amount", Amount(), ("预留金额", "Reserve")),
        Column("expected", QuarterNamed(), ("预计使用季度", "Needed in quarter")),
        Column("note", Text(), ("预留说明", "Note on the reserve"), False, ""),
    ),
    unique=("holding",),
)


def import_reserves(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    filename: str,
    content: bytes,
    dry_run: bool = False,
    now: datetime,
) -> tuple[Imported, ...]:
    """Plan every reserve of a sheet. Refused: see SheetRefused, each fault with its row."""
    reading = read_file(filename, content, RESERVES)
    # Of a note typed on a page in several lines a sheet keeps the lines and not the browser's ends of them.
    known = {code: replace(plan, note=tidy(plan.note)) for code, plan in plans(tx, fund_id=fund_id).items()}

    def act(row: ReserveRow) -> None:
        if row.said != known.get(row.holding):
            plan_reserve(tx, actor, fund_id=fund_id, holding=row.holding, plan=row.said, now=now)

    return (book(tx, reading, act, what="reserves", dry_run=dry_run),)

"""Rows of a sheet whose totals are formulas over other rows, each with the figure that we have for it."""

from collections.abc import Sequence

from xlsxwriter.utility import xl_col_to_name

from kernel.sheets.writing import Formula, Value

# Above the rows stand the caption and the head.
FIRST_ROW = 3


class Rows:
    """The rows under the head of a sheet with a caption: some labels, then amounts in minor units."""

    def __init__(self, *, labels: int) -> None:
        self.labels = labels
        self.written: list[tuple[Value, ...]] = []
        self.amounts: dict[int, tuple[int, ...]] = {}

    def put(self, labels: Sequence[Value], amounts: Sequence[int], *more: Value) -> int:
        """Write a row of plain figures; returns its number in the sheet."""
        return self._row(labels, amounts, amounts, more)

    def put_across(self, labels: Sequence[Value], amounts: Sequence[int]) -> int:
        """Write a row whose last amount is the sum of those before it."""
        row, last = self._next, self.labels + len(amounts) - 2
        says = f"=SUM({_at(self.labels, row)}:{_at(last, row)})"
        return self._row(labels, (*amounts[:-1], Formula(says, sum(amounts[:-1]))), amounts, ())

    def add_up(
        self,
        labels: Sequence[Value],
        rows: Sequence[int],
        *more: Value,
        less: Sequence[int] = (),
        columns: int | None = None,
    ) -> int:
        """Write a row that is the sum of `rows`, without those in `less`."""
        width = columns or len(next(iter(self.amounts.values()), (0,)))
        parts = [(self.amounts[row], 1) for row in rows] + [(self.amounts[row], -1) for row in less]
        amounts = tuple(sum(part[at] * sign for part, sign in parts) for at in range(width))
        cells = [Formula(_sum(self.labels + at, rows, less), amount) for at, amount in enumerate(amounts)]
        return self._row(labels, cells, amounts, more)

    @property
    def _next(self) -> int:
        return FIRST_ROW + len(self.written)

    def _row(
        self, labels: Sequence[Value], cells: Sequence[Value], amounts: Sequence[int], more: Sequence[Value]
    ) -> int:
        row = self._next
        self.written.append((*labels, *cells, *more))
        self.amounts[row] = tuple(amounts)
        return row


def _sum(column: int, rows: Sequence[int], less: Sequence[int]) -> str:
    """The formula of a sum: a stretch of rows that follow each other is named by its ends."""
    if not rows and not less:
        return "=0"
    is_stretch = len(rows) > 2 and list(rows) == list(range(rows[0], rows[-1] + 1))
    ends = f"{_at(column, rows[0])}:{_at(column, rows[-1])}" if is_stretch else ""
    plus = ends or ",".join(_at(column, row) for row in rows)
    return "=" + "-".join([f"SUM({plus})", *(_at(column, row) for row in less)])


def _at(column: int, row: int) -> str:
    return f"{xl_col_to_name(column)}{row}"

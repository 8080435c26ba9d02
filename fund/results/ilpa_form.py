"""The form of the ILPA Reporting Template v2.0: its rows in their order, read from their data file. Pure.

Rows 12 to 114 come as `ilpa_rules` computes them; 119 to 131 say what the adviser received from portfolio companies.
Of reimbursements (130) and values of the 2016 template (128) the books know none: they are zero.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fund.results.ilpa_rules import Column

DATA = Path(__file__).with_name("ilpa_reporting_rows.csv")
VERSION = "ILPA Reporting Template v2.0"
HEADING = "heading"
# The rows of "Other", marked by an asterisk, and the share of the fund's expenses above which they need a note.
OTHERS = (31, 57, 74, 127)
NOTED_ABOVE_PERCENT = 5


@dataclass(frozen=True)
class FormRow:
    """A row: the number and label that the template gives it, and its formula, or "input" or "heading"."""

    number: int
    label: str
    formula: str

    @property
    def is_heading(self) -> bool:
        return self.formula == HEADING


@cache
def form() -> tuple[FormRow, ...]:
    """Every row of the template, in its order."""
    with DATA.open(encoding="utf-8", newline="") as file:
        return tuple(FormRow(int(row["row"]), row["label"], row["formula"]) for row in csv.DictReader(file))


def whole(found: Column, received: Mapping[int, int]) -> Column:
    """A column with the rows of what was received and their two totals."""
    rows = {row: received.get(row, 0) for row in range(119, 129)} | {130: received.get(130, 0)}
    total = sum(rows[row] for row in range(119, 129))
    return {**found, **rows, 129: total, 131: total + rows[130]}


def expenses(found: Column) -> int:
    """The fund's expenses before offsets, its management fee apart, as an amount above zero."""
    return -(found[32] + found[59])


def needs_note(found: Column, row: int) -> bool:
    """Whether what stands on a row of "Other" is more than the share of the fund's expenses that needs no note."""
    return abs(found[row]) * 100 > NOTED_ABOVE_PERCENT * max(expenses(found), 0)

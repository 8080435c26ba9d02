"""One cell of a sheet as it stands in the file, and the words for a cell that cannot be read.

Sheets are typed by people: digits and brackets may be full-width, spaces may be of any kind, and a cell may
be the shadow of a merged one. Nothing is guessed here; a reader understands a cell or says what it found.
"""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Protocol, TypeVar

Raw = str | int | float | Decimal | bool | datetime | date | time | None

V_co = TypeVar("V_co", covariant=True)


@dataclass(frozen=True)
class Cell:
    """A cell: its value, and how the spreadsheet shows it.

    `percent` says the spreadsheet shows the number as a percentage (0.08 is seen as 8 %); `merged` that the
    value belongs to the first cell of a merged range; `fault` holds a spreadsheet error such as "#REF!";
    `unit` is what the column's heading states ("元", "万元", "亿元", "%"), or "" when it states nothing.
    """

    value: Raw = None
    percent: bool = False
    merged: bool = False
    fault: str = ""
    unit: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to read, not even an error; a lone dash or stroke stands for nothing."""
        return not self.fault and not tidy(self.shown).strip("-–—−/／")

    @property
    def shown(self) -> str:
        """The cell as text, for messages."""
        if self.fault:
            return self.fault
        if isinstance(self.value, float):
            return f"{decimal(self.value):f}"
        return "" if self.value is None else str(self.value)


class Unreadable(Exception):
    """A cell could not be understood; `says` is an English template over `facts`, as in `kernel.errors`."""

    def __init__(self, says: str, **facts: object) -> None:
        self.says = says
        self.facts = facts
        super().__init__(says.format_map(facts))


class Reader(Protocol[V_co]):
    """Understands the cells of one column."""

    def read(self, cell: Cell) -> V_co:
        """The value meant, or Unreadable."""


def tidy(text: str) -> str:
    """Trim spaces of every width and drop characters that cannot be seen; the rest stays as written."""
    seen = (c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf"))
    return "".join(seen).strip()


def narrow(text: str) -> str:
    """Full-width digits, letters and signs made narrow and trimmed: １，２３４．５０ is 1,234.50."""
    return tidy(unicodedata.normalize("NFKC", text)).replace("−", "-").replace("–", "-").replace("—", "-")


def decimal(value: float) -> Decimal:
    """A spreadsheet's number as the user sees it: spreadsheets keep and show fifteen significant digits."""
    return Decimal(f"{value:.15g}")

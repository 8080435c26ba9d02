"""Readers for numbers: whole numbers, money, percentages and exact ratios."""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from kernel.sheets.cells import Cell, Unreadable, decimal, narrow

_UNITS = {
    "元": 1,
    "圆": 1,
    "千元": 10**3,
    "万": 10**4,
    "万元": 10**4,
    "百万元": 10**6,
    "亿": 10**8,
    "亿元": 10**8,
    "k": 10**3,
    "thousand": 10**3,
    "m": 10**6,
    "million": 10**6,
}
_UNIT_WORDS = "|".join(sorted(_UNITS, key=len, reverse=True))
_SIGNS = r"(?:人民币|rmb|cny|¥|￥)"
_PLAIN = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_NUMBER = re.compile(rf"[-+]?{_PLAIN}", re.ASCII)
_BRACKETS = re.compile(rf"\((?P<inner>{_PLAIN})\)", re.ASCII)
_MONEY = re.compile(
    rf"(?:{_SIGNS}\s*)?(?P<number>[-+]?[\d.,()]+)\s*(?P<unit>{_UNIT_WORDS})?\s*(?:整|{_SIGNS})?",
    re.IGNORECASE,
)
_HEADING_UNIT = re.compile(rf"({_UNIT_WORDS}|%|‰)", re.IGNORECASE)

NOT_A_NUMBER = "“{found}” is not a number"
NOT_WHOLE = "“{found}” is not a whole number"
OUT_OF_RANGE = "“{found}” is outside {low} to {high}"
NOT_AN_AMOUNT = "“{found}” is not an amount of money; expected digits such as 1,234,500.00 or 123.45万元"
TOO_FINE = "“{found}” is finer than one fen (0.01)"
NEGATIVE = "“{found}” is negative; expected zero or more"
MERGED = "an amount may not stand in merged cells; write each row's own amount"
NOT_A_SHARE = "“{found}” is not a percentage; expected 8%, or 0.08"
DID_YOU_MEAN = "“{found}” is more than one; did you mean {found} %?"
ONE_OR_ALL = "“{found}” may mean 1 % or 100 %; write the percent sign"
SHARE_RANGE = "“{found}” is outside {low} % to {high} %"
NOT_A_RATIO = "“{found}” is not a ratio; expected 2/3, or 66.5%"
A_DATE = "the spreadsheet turned this into the date {found}; format the cell as text and write it again"


def unit_in(words: str) -> str:
    """The money unit or percent sign that stands in a heading's brackets or after its comma, or ""."""
    found = [match.group(1).lower() for match in _HEADING_UNIT.finditer(narrow(words))]
    return found[-1] if found else ""


def scale_of(unit: str) -> int:
    """How many yuan one `unit` is; 1 for no unit or a unit that is not money."""
    return _UNITS.get(unit, 1)


def number_in(cell: Cell, says: str = NOT_A_NUMBER) -> Decimal:
    """The number a cell holds: digits with or without thousands commas, brackets or a sign for negatives."""
    value = cell.value
    if isinstance(value, float):
        return decimal(value)
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, str):
        return _parsed(narrow(value).replace(" ", ""), cell, says)
    raise Unreadable(says, found=cell.shown)


def _parsed(text: str, cell: Cell, says: str) -> Decimal:
    bracketed = _BRACKETS.fullmatch(text)
    if bracketed:
        text = "-" + bracketed["inner"]
    if not _NUMBER.fullmatch(text):
        raise Unreadable(says, found=cell.shown)
    return Decimal(text.replace(",", ""))


@dataclass(frozen=True)
class Whole:
    """A whole number from `low` to `high`; words in `around` ("TRL", "级") may stand before or after it."""

    low: int = 0
    high: int = 10**12
    around: tuple[str, ...] = ()

    def read(self, cell: Cell) -> int:
        """The number as an int."""
        bare = cell
        if isinstance(cell.value, str):
            text = narrow(cell.value)
            for word in self.around:
                text = re.sub(re.escape(word), "", text, flags=re.IGNORECASE)
            bare = Cell(text)
        number = number_in(bare, NOT_WHOLE)
        if number != number.to_integral_value():
            raise Unreadable(NOT_WHOLE, found=cell.shown)
        if not self.low <= number <= self.high:
            raise Unreadable(OUT_OF_RANGE, found=cell.shown, low=self.low, high=self.high)
        return int(number)


@dataclass(frozen=True)
class Amount:
    """Money as whole fen: 1,234.50 is 123450; a unit in the cell wins over the heading's."""

    negative: bool = False

    def read(self, cell: Cell) -> int:
        """The amount in fen; refuses finer than one fen, and negatives unless allowed."""
        if cell.merged:
            raise Unreadable(MERGED)
        own, scale = cell, scale_of(cell.unit)
        if isinstance(cell.value, str):
            written = _MONEY.fullmatch(re.sub(r"\s", "", narrow(cell.value)))
            if written is None:
                raise Unreadable(NOT_AN_AMOUNT, found=cell.shown)
            own = Cell(written["number"])
            scale = scale_of(written["unit"].lower()) if written["unit"] else scale
        fen = number_in(own, NOT_AN_AMOUNT) * scale * 100
        if fen != fen.to_integral_value():
            raise Unreadable(TOO_FINE, found=cell.shown)
        if fen < 0 and not self.negative:
            raise Unreadable(NEGATIVE, found=cell.shown)
        return int(fen)


@dataclass(frozen=True)
class Share:
    """A percentage as an exact fraction: 8%, 0.08 and 8 under a heading in % are all 2/25.

    A bare 8 is refused with a hint rather than read as 800 %. `low` and `high` are in percent.
    """

    low: int = 0
    high: int = 100

    def read(self, cell: Cell) -> Fraction:
        """The fraction of one."""
        share = self._fraction(cell)
        if not Fraction(self.low, 100) <= share <= Fraction(self.high, 100):
            raise Unreadable(SHARE_RANGE, found=cell.shown, low=self.low, high=self.high)
        return share

    def _fraction(self, cell: Cell) -> Fraction:
        text = narrow(cell.value) if isinstance(cell.value, str) else ""
        for sign, parts in (("%", 100), ("‰", 1000)):
            if text.endswith(sign):
                return Fraction(number_in(Cell(text[:-1]), NOT_A_SHARE)) / parts
            if cell.unit == sign and not cell.percent:
                return Fraction(number_in(cell, NOT_A_SHARE)) / parts
        number = number_in(cell, NOT_A_SHARE)
        if not cell.percent and number == 1:
            raise Unreadable(ONE_OR_ALL, found=cell.shown)
        if not cell.percent and number > 1:
            raise Unreadable(DID_YOU_MEAN, found=cell.shown)
        return Fraction(number)


@dataclass(frozen=True)
class Ratio:
    """An exact ratio such as 2/3 (a voting threshold); a percentage is taken too."""

    def read(self, cell: Cell) -> Fraction:
        """The ratio, from 0 to 1."""
        if not isinstance(cell.value, (str, int, float, Decimal)):
            raise Unreadable(A_DATE, found=cell.shown)
        text = narrow(str(cell.value)).replace(" ", "")
        if not re.fullmatch(r"\d{1,4}/[1-9]\d{0,3}", text, re.ASCII):
            return Share().read(cell)
        ratio = Fraction(text)
        if ratio > 1:
            raise Unreadable(NOT_A_RATIO, found=cell.shown)
        return ratio

"""Reading what was typed into a form: every fault is found and named before anything is refused."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from starlette.datastructures import FormData, UploadFile

from kernel.errors import Invalid, Problem
from kernel.instants import BEIJING
from kernel.money import Money
from kernel.texts import seen

E = TypeVar("E", bound=StrEnum)

_AMOUNT = re.compile(r"[,，\s]")
_DECIMAL = re.compile(r"-?\d{1,12}(\.\d{1,10})?", re.ASCII)
# What a form begins with is shown exactly: units times a conversion of 4/3 are such a number.
_FRACTION = re.compile(r"-?\d{1,24}/[1-9]\d{0,10}", re.ASCII)
_SHARE = re.compile(r"\d{1,4}/[1-9]\d{0,3}", re.ASCII)
WAN = 10_000


class FieldsWrong(Invalid):
    code = "fields_wrong"
    says = "Some fields need another look."


class Fields:
    """The fields of one form. Readers note a problem and go on; `check` refuses with all of them at once."""

    def __init__(self, form: FormData | Mapping[str, str]) -> None:
        self.form = form
        self.problems: list[Problem] = []

    def wrong(self, name: str, says: str, **facts: object) -> None:
        """Note a problem in the field `name`."""
        self.problems.append(Problem(name, says, facts))

    def check(self) -> None:
        """Refuse when anything was wrong."""
        if self.problems:
            raise FieldsWrong(problems=self.problems)

    def typed(self) -> dict[str, str]:
        """What was typed, to show it again."""
        return {name: value for name, value in self.form.items() if isinstance(value, str)}

    def raw(self, name: str) -> str:
        """The text of a field without blanks around it, "" when it is not there."""
        value = self.form.get(name)
        return seen(value) if isinstance(value, str) else ""

    def text(self, name: str) -> str:
        """A text that must be there."""
        found = self.raw(name)
        if not found:
            self.wrong(name, "This is needed.")
        return found

    def lines(self, name: str) -> tuple[str, ...]:
        """The lines of a text field that are not blank."""
        return tuple(line.strip() for line in self.raw(name).splitlines() if line.strip())

    def many(self, name: str) -> tuple[str, ...]:
        """Every value of a field that may come more than once."""
        if not isinstance(self.form, FormData):
            return (self.form[name],) if name in self.form else ()
        return tuple(value for value in self.form.getlist(name) if isinstance(value, str))

    def whole(self, name: str) -> int:
        """A whole number."""
        found = self.raw(name)
        if not (found.isascii() and found.removeprefix("-").isdigit() and len(found) < 16):
            self.wrong(name, "Expected a whole number, as in 12.")
            return 0
        return int(found)

    def maybe_whole(self, name: str) -> int | None:
        """A whole number, or None when nothing was typed."""
        return self.whole(name) if self.raw(name) else None

    def money(self, name: str, currency: str = "CNY") -> int:
        """An amount in yuan as fen; commas of either width and a trailing 万 are understood."""
        plain = _AMOUNT.sub("", self.raw(name))
        in_wan = plain.endswith(("万", "万元"))
        digits = plain.removesuffix("元").removesuffix("万")
        if not _DECIMAL.fullmatch(digits):
            self.wrong(name, "Expected an amount in yuan, as in 1,250,000.00.")
            return 0
        exact = Fraction(digits) * (WAN if in_wan else 1) * 100
        if exact.denominator != 1:
            self.wrong(name, "An amount has at most two decimals.")
            return 0
        return Money(int(exact), currency).amount

    def maybe_money(self, name: str) -> int | None:
        """An amount in fen, or None when nothing was typed."""
        return self.money(name) if self.raw(name) else None

    def percent(self, name: str) -> Fraction:
        """A percentage as an exact fraction: "8" and "8%" are 2/25."""
        digits = self.raw(name).removesuffix("%").removesuffix("％").strip()
        if not _DECIMAL.fullmatch(digits):
            self.wrong(name, "Expected a percentage, as in 12.5.")
            return Fraction(0)
        return Fraction(digits) / 100

    def share(self, name: str) -> Fraction:
        """An exact share of a whole: "2/3", "50%" and "50" (percent)."""
        found = self.raw(name)
        if not _SHARE.fullmatch(found):
            return self.percent(name)
        value = Fraction(found)
        if value > 1:
            self.wrong(name, "Expected a share of at most the whole, as in 2/3.")
        return value

    def number(self, name: str) -> Fraction:
        """An exact number: a decimal, or what has none as "4/3"."""
        digits = _AMOUNT.sub("", self.raw(name))
        is_one = _DECIMAL.fullmatch(digits) or _FRACTION.fullmatch(digits)
        found = Fraction(digits) if is_one else Fraction(0)
        if not is_one or abs(found) >= 10**12:
            self.wrong(name, "Expected a number, as in 3.5.")
            return Fraction(0)
        return found

    def day(self, name: str) -> date:
        """A day."""
        found = self.maybe_day(name)
        if found is None:
            if not self.raw(name):
                self.wrong(name, "This is needed.")
            return date.min
        return found

    def maybe_day(self, name: str) -> date | None:
        """A day, or None when nothing was typed."""
        if not self.raw(name):
            return None
        try:
            return date.fromisoformat(self.raw(name).replace("/", "-"))
        except ValueError:
            self.wrong(name, "Expected a day, as in 2026-09-30.")
            return None

    def instant(self, name: str) -> datetime:
        """An instant typed in Beijing time, as a datetime-local field gives it."""
        try:
            return datetime.fromisoformat(self.raw(name)).replace(tzinfo=BEIJING)
        except ValueError:
            self.wrong(name, "Expected a day and a time, as in 2026-09-30 16:00.")
            return datetime.min.replace(tzinfo=BEIJING)

    def maybe_instant(self, name: str) -> datetime | None:
        """An instant, or None when nothing was typed."""
        return self.instant(name) if self.raw(name) else None

    def choice(self, name: str, kind: type[E]) -> E:
        """One member of an enumeration."""
        found = self.maybe_choice(name, kind)
        if found is None:
            if not self.raw(name):
                self.wrong(name, "Choose one.")
            return next(iter(kind))
        return found

    def maybe_choice(self, name: str, kind: type[E]) -> E | None:
        """One member of an enumeration, or None when nothing was chosen."""
        found = self.raw(name)
        if not found:
            return None
        if found not in set(kind):
            self.wrong(name, "Choose one of the list.")
            return None
        return kind(found)

    def ticked(self, name: str) -> bool:
        """Whether a box was ticked."""
        return bool(self.raw(name))

    def file(self, name: str) -> UploadFile | None:
        """An uploaded file with a name, or None."""
        value = self.form.get(name)
        return value if isinstance(value, UploadFile) and value.filename else None

"""What may be put on record of a company's revenue, and how far it depends on a group. Pure.

A company depends on a group by the part of a year's revenue that it earned from members of the group:
dependence = revenue from the group's members / revenue of the year. Both are as the source states them, in whole fen.
A later statement of the same year, or of what one customer bought in it, takes the place of the one before.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from kernel.errors import Conflict, Invalid, Problem
from kernel.money import format_amount

EARLIEST = 1990


class RevenueInvalid(Invalid):
    code = "revenue_invalid"
    says = "This revenue cannot be put on record."


class RevenueExceeded(Conflict):
    code = "revenue_exceeded"
    says = "Customers of {year} would have bought for {sold}; the company's whole revenue is {total}."


class RevenueDiffers(Conflict):
    code = "revenue_differs"
    says = "The revenue of {year} is {total} here and {other} in another row of the same company."


@dataclass(frozen=True)
class YearSheet:
    """A company's revenue of a year: the whole of it, and what each customer bought, in fen, by party."""

    company_id: int
    year: int
    total: int
    customers: Mapping[int, int]
    source: str

    @property
    def named(self) -> int:
        """What the customers on record bought."""
        return sum(self.customers.values())

    def part(self, amount: int) -> Fraction:
        """An amount as a part of the whole."""
        return Fraction(amount, self.total)

    def from_group(self, members: Collection[int]) -> int:
        """What members of a group bought."""
        return sum(self.customers[key] for key in self.buyers_in(members))

    def buyers_in(self, members: Collection[int]) -> list[int]:
        """The members of a group that are customers because they bought, be they called so by a relation or not."""
        return [key for key, amount in self.customers.items() if amount and key in members]


@dataclass(frozen=True)
class Dependence:
    """How much of a year's revenue came from a group; `year` is the last one on record that was over."""

    year: int
    total: int
    from_group: int
    source: str

    @property
    def share(self) -> Fraction:
        """The part of the year's revenue that came from the group."""
        return Fraction(self.from_group, self.total)


def check_revenue(
    *, company_id: int, year: int, total: int, customer_id: int | None, amount: int, source: str, today: date
) -> None:
    """Refuse a statement that cannot be true, with every fault at once."""
    problems = []
    if not EARLIEST <= year < today.year:
        says = "expected a year from {earliest} to {latest}, which is over; got {year}"
        problems.append(Problem("year", says, {"earliest": EARLIEST, "latest": today.year - 1, "year": year}))
    if total <= 0:
        problems.append(Problem("total", "expected an amount above zero"))
    if customer_id is None and amount:
        problems.append(Problem("customer", "say who bought for this amount"))
    if customer_id == company_id:
        problems.append(Problem("customer", "a company is no customer of its own"))
    if amount < 0:
        problems.append(Problem("amount", "expected zero or more"))
    if not source.strip():
        problems.append(
            Problem("source", "say where the figures stand, as in audited accounts 2025, note 31")
        )
    if problems:
        raise RevenueInvalid(problems=problems)


def check_fits(year: int, *, total: int, customers: Mapping[int, int]) -> None:
    """Refuse customers who would have bought more than was sold in all."""
    sold = sum(customers.values())
    if sold > total:
        raise RevenueExceeded(year=year, sold=format_amount(sold), total=format_amount(total))


def latest(found: Iterable[YearSheet], *, as_of: date) -> dict[int, YearSheet]:
    """Of each company the last year on record that was over on a day."""
    over: dict[int, YearSheet] = {}
    for sheet in found:
        known = over.get(sheet.company_id)
        if sheet.year < as_of.year and (known is None or known.year < sheet.year):
            over[sheet.company_id] = sheet
    return over


def dependence(sheet: YearSheet, members: Collection[int]) -> Dependence:
    """How much of a year's revenue came from the members of a group."""
    return Dependence(sheet.year, sheet.total, sheet.from_group(members), sheet.source)

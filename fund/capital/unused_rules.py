"""Money that was called and not used: how much of each item may go back to the partners. Pure; amounts in minor units.

Money for a holding by name is used by what was bought of it; money for investments at large by what was bought beyond
the money called by name; money for expenses by the expenses borne. What is left of each belongs to the items called
last. The fee is charged by its own rules and is never unused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from fund.capital.rules import ItemKind
from kernel.allocation import allocate
from kernel.errors import Conflict, Invalid, Problem
from kernel.money import format_amount

# What an item is for: its kind, and the holding it names.
Purpose = tuple[ItemKind, int | None]


class ReturnInvalid(Invalid):
    code = "return_invalid"
    says = "Nothing can be given back like this."


class MoreThanUnused(Conflict):
    code = "return_above_unused"
    says = "More is to be given back than was called and not used."


class ReturnUnpaid(Conflict):
    code = "return_before_received"
    says = "Nobody is given back what it has not paid yet."


class ReturnOutstrips(Conflict):
    code = "return_above_contributions"
    says = "{partner} has been paid {amount} more than is left of its contributions; distribute the money instead."


class ReturnTooEarly(Invalid):
    code = "return_before_due"
    says = "{call} is due on {due_on}; money goes back on that day or later."


class ReturnNotIssued(Conflict):
    code = "return_is_paid"
    says = "{call} gives money back: it is paid, and no notice is given of it."


class NotAReturn(Conflict):
    code = "not_a_return"
    says = "{call} asks for money and gives none back."


class ReturnCalledAgain(Conflict):
    code = "return_called_again"
    says = "What {call} gave back has been called again; withdraw that call first."


class ReturnSharedAnew(Conflict):
    code = "return_shared_anew"
    says = "{later} has shared the past anew since {call} was paid; take that close back first."


@dataclass(frozen=True)
class Called:
    """An item of an issued call, and what each partner has paid for it on balance, in the order of the partners."""

    item_id: int
    call: str
    position: int
    kind: ItemKind
    holding_id: int | None
    memo: str
    due_on: date
    paid: Mapping[int, int]

    @property
    def purpose(self) -> Purpose:
        """What it is for."""
        return self.kind, self.holding_id if self.kind is ItemKind.INVESTMENT else None

    @property
    def amount(self) -> int:
        """What has been paid for it on balance."""
        return sum(self.paid.values())


@dataclass(frozen=True)
class Unused:
    """An item with what was called and used for its purpose in all, and what of the item itself may go back."""

    item: Called
    called: int
    used: int
    amount: int


@dataclass(frozen=True)
class Back:
    """An amount of one item of a call that goes back."""

    call: str
    position: int
    amount: int


def unused(items: Sequence[Called], *, bought: Mapping[int, int], spent: int) -> list[Unused]:
    """What may go back of each item, in the order of the items.

    `bought` is the cost of all purchases by holding, `spent` the expenses borne so far.
    """
    called: dict[Purpose, int] = {}
    for item in items:
        called[item.purpose] = called.get(item.purpose, 0) + item.amount
    at_large = sum(
        max(0, cost - called.get((ItemKind.INVESTMENT, holding), 0)) for holding, cost in bought.items()
    )
    used: dict[Purpose, int] = {}
    for kind, holding in called:
        if kind is ItemKind.EXPENSE:
            used[kind, holding] = spent
        else:
            used[kind, holding] = at_large if holding is None else bought.get(holding, 0)
    left = {purpose: max(0, amount - used[purpose]) for purpose, amount in called.items()}
    found = []
    for item in sorted(items, key=lambda one: (one.due_on, one.item_id), reverse=True):
        part = min(max(0, item.amount), left[item.purpose])
        left[item.purpose] -= part
        found.append(Unused(item, called[item.purpose], used[item.purpose], part))
    return sorted(found, key=lambda one: one.item.item_id)


def to_give_back(found: Sequence[Unused], wanted: Sequence[Back], *, on: date) -> list[tuple[Called, int]]:
    """The items that `wanted` names with their amounts.

    Refused: nothing, an item that is not there or named twice, an amount of zero or less, a day before the call was
    due, more than was called and not used: each item named with what was called, used and left.
    """
    known = {(one.item.call, one.item.position): one for one in found}
    names = [(one.call, one.position) for one in wanted]
    problems = [
        Problem(f"{one.call} item {one.position}", says)
        for one in wanted
        for says, is_wrong in (
            (
                "no money for an investment or expense was called like that",
                (one.call, one.position) not in known,
            ),
            ("the amount must be above zero", one.amount <= 0),
            ("it is named twice", names.count((one.call, one.position)) > 1),
        )
        if is_wrong
    ]
    if problems or not wanted:
        raise ReturnInvalid(problems=problems)
    pairs = [(known[one.call, one.position], one.amount) for one in wanted]
    for one, _ in pairs:
        if on < one.item.due_on:
            raise ReturnTooEarly(call=one.item.call, due_on=one.item.due_on)
    says = "called {called}, used {used}; of this item {left} may go back, not {amount}"
    above = [
        Problem(f"{one.item.call} item {one.item.position}", says, _facts(one, amount))
        for one, amount in pairs
        if amount > one.amount
    ]
    if above:
        raise MoreThanUnused(problems=above)
    return [(one.item, amount) for one, amount in pairs]


def _facts(one: Unused, amount: int) -> dict[str, object]:
    figures = {"called": one.called, "used": one.used, "left": one.amount, "amount": amount}
    return {name: format_amount(figure) for name, figure in figures.items()}


def given_back(item: Called, amount: int) -> dict[int, int]:
    """Each partner's part of what goes back, by what it has paid for the item; what nobody gets is left out."""
    parts = allocate(amount, [max(0, paid) for paid in item.paid.values()])
    return {partner_id: part for partner_id, part in zip(item.paid, parts, strict=True) if part}

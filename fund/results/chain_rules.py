"""What a partner's group is to the companies held, and how much of the portfolio that is. Pure.

A company stands in a partner's industrial chain when a member of the partner's group is its customer, its supplier or
its shareholder: the group is walked through parents and daughters, and a relation is read from either end. Whoever
bought of it in the last year of revenue on record is its customer too.

Looked through, a company's value rests on the group by the part of its revenue that the group's members pay:
resting = value * dependence, for the companies whose revenue is on record.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from fund.holdings.sheets import HoldingSheet
from fund.parties.rules import Edge, RelationKind, group_of, ties
from fund.revenues.rules import Dependence, YearSheet, dependence
from valuation.exposure import hhi


class ChainRole(StrEnum):
    """What the partner's group is to a company."""

    CUSTOMER = "customer"
    SUPPLIER = "supplier"
    SHAREHOLDER = "shareholder"


# "The group is the ... of the company", and what the group is where the company is that of the group.
_GROUP_IS = {
    RelationKind.CUSTOMER: ChainRole.CUSTOMER,
    RelationKind.SUPPLIER: ChainRole.SUPPLIER,
    RelationKind.SHAREHOLDER: ChainRole.SHAREHOLDER,
}
_COMPANY_IS = {RelationKind.CUSTOMER: ChainRole.SUPPLIER, RelationKind.SUPPLIER: ChainRole.CUSTOMER}


@dataclass(frozen=True)
class Link:
    """A holding and what the partner's group is to its company, in the order of ChainRole.

    `dependence` is how much of the company's revenue comes from the group; None where no revenue is on record.
    """

    holding: HoldingSheet
    roles: tuple[ChainRole, ...]
    dependence: Dependence | None = None

    @property
    def resting(self) -> int:
        """The part of the value, in fen, that rests on what the group buys; nil where nothing is on record."""
        return round(self.holding.value * self.dependence.share) if self.dependence else 0


@dataclass(frozen=True)
class ChainSlice:
    """The holdings to which the group is exactly this; with no role those outside the chain."""

    roles: tuple[ChainRole, ...]
    cost: int
    value: int
    share: Fraction
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Chain:
    """A partner's industrial chain in the portfolio. The slices sum to all that is held, what is outside stands last.

    `concentration` is the HHI, 0 to 10,000, of the companies within the chain; None while nothing of value is in it.
    """

    links: tuple[Link, ...]
    slices: tuple[ChainSlice, ...]
    cost: int
    value: int
    share: Fraction | None
    concentration: float | None

    def of(self, role: ChainRole) -> int:
        """The value of the companies to which the group is that, whatever else it is to them."""
        return sum(link.holding.value for link in self.links if role in link.roles)

    @property
    def resting(self) -> int:
        """The value that rests on what the group buys, in fen: the sum of what rests on it of each company."""
        return sum(link.resting for link in self.links)

    @property
    def told(self) -> int:
        """The value of the companies in the chain whose revenue is on record."""
        return sum(link.holding.value for link in self.links if link.dependence)


def roles_in(
    party_id: int, edges: Sequence[Edge], sold: Mapping[int, YearSheet], *, as_of: date
) -> dict[int, frozenset[ChainRole]]:
    """What the party's group is to every party outside it, and to its own members their shareholder.

    sold: of each company that has one, by party, the last year of revenue on record that was over.
    """
    group = group_of(party_id, edges, as_of=as_of)
    found: dict[int, set[ChainRole]] = {member: {ChainRole.SHAREHOLDER} for member in group}
    for tie in ties(group, edges, as_of=as_of):
        role = (_GROUP_IS if tie.own_is_kind else _COMPANY_IS).get(tie.kind)
        if role is not None:
            found.setdefault(tie.other_id, set()).add(role)
    for company, year in sold.items():
        if year.buyers_in(group):
            found.setdefault(company, set()).add(ChainRole.CUSTOMER)
    return {key: frozenset(roles) for key, roles in found.items()}


def chain_of(
    party_id: int,
    held: Iterable[HoldingSheet],
    edges: Sequence[Edge],
    sold: Mapping[int, YearSheet],
    *,
    as_of: date,
) -> Chain:
    """The holdings in the chain of a party's group on a day, the most valuable first; `sold` as in `roles_in`."""
    roles = roles_in(party_id, edges, sold, as_of=as_of)
    group = group_of(party_id, edges, as_of=as_of)
    links = [
        _link(sheet, roles.get(sheet.party_id, frozenset()), sold.get(sheet.party_id), group)
        for sheet in sorted(held, key=lambda sheet: (-sheet.value, sheet.code))
        if sheet.cost or sheet.value
    ]
    whole = sum(link.holding.value for link in links)
    inside = tuple(link for link in links if link.roles)
    value = sum(link.holding.value for link in inside)
    return Chain(
        links=inside,
        slices=_slices(links, whole),
        cost=sum(link.holding.cost for link in inside),
        value=value,
        share=Fraction(value, whole) if whole else None,
        concentration=hhi(Fraction(100 * link.holding.value, value) for link in inside) if value else None,
    )


def _link(
    holding: HoldingSheet, roles: Collection[ChainRole], sold: YearSheet | None, group: Collection[int]
) -> Link:
    in_order = tuple(role for role in ChainRole if role in roles)
    return Link(holding, in_order, dependence(sold, group) if sold else None)


def _slices(links: Sequence[Link], whole: int) -> tuple[ChainSlice, ...]:
    groups: dict[tuple[ChainRole, ...], list[HoldingSheet]] = {}
    for link in links:
        groups.setdefault(link.roles, []).append(link.holding)
    found = [
        ChainSlice(
            roles,
            cost=sum(sheet.cost for sheet in own),
            value=sum(sheet.value for sheet in own),
            share=Fraction(sum(sheet.value for sheet in own), whole) if whole else Fraction(0),
            codes=tuple(sheet.code for sheet in own),
        )
        for roles, own in groups.items()
    ]
    return tuple(sorted(found, key=lambda one: (not one.roles, -one.value, one.roles)))

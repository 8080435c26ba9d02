"""The whole-fund (European) waterfall for one partner; the deal-by-deal one stands in `deal_by_deal`.

Everything a partner's share yields passes four tiers in this order:

1. return of capital: all contributions, to the partner
2. preferred return on them (see `hurdle`), to the partner
3. catch-up: `catch_up` of each yuan to the general partner until it holds `carry` of preferred return and
   catch-up together; the full tier is carry * preferred / (catch_up - carry)
4. the rest: `carry` to the general partner, what remains to the partner

A charter may promise further tiers: once the partner has a multiple of its contributions, or a return on them, a
higher carry of what still comes. They take no catch-up.

The tiers count over the partner's whole life: earlier distributions are replayed first. A flow that is a
distribution carries the amount that was distributed on the partner's share, the general partner's part of it
included, so that distributing in two parts gives the same as at once. On one day contributions come before
distributions. The general partner's parts are rounded down on the running totals: it never holds more than
`carry` of the profit distributed, and once caught up less than one fen under it. Pure: no database is needed
to import or to call this.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from fund.capital.account import Moved
from fund.capital.division import Divided, Position, after, carried, catch_up_due, contribute, divide, settle
from fund.capital.tiers import (
    CatchUpUnsolvable,
    FlowAfterDistribution,
    NotAPositiveAmount,
    Split,
    TermOutOfRange,
    TierImpossible,
    WaterfallTerms,
)
from fund.givebacks.rules import Returned
from kernel.money import format_amount

__all__ = [
    "CatchUpUnsolvable",
    "Flow",
    "FlowAfterDistribution",
    "NotAPositiveAmount",
    "Position",
    "Split",
    "TermOutOfRange",
    "TierImpossible",
    "WaterfallTerms",
    "Working",
    "check_distribution",
    "whole_fund",
    "work_through",
    "worked",
]


@dataclass(frozen=True)
class Flow:
    """Money between a partner and the fund on one day: in when `contribution`, else out.

    `amount` > 0, but of a contribution that went back unused, which is below zero.
    """

    on: date
    contribution: bool
    amount: int

    def __post_init__(self) -> None:
        if self.amount == 0 or (self.amount < 0 and not self.contribution):
            raise NotAPositiveAmount(
                what="amount of a flow", amount=format_amount(self.amount), expected="more than 0"
            )


@dataclass(frozen=True)
class Working:
    """One distribution with what is needed to follow it by hand: the position before and after, and the split.

    `catch_up_due` is what the third tier still takes once the preferred return due has been paid, `moves` are the flows
    that count, each payment with what of it stands against them.
    """

    terms: WaterfallTerms
    on: date
    distributed: int
    before: Position
    catch_up_due: int
    divided: Divided
    after: Position
    moves: tuple[Moved, ...] = ()

    @property
    def split(self) -> Split:
        """What it came to by tier."""
        return self.divided.split


def whole_fund(terms: WaterfallTerms, flows: Sequence[Flow], *, distribute: int, on: date) -> Split:
    """Split `distribute` minor units (0 or more) of a partner's share on day `on`, after its earlier `flows`.

    Refused: a negative amount, and a flow later than `on`.
    """
    return work_through(terms, flows, distribute=distribute, on=on).split


def work_through(
    terms: WaterfallTerms,
    flows: Sequence[Flow],
    *,
    distribute: int,
    on: date,
    returned: Sequence[Returned] = (),
) -> Working:
    """As `whole_fund`, with the positions kept for printing. Carry that the general partner has `returned` to the
    partner counts after the flows of its day.
    """
    in_order = sorted(flows, key=lambda flow: (flow.on, not flow.contribution))
    events: list[Flow | Returned] = [*in_order, *returned]
    check_distribution(distribute, on=on, latest=max((one.on for one in events), default=on))
    position = Position.start(terms)
    moves = []
    events.sort(key=lambda one: (one.on, isinstance(one, Returned)))
    for flow in events:
        position = carried(terms, position, flow.on)
        if isinstance(flow, Returned):
            moves.append(Moved(flow.on, 0, flow.amount))
            position = settle(terms, position, lp=flow.amount, gp=-flow.amount)
            continue
        moves.append(Moved(flow.on, *((flow.amount, 0) if flow.contribution else (0, flow.amount))))
        if flow.contribution:
            position = contribute(terms, position, flow.amount, flow.on)
        else:
            position = after(terms, position, divide(terms, position, flow.amount))
    return worked(terms, position, moves, distribute=distribute, on=on)


def check_distribution(distribute: int, *, on: date, latest: date) -> None:
    """Refuse to distribute less than nothing, or before the `latest` flow."""
    if distribute < 0:
        raise NotAPositiveAmount(
            what="amount to distribute", amount=format_amount(distribute), expected="0 or more"
        )
    if latest > on:
        raise FlowAfterDistribution(flow_on=latest, on=on)


def worked(
    terms: WaterfallTerms, position: Position, moves: Sequence[Moved], *, distribute: int, on: date
) -> Working:
    """Divide an amount from where the partner stands, with everything kept for printing."""
    position = carried(terms, position, on)
    divided = divide(terms, position, distribute)
    return Working(
        terms=terms,
        on=on,
        distributed=distribute,
        before=position,
        catch_up_due=catch_up_due(terms, position, position.preferred_due),
        divided=divided,
        after=after(terms, position, divided),
        moves=tuple(moves),
    )

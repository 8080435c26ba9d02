"""The deal-by-deal (American) waterfall for one partner, in the form of ILPA's model partnership agreement. Pure.

A distribution out of a deal passes the same tiers as in the whole-fund form (see `waterfall`), but the first two count
less than everything that the partner has paid in:

* its contributions for the deal at hand, all of them
* its contributions for what is realised of every other deal (sold, or written off)
* of what is still held, its part in unrealised losses: what is marked below its cost
* fees and expenses, allocated: the part of them that the contributions above are of all contributions for deals

with the preferred return on those from the days on which they were paid in. Against them stands what the partner has
got out of the same deals, as it was really paid. Where that was too little for the general partner then to have got
what it got, because another deal has lost since, the general partner gets nothing until its carry is right again.
What cannot be made good so is for the clawback (see `clawback`).

A distribution out of no deal (interest on cash) counts everything that was paid in, as the whole-fund form does.
Source: ILPA Model Limited Partnership Agreement, deal-by-deal version (2020), distributions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from fund.capital.account import Moved
from fund.capital.division import Position, carried, contribute, settle
from fund.capital.hurdle import half_up
from fund.capital.tiers import NotAPositiveAmount, Split, TermOutOfRange, WaterfallTerms
from fund.capital.waterfall import Working, check_distribution, worked
from kernel.money import format_amount


@dataclass(frozen=True)
class Contribution:
    """What a partner has paid in for a deal, or for fees and expenses (`deal` None); below zero went back unused."""

    on: date
    amount: int
    deal: int | None

    def __post_init__(self) -> None:
        if not self.amount:
            raise NotAPositiveAmount(
                what="amount of a contribution", amount=format_amount(self.amount), expected="other than 0"
            )


@dataclass(frozen=True)
class Paid:
    """What a deal has paid: `lp` to the partner and `gp` to the general partner as its carry.

    A clawback is `lp` got and as much `gp` given back, out of no deal.
    """

    on: date
    lp: int
    gp: int
    deal: int | None


@dataclass(frozen=True)
class Standing:
    """How far a deal counts while another is at hand: the parts of its cost that are realised, and that are lost in
    what is still held. Refused: parts below zero, or above the whole together.
    """

    realised: Fraction = Fraction(0)
    lost: Fraction = Fraction(0)

    def __post_init__(self) -> None:
        if self.realised < 0 or self.lost < 0 or self.realised + self.lost > 1:
            raise TermOutOfRange(
                term="part of a deal that counts",
                value=f"{self.realised} + {self.lost}",
                expected="parts of 0 or more that are 1 at most together",
            )

    @property
    def counts(self) -> Fraction:
        """The part of what was paid in for the deal that has to come back first."""
        return self.realised + self.lost


@dataclass(frozen=True)
class History:
    """Everything between a partner and the fund so far, and how each deal stands (one not named: wholly held)."""

    contributions: Sequence[Contribution]
    paid: Sequence[Paid]
    standings: Mapping[int, Standing]


@dataclass(frozen=True)
class Counted:
    """What was paid in for one deal (None: fees and expenses), and what of it counts."""

    deal: int | None
    contributed: int
    counted: int


@dataclass(frozen=True)
class DealWorking:
    """A distribution out of a deal, worked through: what counts by deal, and the tiers."""

    deal: int | None
    counted: tuple[Counted, ...]
    working: Working

    @property
    def split(self) -> Split:
        """What it came to by tier."""
        return self.working.split


def deal_by_deal(
    terms: WaterfallTerms, history: History, *, deal: int | None, distribute: int, on: date
) -> Split:
    """Split `distribute` minor units (0 or more) that a partner's share of `deal` yields on day `on`.

    Refused: a negative amount, and a flow later than `on`.
    """
    return work_through_deal(terms, history, deal=deal, distribute=distribute, on=on).working.split


def work_through_deal(
    terms: WaterfallTerms, history: History, *, deal: int | None, distribute: int, on: date
) -> DealWorking:
    """As `deal_by_deal`, with what counts and the positions kept for printing.

    With no deal everything counts: what the amount would come to were every deal sold on that day.
    """
    counts: dict[int | None, Fraction] = {
        key: Fraction(1) if deal in {key, None} else history.standings.get(key, Standing()).counts
        for key in _deals(history)
    }
    mine = [paid for paid in history.paid if _counts(paid, deal, history.standings)]
    return _worked(terms, history, counts, mine, deal=deal, distribute=distribute, on=on)


def _deals(history: History) -> list[int]:
    return sorted({one.deal for one in history.contributions if one.deal is not None})


def _counts(paid: Paid, deal: int | None, standings: Mapping[int, Standing]) -> bool:
    """Whether a payment stands against what counts: one out of this deal, of a realised one, or of none."""
    if deal is None or paid.deal in {deal, None}:
        return True
    return standings.get(paid.deal, Standing()).realised > 0


def _worked(
    terms: WaterfallTerms,
    history: History,
    counts: Mapping[int | None, Fraction],
    paid: Sequence[Paid],
    *,
    deal: int | None,
    distribute: int,
    on: date,
) -> DealWorking:
    days = [*(one.on for one in history.contributions), *(one.on for one in history.paid)]
    check_distribution(distribute, on=on, latest=max(days, default=on))
    part = {**counts, None: _allocated(history.contributions, counts)}
    position, moves = Position.start(terms), []
    flows: list[Contribution | Paid] = [*history.contributions, *paid]
    flows.sort(key=lambda flow: (flow.on, isinstance(flow, Paid)))
    counted: dict[int | None, int] = {}
    for flow in flows:
        position = carried(terms, position, flow.on)
        if isinstance(flow, Paid):
            position = settle(terms, position, lp=flow.lp, gp=flow.gp)
            moves.append(Moved(flow.on, 0, flow.lp))
            continue
        amount = half_up(flow.amount * part[flow.deal])
        counted[flow.deal] = counted.get(flow.deal, 0) + amount
        if amount:
            position = contribute(terms, position, amount, flow.on)
            moves.append(Moved(flow.on, amount, 0))
    rows = tuple(
        Counted(key, sum(one.amount for one in history.contributions if one.deal == key), counted[key])
        for key in sorted(counted, key=lambda key: (key is None, key or 0))
    )
    return DealWorking(deal, rows, worked(terms, position, moves, distribute=distribute, on=on))


def _allocated(contributions: Sequence[Contribution], counts: Mapping[int | None, Fraction]) -> Fraction:
    """The part of fees and expenses that counts: as much as of the contributions for deals; without any, all."""
    own = [(one.amount, counts[one.deal]) for one in contributions if one.deal is not None]
    whole = sum(amount for amount, _ in own)
    return sum((amount * part for amount, part in own), Fraction(0)) / whole if whole else Fraction(1)

"""The whole-fund (European) waterfall for one partner.

Everything a partner's share yields passes four tiers in this order:

1. return of capital: all contributions, to the partner
2. preferred return on them (see `hurdle`), to the partner
3. catch-up: `catch_up` of each yuan to the general partner until it holds `carry` of preferred return and
   catch-up together; the full tier is carry * preferred / (catch_up - carry)
4. the rest: `carry` to the general partner, what remains to the partner

The tiers count over the partner's whole life: earlier distributions are replayed first. A flow that is a
distribution carries the amount that was distributed on the partner's share, the general partner's part of it
included, so that distributing in two parts gives the same as at once. On one day contributions come before
distributions. The general partner's parts are rounded down on the running totals: it never holds more than
`carry` of the profit distributed, and once caught up less than one fen under it. Pure: no database is needed
to import or to call this.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from fund.capital.hurdle import Layer, accrued, half_up, pay_capital, pay_preferred
from fund.charter.rules import Compounding
from kernel.errors import Invalid


class CatchUpUnsolvable(Invalid):
    code = "catch_up_unsolvable"
    says = "A catch-up of {catch_up} never ends with a carry of {carry}; expected 0, or more than the carry."


class TermOutOfRange(Invalid):
    code = "waterfall_term_out_of_range"
    says = "The {term} is {value}; expected {expected}."


class NotAPositiveAmount(Invalid):
    code = "not_a_positive_amount"
    says = "The {what} is {amount}; expected {expected}."


class FlowAfterDistribution(Invalid):
    code = "flow_after_distribution"
    says = "A flow on {flow_on} comes after the distribution of {on}; the waterfall looks only back."


@dataclass(frozen=True)
class WaterfallTerms:
    """What the charter promised. Rates are decimal fractions: Fraction(2, 25), "0.08" and 0.08 mean the same.

    `catch_up` is the general partner's part of the third tier; 0 leaves the tier out. Refused: a rate outside
    its range and a catch-up in (0, carry], which could never be completed.
    """

    hurdle: Fraction
    compounding: Compounding
    catch_up: Fraction
    carry: Fraction

    def __post_init__(self) -> None:
        for term in ("hurdle", "catch_up", "carry"):
            object.__setattr__(self, term, Fraction(str(getattr(self, term))))
        if self.compounding not in tuple(Compounding):
            raise TermOutOfRange(
                term="compounding", value=self.compounding, expected=" or ".join(Compounding)
            )
        object.__setattr__(self, "compounding", Compounding(self.compounding))
        self._check()

    def _check(self) -> None:
        if self.hurdle < 0:
            raise TermOutOfRange(term="hurdle", value=self.hurdle, expected="0 or more")
        if not 0 <= self.carry < 1:
            raise TermOutOfRange(term="carry", value=self.carry, expected="0 or more and less than 1")
        if not 0 <= self.catch_up <= 1:
            raise TermOutOfRange(term="catch-up", value=self.catch_up, expected="between 0 and 1")
        if 0 < self.catch_up <= self.carry:
            raise CatchUpUnsolvable(catch_up=self.catch_up, carry=self.carry)


@dataclass(frozen=True)
class Flow:
    """Money between a partner and the fund on one day: in when `contribution`, else out. `amount` > 0."""

    on: date
    contribution: bool
    amount: int

    def __post_init__(self) -> None:
        if self.amount <= 0:
            raise NotAPositiveAmount(what="amount of a flow", amount=self.amount, expected="more than 0")


@dataclass(frozen=True)
class Split:
    """One distribution by tier, minor units; the seven parts sum to what was distributed."""

    return_of_capital: int = 0
    preferred: int = 0
    catch_up_gp: int = 0
    catch_up_lp: int = 0
    residual_gp: int = 0
    residual_lp: int = 0

    @property
    def gp(self) -> int:
        """All that goes to the general partner as carry."""
        return self.catch_up_gp + self.residual_gp

    @property
    def lp(self) -> int:
        """All that goes to the partner."""
        return self.return_of_capital + self.preferred + self.catch_up_lp + self.residual_lp


@dataclass(frozen=True)
class Position:
    """Where a partner stands: unreturned layers and what the tiers have paid over its life, minor units.

    `catch_up` and `residual` count both sides; `catch_up_full` is the size of the third tier for the preferred
    return paid so far.
    """

    layers: tuple[Layer, ...] = ()
    contributed: int = 0
    returned: int = 0
    preferred_paid: int = 0
    catch_up_full: int = 0
    catch_up: int = 0
    residual: int = 0
    residual_gp: int = 0

    @property
    def unreturned(self) -> int:
        """Contributions not yet returned."""
        return self.contributed - self.returned

    @property
    def preferred_due(self) -> int:
        """Preferred return earned and not paid, to the nearest minor unit."""
        return half_up(sum((layer.preferred for layer in self.layers), start=Fraction(0)))


@dataclass(frozen=True)
class Working:
    """One distribution with what is needed to follow it by hand: the position before and after, and the split.

    `catch_up_due` is what the third tier still takes once the preferred return due has been paid.
    """

    terms: WaterfallTerms
    on: date
    distributed: int
    before: Position
    catch_up_due: int
    split: Split
    after: Position


def whole_fund(terms: WaterfallTerms, flows: Sequence[Flow], *, distribute: int, on: date) -> Split:
    """Split `distribute` minor units (0 or more) of a partner's share on day `on`, after its earlier `flows`.

    Refused: a negative amount, and a flow later than `on`.
    """
    return work_through(terms, flows, distribute=distribute, on=on).split


def work_through(terms: WaterfallTerms, flows: Sequence[Flow], *, distribute: int, on: date) -> Working:
    """As `whole_fund`, with the positions kept for printing."""
    if distribute < 0:
        raise NotAPositiveAmount(what="amount to distribute", amount=distribute, expected="0 or more")
    position = Position()
    for flow in sorted(flows, key=lambda flow: (flow.on, not flow.contribution)):
        if flow.on > on:
            raise FlowAfterDistribution(flow_on=flow.on, on=on)
        position = _carried(terms, position, flow.on)
        position = _contribute(position, flow) if flow.contribution else _distribute(terms, position, flow)
    position = _carried(terms, position, on)
    split = _divide(terms, position, distribute)
    return Working(
        terms=terms,
        on=on,
        distributed=distribute,
        before=position,
        catch_up_due=_catch_up_due(terms, position, position.preferred_due),
        split=split,
        after=_after(terms, position, split),
    )


def _carried(terms: WaterfallTerms, position: Position, on: date) -> Position:
    layers = (
        accrued(layer, rate=terms.hurdle, compounding=terms.compounding, on=on) for layer in position.layers
    )
    return replace(position, layers=tuple(layers))


def _contribute(position: Position, flow: Flow) -> Position:
    layer = Layer(opened_on=flow.on, on=flow.on, capital=Fraction(flow.amount))
    return replace(position, layers=(*position.layers, layer), contributed=position.contributed + flow.amount)


def _distribute(terms: WaterfallTerms, position: Position, flow: Flow) -> Position:
    return _after(terms, position, _divide(terms, position, flow.amount))


def _full_catch_up(terms: WaterfallTerms, position: Position, preferred: int) -> int:
    """The whole third tier once `preferred` more is paid: the amount at which the general partner holds
    `carry` of all profit distributed. It moves only with the preferred return.
    """
    if terms.catch_up == 0 or preferred == 0:
        return position.catch_up_full
    paid = position.preferred_paid + preferred
    owed = terms.carry * (paid + position.residual) - position.residual_gp
    return int(owed / (terms.catch_up - terms.carry))


def _catch_up_due(terms: WaterfallTerms, position: Position, preferred: int) -> int:
    return max(0, _full_catch_up(terms, position, preferred) - position.catch_up)


def _divide(terms: WaterfallTerms, position: Position, amount: int) -> Split:
    capital = min(amount, position.unreturned)
    preferred = min(amount - capital, position.preferred_due)
    left = amount - capital - preferred
    catch_up = min(left, _catch_up_due(terms, position, preferred))
    caught_up = position.catch_up + catch_up
    catch_up_gp = int(terms.catch_up * caught_up) - int(terms.catch_up * position.catch_up)
    residual = left - catch_up
    residual_gp = min(residual, _residual_gp(terms, position, preferred, caught_up, residual))
    return Split(
        return_of_capital=capital,
        preferred=preferred,
        catch_up_gp=catch_up_gp,
        catch_up_lp=catch_up - catch_up_gp,
        residual_gp=residual_gp,
        residual_lp=residual - residual_gp,
    )


def _residual_gp(
    terms: WaterfallTerms, position: Position, preferred: int, caught_up: int, residual: int
) -> int:
    """What brings the general partner to `carry` of all profit (without a catch-up: of the fourth tier)."""
    profit = position.residual + residual
    if terms.catch_up:
        profit += position.preferred_paid + preferred + caught_up
    return int(terms.carry * profit) - int(terms.catch_up * caught_up) - position.residual_gp


def _after(terms: WaterfallTerms, position: Position, split: Split) -> Position:
    layers = pay_preferred(pay_capital(position.layers, split.return_of_capital), split.preferred)
    return replace(
        position,
        layers=tuple(layers),
        returned=position.returned + split.return_of_capital,
        preferred_paid=position.preferred_paid + split.preferred,
        catch_up_full=_full_catch_up(terms, position, split.preferred),
        catch_up=position.catch_up + split.catch_up_gp + split.catch_up_lp,
        residual=position.residual + split.residual_gp + split.residual_lp,
        residual_gp=position.residual_gp + split.residual_gp,
    )

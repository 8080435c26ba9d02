"""Where a partner stands in its waterfall, and how one amount is divided from there. Pure.

Both forms of the waterfall divide by the same tiers; they differ in what they count (see `waterfall` and
`deal_by_deal`). The general partner's parts are rounded down on the running totals, so that two parts on one day are
the same as both at once. Where the general partner holds more than its carry of the profit (a loss came after a
profit that was paid out deal by deal), it gets nothing until that is made good.
"""

from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from math import floor

from fund.capital.hurdle import Layer, accrued, give_back, half_up, pay_capital, pay_preferred
from fund.capital.tiers import Split, WaterfallTerms
from fund.charter.carry_rules import Measure

Layers = tuple[Layer, ...]


@dataclass(frozen=True)
class Position:
    """Where a partner stands: unreturned layers and what the tiers have paid over its life, minor units.

    `catch_up`, `residual` and `further` count both sides; `further` is what each further tier has divided, `residual`
    the fourth without them. `catch_up_full` is the size of the third tier for the preferred return paid so far,
    `residual_gp` what the general partner got in the fourth, `received` all that the partner got. `accounts` are, for
    each further tier that waits for a return, the layers growing at that return.
    """

    layers: Layers = ()
    contributed: int = 0
    returned: int = 0
    preferred_paid: int = 0
    catch_up_full: int = 0
    catch_up: int = 0
    residual: int = 0
    residual_gp: int = 0
    further: tuple[int, ...] = ()
    received: int = 0
    accounts: tuple[Layers, ...] = ()

    @classmethod
    def start(cls, terms: WaterfallTerms) -> "Position":
        """Nothing paid in and nothing paid out."""
        tiers = len(terms.further)
        return cls(further=(0,) * tiers, accounts=((),) * tiers)

    @property
    def unreturned(self) -> int:
        """Contributions not yet returned."""
        return self.contributed - self.returned

    @property
    def preferred_due(self) -> int:
        """Preferred return earned and not paid, to the nearest minor unit."""
        return _preferred(self.layers)


@dataclass(frozen=True)
class Divided:
    """One amount divided: by tier, and of the residual what each further tier took, both sides and the general
    partner's part.
    """

    split: Split
    further: tuple[int, ...]
    further_gp: tuple[int, ...]


def carried(terms: WaterfallTerms, position: Position, on: date) -> Position:
    """The position on a later day, with what has been earned by then."""

    def grown(layers: Layers, rate: Fraction) -> Layers:
        return tuple(accrued(one, rate=rate, compounding=terms.compounding, on=on) for one in layers)

    accounts = zip(terms.further, position.accounts, strict=True)
    return replace(
        position,
        layers=grown(position.layers, terms.hurdle),
        accounts=tuple(grown(layers, tier.threshold) for tier, layers in accounts),
    )


def contribute(terms: WaterfallTerms, position: Position, amount: int, on: date) -> Position:
    """The position after the partner has paid in, or after money that was not used went back to it (below zero)."""
    if amount < 0:
        return _unused(terms, position, -amount)
    layer = Layer(opened_on=on, on=on, capital=Fraction(amount))
    accounts = zip(terms.further, position.accounts, strict=True)
    return replace(
        position,
        layers=(*position.layers, layer),
        contributed=position.contributed + amount,
        accounts=tuple(
            (*layers, layer) if tier.measure is Measure.RETURN else () for tier, layers in accounts
        ),
    )


def _unused(terms: WaterfallTerms, position: Position, amount: int) -> Position:
    """The position after contributions have gone back: they were never paid in, though they have earned until then.

    What is more than is left of the partner's contributions has been paid to it like any other money.
    """
    back = min(amount, position.unreturned)
    position = replace(
        position,
        layers=tuple(give_back(position.layers, back)),
        contributed=position.contributed - back,
        accounts=tuple(tuple(give_back(layers, back)) for layers in position.accounts),
    )
    return settle(terms, position, lp=amount - back, gp=0) if amount > back else position


def divide(terms: WaterfallTerms, position: Position, amount: int) -> Divided:
    """Pass an amount through the tiers; nothing is changed."""
    capital = min(amount, position.unreturned)
    preferred = min(amount - capital, position.preferred_due)
    left = amount - capital - preferred
    catch_up = min(left, catch_up_due(terms, position, preferred))
    catch_up_gp = _catch_up_gp(terms, position, catch_up)
    first = Split(capital, preferred, catch_up_gp, catch_up - catch_up_gp)
    none = (0,) * len(terms.further)
    above = _Above(terms, after(terms, position, Divided(first, none, none)))
    above.take(left - catch_up)
    split = replace(first, residual_gp=sum(above.gp), residual_lp=sum(above.both) - sum(above.gp))
    return Divided(split, tuple(above.both[1:]), tuple(above.gp[1:]))


def settle(terms: WaterfallTerms, position: Position, *, lp: int, gp: int) -> Position:
    """The position after a partner has got `lp` and the general partner `gp`, however that was worked out then.

    What the partner got counts as capital first, then as preferred return. Both may be negative together with the
    other positive: a clawback moves carry back.
    """
    capital = min(lp, position.unreturned)
    preferred = min(lp - capital, position.preferred_due)
    left = lp + gp - capital - preferred
    catch_up = max(0, min(left, catch_up_due(terms, position, preferred)))
    catch_up_gp = _catch_up_gp(terms, position, catch_up)
    first = Split(capital, preferred, catch_up_gp, catch_up - catch_up_gp)
    none = (0,) * len(terms.further)
    above = _Above(terms, after(terms, position, Divided(first, none, none)))
    above.take(max(0, left - catch_up))
    rest = Split(residual_gp=gp - catch_up_gp, residual_lp=lp - capital - preferred - first.catch_up_lp)
    split = replace(first, residual_gp=rest.residual_gp, residual_lp=rest.residual_lp)
    return after(terms, position, Divided(split, tuple(above.both[1:]), tuple(above.gp[1:])))


def after(terms: WaterfallTerms, position: Position, divided: Divided) -> Position:
    """The position once that was paid."""
    split = divided.split
    layers = pay_preferred(pay_capital(position.layers, split.return_of_capital), split.preferred)
    tiers = zip(terms.further, position.further, divided.further, strict=True)
    # By themselves, whatever the general partner held before: so the running totals stay what they are.
    further_gp = sum(floor(tier.carry * (was + one)) - floor(tier.carry * was) for tier, was, one in tiers)
    return replace(
        position,
        layers=tuple(layers),
        returned=position.returned + split.return_of_capital,
        preferred_paid=position.preferred_paid + split.preferred,
        catch_up_full=_full_catch_up(terms, position, split.preferred),
        catch_up=position.catch_up + split.catch_up_gp + split.catch_up_lp,
        residual=position.residual + split.residual_gp + split.residual_lp - sum(divided.further),
        residual_gp=position.residual_gp + split.residual_gp - further_gp,
        further=tuple(was + one for was, one in zip(position.further, divided.further, strict=True)),
        received=position.received + split.lp,
        accounts=tuple(_paid(layers, split.lp) for layers in position.accounts),
    )


def catch_up_due(terms: WaterfallTerms, position: Position, preferred: int) -> int:
    """What the third tier still takes once `preferred` more has been paid."""
    return max(0, _full_catch_up(terms, position, preferred) - position.catch_up)


def carry_held(terms: WaterfallTerms, position: Position) -> int:
    """All the carry that the general partner has got."""
    further = zip(terms.further, position.further, strict=True)
    above = sum(floor(tier.carry * divided) for tier, divided in further)
    return int(terms.catch_up * position.catch_up) + position.residual_gp + above


def needed(terms: WaterfallTerms, position: Position) -> tuple[int, ...]:
    """What the partner still has to get before each further tier begins."""
    found = []
    for tier, layers in zip(terms.further, position.accounts, strict=True):
        if tier.measure is Measure.MULTIPLE:
            multiple = tier.threshold * position.contributed
            found.append(-int(-multiple // 1) - position.received)
        else:
            found.append(half_up(sum((one.capital for one in layers), Fraction(0))) + _preferred(layers))
    return tuple(found)


def _preferred(layers: Layers) -> int:
    return half_up(sum((layer.preferred for layer in layers), start=Fraction(0)))


def _paid(layers: Layers, amount: int) -> Layers:
    """`layers` after a payment, capital first; what is beyond them is not kept for later ones."""
    capital = min(max(0, amount), half_up(sum((one.capital for one in layers), Fraction(0))))
    returned = pay_capital(layers, capital)
    return tuple(pay_preferred(returned, min(max(0, amount) - capital, _preferred(layers))))


def _full_catch_up(terms: WaterfallTerms, position: Position, preferred: int) -> int:
    """The whole third tier once `preferred` more is paid: the amount at which the general partner holds
    `carry` of all profit distributed. It moves only with the preferred return.
    """
    if terms.catch_up == 0 or preferred == 0:
        return position.catch_up_full
    paid = position.preferred_paid + preferred
    owed = terms.carry * (paid + position.residual) - position.residual_gp
    return int(owed / (terms.catch_up - terms.carry))


def _catch_up_gp(terms: WaterfallTerms, position: Position, catch_up: int) -> int:
    return int(terms.catch_up * (position.catch_up + catch_up)) - int(terms.catch_up * position.catch_up)


class _Above:
    """What comes after the catch-up, tier by tier: the fourth in place 0, then the further ones.

    `position` is the one after the third tier; `both` is what each tier divides, `gp` the general partner's part.
    """

    def __init__(self, terms: WaterfallTerms, position: Position) -> None:
        self.terms, self.position = terms, position
        self.carries = (terms.carry, *(tier.carry for tier in terms.further))
        profit = position.residual
        if terms.catch_up:
            profit += position.preferred_paid + position.catch_up
        self.begun = (profit, *position.further)
        self.both, self.gp = [0] * len(self.carries), [0] * len(self.carries)
        self.needs = needed(terms, position)

    def take(self, amount: int) -> None:
        """Divide an amount."""
        while amount:
            place, part = self._stretch(amount)
            self.both[place] += part
            self.gp[place] += min(part, max(0, self._due() - sum(self.gp)))
            amount -= part

    def _of(self, place: int, *, begun: bool = False) -> int:
        return floor(self.carries[place] * (self.begun[place] + (0 if begun else self.both[place])))

    def _due(self) -> int:
        """What brings the general partner to its part of all profit (without a catch-up: of these tiers)."""
        held = int(self.terms.catch_up * self.position.catch_up) + self.position.residual_gp
        further = (self._of(place) - self._of(place, begun=True) for place in range(1, len(self.carries)))
        return self._of(0) - held + sum(further)

    def _stretch(self, amount: int) -> tuple[int, int]:
        """The tier in force, and how much of an amount it divides before the next one begins.

        A tier is reached once the partner has what it waits for and the fen that goes with that to the general
        partner is paid too: of tiers that are reached the one with the highest carry is in force.
        """
        got = sum(self.both) - sum(self.gp)
        left = {place: need - got for place, need in enumerate(self.needs, start=1)}
        reached = {place for place, need in left.items() if need < 0} | {0}
        while True:
            place = max(reached, key=lambda one: self.carries[one])
            waiting = [one for one in left if self.carries[one] > self.carries[place] and one not in reached]
            if not waiting:
                return place, amount
            nearest = min(waiting, key=lambda one: left[one])
            room = self._room(place, left[nearest])
            if room:
                return place, min(amount, room)
            reached.add(nearest)

    def _room(self, place: int, need: int) -> int:
        """The most that a tier divides while the partner gets no more than `need` of it.

        The general partner's part of the running total T is carry * T rounded down, so the partner has no more than
        M up to T = M / (1 - carry).
        """
        carry = self.carries[place]
        begun = self.begun[place] + self.both[place]
        most = need + begun + self._due() - sum(self.gp) - floor(carry * begun)
        return max(need, floor(most / (1 - carry)) - begun)

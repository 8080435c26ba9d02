"""What carry the general partner owes back to a partner. Pure.

    clawback = min(max(excess carry, shortfall), carry received - taxes), never below nil

* excess carry: what it has received of the partner beyond what the whole-fund waterfall gives it over the same flows
* shortfall: what the partner lacks of its contributions and the preferred return on them
* taxes: what is held to have been paid on all the carry received, at the rate of the charter; what was given back
  since is received no more, but the tax on it stays

`value` is what a sale of everything would still bring the partner: with it the clawback is what it would be then (the
potential one), with nothing left to sell it is what is owed. Sources: ILPA Principles 3.0 (2019), clawback: actual and
potential liabilities at the end of every period; ILPA Model Limited Partnership Agreement, deal-by-deal version
(2020), general partner clawback: the greater of excess carry and shortfall, at most the carry received less tax.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from fund.capital.deal_by_deal import Contribution, History, Paid, work_through_deal
from fund.capital.division import carry_held
from fund.capital.hurdle import half_up
from fund.capital.tiers import TermOutOfRange, WaterfallTerms
from fund.capital.waterfall import Flow, work_through


@dataclass(frozen=True)
class Clawback:
    """The parts of the formula, minor units; each is nil or more. `unreturned` are contributions that have not come
    back, whatever is still to come.
    """

    received: int
    entitled: int
    shortfall: int
    taxes: int
    unreturned: int = 0

    @property
    def excess(self) -> int:
        """The carry received beyond what the general partner is entitled to."""
        return max(0, self.received - self.entitled)

    @property
    def cap(self) -> int:
        """The most that is given back."""
        return max(0, self.received - self.taxes)

    @property
    def due(self) -> int:
        """What is owed back."""
        return min(max(self.excess, self.shortfall), self.cap)


def clawback(
    terms: WaterfallTerms,
    contributions: Sequence[Contribution],
    paid: Sequence[Paid],
    *,
    value: int,
    tax: Fraction = Fraction(0),
    on: date,
) -> Clawback:
    """What the general partner owes a partner on day `on` if `value` (0 or more) still comes to the partner.

    Refused: a tax rate outside 0 to 1, a negative value, a flow later than `on`.
    """
    if not 0 <= tax <= 1:
        raise TermOutOfRange(term="tax on carry", value=tax, expected="between 0 and 1")
    received = max(0, sum(one.gp for one in paid))
    taxed = sum(max(0, one.gp) for one in paid)
    history = History(contributions, paid, {})
    before = work_through_deal(terms, history, deal=None, distribute=value, on=on).working.before
    lacking = before.unreturned + before.preferred_due - value
    return Clawback(
        received=received,
        entitled=_entitled(terms, contributions, paid, value, on),
        shortfall=max(0, lacking),
        taxes=half_up(taxed * tax),
        unreturned=before.unreturned,
    )


def _entitled(
    terms: WaterfallTerms, contributions: Sequence[Contribution], paid: Sequence[Paid], value: int, on: date
) -> int:
    """All the carry that the whole-fund waterfall gives over the flows, `value` included."""
    flows = [Flow(one.on, True, one.amount) for one in contributions]
    flows += [Flow(one.on, False, one.lp + one.gp) for one in paid if one.lp + one.gp > 0]
    return carry_held(terms, work_through(terms, flows, distribute=value, on=on).after)

"""What comes to a fee in a quarter that is still to come. Pure."""

from dataclasses import dataclass
from fractions import Fraction

from fund.fees.rules import rounded
from kernel.periods import Quarter


@dataclass(frozen=True)
class FeeAhead:
    """The fee of a quarter to come by the terms in force then, exact: what is `fixed`, in minor units, and the part of
    the invested cost at its start that comes to it. Nothing of either after the fund's term.
    """

    quarter: Quarter
    fixed: Fraction
    on_cost: Fraction

    def fee(self, cost: int) -> int:
        """The fee on an invested cost, both in minor units."""
        return rounded(self.fixed + self.on_cost * cost)

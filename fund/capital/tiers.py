"""The words of a waterfall: its terms, what one distribution comes to by tier, and what is refused. Pure."""

from dataclasses import dataclass
from fractions import Fraction

from fund.charter.carry_rules import FurtherTier, tier_faults
from fund.charter.rules import Compounding
from kernel.errors import Invalid
from kernel.money import format_percent


class CatchUpUnsolvable(Invalid):
    code = "catch_up_unsolvable"
    says = "A catch-up of {catch_up} never ends with a carry of {carry}; expected 0, or more than the carry."


class TierImpossible(Invalid):
    code = "waterfall_tier_impossible"
    says = "A further tier of the waterfall cannot be reached or has no effect."


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

    `catch_up` is the general partner's part of the third tier; 0 leaves the tier out. `further` are tiers above the
    fourth (see `fund.charter.carry_rules`). Refused: a rate outside its range, a catch-up in (0, carry], which could
    never be completed, and a further tier that could never be reached or would change nothing.
    """

    hurdle: Fraction
    compounding: Compounding
    catch_up: Fraction
    carry: Fraction
    further: tuple[FurtherTier, ...] = ()

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
            raise CatchUpUnsolvable(catch_up=format_percent(self.catch_up), carry=format_percent(self.carry))
        problems = tier_faults(self.further, hurdle=self.hurdle, carry=self.carry)
        if problems:
            raise TierImpossible(problems=problems)


@dataclass(frozen=True)
class Split:
    """One distribution by tier, minor units; the six parts sum to what was distributed.

    What lies in tiers above the fourth is counted in the residual; `division.Divided` tells it apart.
    """

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

"""A later close by net asset value: what newcomers pay beyond cost for the gains that come to them. Pure; minor units.

At cost a newcomer pays its share of earlier calls and interest on it, and the gains so far, realised or not, come to it
with its share. By net asset value it pays for those gains and no interest: a price of its share of what the earlier
partners' money has become by the day of the close, with expenses at cost and the fee apart, as at cost.

    premium of a newcomer = gains that come to it x (1 - carry accrued / gains), the quotient over the earlier partners
    that bear carry; a newcomer that bears none pays for all of the gains that come to it.

It goes to the earlier partners by what they give up. Like the interest it is paid between partners: no contribution, no
distribution, outside commitment and every rate. Where the fund has lost, the premium is negative: so much less is paid.

Worked: A 60, B 40 committed; 18 called for a holding that is marked at 48, so gains of 30; the carry accrued on them is
6. C joins with 50: a third of 18, 6, is equalised, and a third of the gains, 10, comes to C. Premium 10 x (1 - 6 / 30)
= 8: C pays 14, of which A gets 8.4 and B 5.6. C's part of the net asset value, less the carry on it, is 16 - 2 = 14.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from fractions import Fraction
from math import floor

from fund.capital.hurdle import half_up
from kernel.errors import Conflict, Invalid, Problem
from kernel.money import format_amount


class CloseBasis(StrEnum):
    """What newcomers of a later close pay beyond their share of cost: interest, or for the gains that come to them."""

    COST = "cost"
    NAV = "nav"


class CloseNotByValue(Conflict):
    code = "close_not_by_nav"
    says = "The charter does not let a later close go by net asset value; amend it first, or close at cost."


class InterestAndPremium(Invalid):
    code = "close_interest_and_premium"
    says = "A close by net asset value bears no interest: what is paid for gains takes its place. Leave the rate out."


class ValueToCome(Invalid):
    code = "close_value_to_come"
    says = "{on} is still to come; a close by net asset value is on a day with known values, {today} at the latest."


class MarksTooOld(Conflict):
    code = "close_marks_too_old"
    says = (
        "These values are too old for a close by net asset value; mark them as of the day of the close first."
    )


class PremiumForNobody(Conflict):
    code = "close_premium_for_nobody"
    says = (
        "The gains and losses that come to these newcomers cancel each other out, so no earlier partner gives up "
        "what they would pay for them together, {amount}; close at cost, or admit them by closes of their own."
    )


def check_basis(basis: CloseBasis, *, may_be_nav: bool, has_rate: bool, on: date, today: date) -> None:
    """Refuse net asset value where the charter does not have it, on a day to come, and interest beside it."""
    if basis is not CloseBasis.NAV:
        return
    if not may_be_nav:
        raise CloseNotByValue()
    if has_rate:
        raise InterestAndPremium()
    if on > today:
        facts = {"on": on, "today": today}
        raise ValueToCome(problems=[Problem("closed_on", ValueToCome.says, facts)], **facts)


def premiums(
    moved: Mapping[int, int],
    *,
    gains: Mapping[int, int],
    carry: Mapping[int, int],
    newcomers: Mapping[int, bool],
) -> dict[int, int]:
    """What each partner pays for gains (negative: gets), summing to zero.

    `moved`: the gains that come to each partner by the close (negative: leave it); `gains` and `carry`: those of the
    earlier partners that bear carry, before it; `newcomers`: whether each bears carry. Refused: what is paid on balance
    while on balance the earlier partners give nothing up, as when of two newcomers one bears carry and the other not.
    """
    kept = 1 - _part(sum(carry.values()), sum(gains.values()))
    pays = {
        partner_id: half_up(moved.get(partner_id, 0) * (kept if bears else Fraction(1)))
        for partner_id, bears in newcomers.items()
    }
    gives = {partner_id: -amount for partner_id, amount in moved.items() if partner_id not in newcomers}
    paid = sum(pays.values())
    if paid and not sum(gives.values()):
        raise PremiumForNobody(amount=format_amount(paid))
    got = apportioned(paid, gives)
    return {
        key: amount
        for key, amount in (*pays.items(), *((key, -amount) for key, amount in got.items()))
        if amount
    }


def apportioned(total: int, parts: Mapping[int, int]) -> dict[int, int]:
    """`total` in proportion to `parts` of any sign, by largest remainder; ties fall to who stands earlier.

    Where `parts` cancel each other out there is nothing to go by, and nothing is apportioned.
    """
    whole = sum(parts.values())
    if not whole:
        return {}
    exact = {key: Fraction(total * part, whole) for key, part in parts.items()}
    found = {key: floor(share) for key, share in exact.items()}
    left = total - sum(found.values())
    for key in sorted(exact, key=lambda one: found[one] - exact[one])[:left]:
        found[key] += 1
    return found


def _part(carry: int, gains: int) -> Fraction:
    """The part of the gains that is the general partner's; none of a loss."""
    return Fraction(min(max(carry, 0), gains), gains) if gains > 0 else Fraction(0)

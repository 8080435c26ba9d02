"""The proceeds of an exit divided among share classes by their rights."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from valuation.flows import InvalidInput, Number, divisor, plausible


class Event(StrEnum):
    """What happens to a class as the proceeds rise."""

    PREFERENCE = "preference"
    SHARES = "shares"
    CAPPED = "capped"
    CONVERTS = "converts"
    EXERCISED = "exercised"


@dataclass(frozen=True)
class ShareClass:
    """A class of shares.

    invested x multiple is its liquidation preference; common shares have invested = 0. A participating
    class shares in the rest as if converted, up to a total of cap_multiple x invested if that is given; any
    other takes its preference or converts into common, whichever pays it more. Higher seniority is paid
    first, equal ranks in proportion. Options have a `strike`, what a share costs their holder: they are
    exercised once a share is worth more, and what they receive is net of what they pay.
    """

    name: str
    shares: Number
    invested: Number = 0.0
    multiple: Number = 1.0
    participating: bool = False
    cap_multiple: Number | None = None
    seniority: int = 0
    strike: Number = 0.0


@dataclass(frozen=True)
class Claim:
    """What a class asks for when a common share is worth w: max(min(preference + joining * w, cap), shares
    * max(w - strike, 0)).
    """

    name: str
    rank: int
    shares: float
    preference: float
    joining: float
    cap: float
    strike: float

    def at(self, share_value: float) -> float:
        """The claim at a value of a common share."""
        converted = self.shares * max(share_value - self.strike, 0.0)
        return max(min(self.preference + self.joining * share_value, self.cap), converted)

    def slope(self, share_value: float) -> float:
        """How fast the claim rises with the value of a common share, away from its turns."""
        held = self.preference + self.joining * share_value
        if self.shares * max(share_value - self.strike, 0.0) > min(held, self.cap):
            return self.shares
        return self.joining if held < self.cap else 0.0

    def turns(self) -> list[tuple[float, Event]]:
        """Share values at which the slope of the claim changes, and why."""
        found = []
        if self.joining and self.cap > self.preference:
            found.append((0.0, Event.SHARES))
            if self.cap < float("inf"):
                found.append(((self.cap - self.preference) / self.joining, Event.CAPPED))
        if self.shares and self.cap < float("inf"):
            why = Event.CONVERTS if self.cap else Event.EXERCISED if self.strike else Event.SHARES
            found.append((self.strike + self.cap / self.shares, why))
        return found


def exit_payouts(classes: Sequence[ShareClass], proceeds: Number) -> dict[str, float]:
    """What each class receives of `proceeds`. The payouts sum to the proceeds, and none falls when the
    proceeds rise.

    While the preferences are not covered they are paid by rank, and no class gains by converting, since
    common gets nothing. Beyond that every preference is paid in full and rank plays no part: there is one
    value w of a common share at which what the classes ask for, each choosing the better of converting or
    not, sums to the proceeds. Those claims rise with w in straight pieces, so w is found exactly between
    two turns.

    Refused: what `claims_of` refuses, and negative proceeds.
    """
    money = plausible(proceeds, "proceeds")
    claims = claims_of(classes)
    if money < sum(claim.preference for claim in claims):
        return _by_rank(claims, money)
    share_value = _share_value(claims, money)
    return {claim.name: claim.at(share_value) for claim in claims}


def claims_of(classes: Sequence[ShareClass]) -> list[Claim]:
    """What each class may ask for, checked.

    Refused: two classes of one name, no shares at all, a cap below the preference or without participation,
    a strike on a class with a preference or participation.
    """
    claims = [_claim(share_class) for share_class in classes]
    names = [claim.name for claim in claims]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidInput("two classes have the same name, {name}; expected one row per class", name=twice)
    if not any(claim.shares for claim in claims):
        raise InvalidInput("no class has any shares; nobody could receive what the preferences leave")
    return claims


def _claim(share_class: ShareClass) -> Claim:
    name = share_class.name
    invested = plausible(share_class.invested, f"{name}.invested")
    preference = invested * plausible(share_class.multiple, f"{name}.multiple")
    shares = divisor(share_class.shares, f"{name}.shares")
    if share_class.cap_multiple is not None and not share_class.participating:
        raise InvalidInput("{name} has a participation cap but does not participate", name=name)
    cap = float("inf") if share_class.participating else preference
    if share_class.cap_multiple is not None:
        cap = invested * plausible(share_class.cap_multiple, f"{name}.cap_multiple")
    if cap < preference:
        raise InvalidInput(
            "{name}'s participation cap of {cap} is below its preference of {preference}",
            name=name,
            cap=f"{cap:g}",
            preference=f"{preference:g}",
        )
    strike = plausible(share_class.strike, f"{name}.strike")
    if strike and (invested or share_class.participating):
        raise InvalidInput(
            "{name} has a strike and a preference or participation; expected one or the other", name=name
        )
    joining = shares if share_class.participating else 0.0
    return Claim(name, share_class.seniority, shares, preference, joining, cap, strike)


def _by_rank(claims: list[Claim], money: float) -> dict[str, float]:
    payouts = {claim.name: 0.0 for claim in claims}
    for rank in sorted({claim.rank for claim in claims}, reverse=True):
        owed = sum(claim.preference for claim in claims if claim.rank == rank)
        paid = min(owed, money)
        money -= paid
        for claim in claims:
            if claim.rank == rank and owed:
                payouts[claim.name] = claim.preference * (paid / owed)
    return payouts


def _share_value(claims: list[Claim], money: float) -> float:
    """The w at which all claims together are `money`, which is at least what they are at w = 0."""

    def asked(share_value: float) -> float:
        return sum(claim.at(share_value) for claim in claims)

    low = 0.0
    for turn in sorted({turn for claim in claims for turn, _ in claim.turns()}):
        if asked(turn) >= money:
            rise = asked(turn) - asked(low)
            return low + (turn - low) * ((money - asked(low)) / rise) if rise else low
        low = turn
    # Past its last turn every class is paid as common, or joins common in full, so each share counts once.
    return low + (money - asked(low)) / sum(claim.shares for claim in claims)

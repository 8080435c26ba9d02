"""The proceeds of an exit divided among share classes by their rights."""

from collections.abc import Sequence
from dataclasses import dataclass

from valuation.flows import InvalidInput, Number, at_least


@dataclass(frozen=True)
class ShareClass:
    """A class of shares.

    invested x multiple is its liquidation preference; common shares have invested = 0. A participating
    class shares in the rest as if converted, up to a total of cap_multiple x invested if that is given; any
    other takes its preference or converts into common, whichever pays it more. Higher seniority is paid
    first, equal ranks in proportion.
    """

    name: str
    shares: Number
    invested: Number = 0.0
    multiple: Number = 1.0
    participating: bool = False
    cap_multiple: Number | None = None
    seniority: int = 0


@dataclass(frozen=True)
class _Claim:
    """What a class asks for when a common share is worth w: max(min(preference + joining * w, cap), shares
    * w).
    """

    name: str
    rank: int
    shares: float
    preference: float
    joining: float
    cap: float

    def at(self, share_value: float) -> float:
        return max(min(self.preference + self.joining * share_value, self.cap), self.shares * share_value)

    def turns(self) -> list[float]:
        """Share values at which the slope of the claim changes: its cap is reached, converting pays more."""
        turns = (
            [(self.cap - self.preference) / self.joining] if self.joining and self.cap < float("inf") else []
        )
        return turns + ([self.cap / self.shares] if self.shares and self.cap < float("inf") else [])


def exit_payouts(classes: Sequence[ShareClass], proceeds: Number) -> dict[str, float]:
    """What each class receives of `proceeds`. The payouts sum to the proceeds, and none falls when the
    proceeds rise.

    While the preferences are not covered they are paid by rank, and no class gains by converting, since
    common gets nothing. Beyond that every preference is paid in full and rank plays no part: there is one
    value w of a common share at which what the classes ask for, each choosing the better of converting or
    not, sums to the proceeds. Those claims rise with w in straight pieces, so w is found exactly between
    two turns.

    Refused: two classes of one name, no shares at all, a cap below the preference or without participation.
    """
    money = at_least(proceeds, "proceeds", 0)
    claims = [_claim(share_class) for share_class in classes]
    if len({claim.name for claim in claims}) < len(claims):
        raise InvalidInput("two classes have the same name; expected one row per class")
    if not any(claim.shares for claim in claims):
        raise InvalidInput("no class has any shares; nobody could receive what the preferences leave")
    if money < sum(claim.preference for claim in claims):
        return _by_rank(claims, money)
    share_value = _share_value(claims, money)
    return {claim.name: claim.at(share_value) for claim in claims}


def _claim(share_class: ShareClass) -> _Claim:
    name = share_class.name
    invested = at_least(share_class.invested, f"{name}.invested", 0)
    preference = invested * at_least(share_class.multiple, f"{name}.multiple", 0)
    shares = at_least(share_class.shares, f"{name}.shares", 0)
    if share_class.cap_multiple is not None and not share_class.participating:
        raise InvalidInput(f"{name} has a participation cap but does not participate")
    cap = float("inf") if share_class.participating else preference
    if share_class.cap_multiple is not None:
        cap = invested * at_least(share_class.cap_multiple, f"{name}.cap_multiple", 0)
    if cap < preference:
        raise InvalidInput(f"{name}'s participation cap of {cap:g} is below its preference of {preference:g}")
    joining = shares if share_class.participating else 0.0
    return _Claim(name, share_class.seniority, shares, preference, joining, cap)


def _by_rank(claims: list[_Claim], money: float) -> dict[str, float]:
    payouts = {claim.name: 0.0 for claim in claims}
    for rank in sorted({claim.rank for claim in claims}, reverse=True):
        owed = sum(claim.preference for claim in claims if claim.rank == rank)
        paid = min(owed, money)
        money -= paid
        for claim in claims:
            if claim.rank == rank and owed:
                payouts[claim.name] = claim.preference * (paid / owed)
    return payouts


def _share_value(claims: list[_Claim], money: float) -> float:
    """The w at which all claims together are `money`, which is at least what they are at w = 0."""

    def asked(share_value: float) -> float:
        return sum(claim.at(share_value) for claim in claims)

    low = 0.0
    for turn in sorted({turn for claim in claims for turn in claim.turns()}):
        if asked(turn) >= money:
            rise = asked(turn) - asked(low)
            return low + (turn - low) * ((money - asked(low)) / rise) if rise else low
        low = turn
    # Past its last turn every class is paid as common, or joins common in full, so each share counts once.
    return low + (money - asked(low)) / sum(claim.shares for claim in claims)

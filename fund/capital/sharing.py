"""A distribution shared out: by partner, by what it is, and less carry. Pure; amounts in minor units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction

from fund.capital.deal_by_deal import DealWorking, History, work_through_deal
from fund.capital.waterfall import Flow, WaterfallTerms, Working, work_through
from fund.givebacks.escrow_rules import kept
from fund.givebacks.rules import Returned
from kernel.allocation import allocate
from kernel.errors import Conflict, Invalid, NotFound
from kernel.money import format_amount


class DistributionKind(StrEnum):
    """What distributed money is."""

    RETURN_OF_CAPITAL = "return_of_capital"
    INCOME = "income"
    GAIN = "gain"


class DistributionState(StrEnum):
    """draft -> approved -> paid; until it is paid it can be cancelled."""

    DRAFT = "draft"
    APPROVED = "approved"
    PAID = "paid"
    CANCELLED = "cancelled"


class DistributionUnknown(NotFound):
    code = "distribution_unknown"
    says = "There is no such distribution."


class NothingToDistribute(Invalid):
    code = "nothing_to_distribute"
    says = "A distribution needs amounts of zero or more that are not all zero."


class NobodyToPay(Conflict):
    code = "nobody_to_pay"
    says = "Nobody has paid in yet; there is no one to distribute to."


class AboveCash(Conflict):
    code = "distribution_above_cash"
    says = "The fund has {cash} in cash, of which {promised} is promised; {amount} cannot be distributed."


Typed = Mapping[DistributionKind, int]

# Carry is a share of profit: it is taken from gains, then income, and last from capital.
_CARRY_FROM = (DistributionKind.GAIN, DistributionKind.INCOME, DistributionKind.RETURN_OF_CAPITAL)


@dataclass(frozen=True)
class Recipient:
    """A partner that shares in a distribution: by what weight, and its flows and the carry returned to it for the
    whole-fund waterfall or, where carry is worked out deal by deal, its history by deal.
    """

    partner_id: int
    weight: int
    bears_carry: bool
    flows: Sequence[Flow] = ()
    history: History | None = None
    returned: Sequence[Returned] = ()


@dataclass(frozen=True)
class Share:
    """What one partner gets: `gross` of its own, less `carry`, plus carry received, less what of that is `escrowed`;
    `typed` sums to `net`.
    """

    partner_id: int
    gross: int
    carry: int
    carry_received: int
    typed: Typed
    working: Working | DealWorking | None = field(default=None, repr=False)
    escrowed: int = 0

    @property
    def net(self) -> int:
        """What is paid to the partner."""
        return self.gross - self.carry + self.carry_received - self.escrowed


def share_out(
    typed: Typed,
    recipients: Sequence[Recipient],
    *,
    terms: WaterfallTerms,
    general_partner_id: int,
    deal: int | None = None,
    escrow: Fraction = Fraction(0),
    on: date,
) -> list[Share]:
    """Share `typed` amounts by weight, then pass each share that bears carry through its own waterfall.

    Carry goes to the general partner, which gets a share of its own even without a weight; `escrow` of it is kept
    back. Every kind of money sums exactly over the shares and what is kept. Refused: nothing to distribute, nobody
    with a weight.
    """
    if min(typed.values(), default=0) < 0 or not any(typed.values()):
        raise NothingToDistribute()
    if not any(recipient.weight for recipient in recipients):
        raise NobodyToPay()
    weights = [recipient.weight for recipient in recipients]
    columns = {kind: allocate(amount, weights) for kind, amount in typed.items()}
    shares: list[Share] = []
    earned = dict.fromkeys(DistributionKind, 0)
    for place, recipient in enumerate(recipients):
        own = {kind: columns[kind][place] if kind in columns else 0 for kind in DistributionKind}
        share = _less_carry(recipient, own, terms, deal, on)
        for kind in DistributionKind:
            earned[kind] += own[kind] - share.typed[kind]
        shares.append(share)
    return [
        _with_carry(share, earned, escrow) if share.partner_id == general_partner_id else share
        for share in shares
    ]


def _less_carry(recipient: Recipient, own: Typed, terms: WaterfallTerms, deal: int | None, on: date) -> Share:
    gross = sum(own.values())
    if not recipient.bears_carry:
        return Share(recipient.partner_id, gross, 0, 0, own)
    working: Working | DealWorking
    if recipient.history is None:
        working = work_through(terms, recipient.flows, distribute=gross, on=on, returned=recipient.returned)
    else:
        working = work_through_deal(terms, recipient.history, deal=deal, distribute=gross, on=on)
    carry = working.split.gp
    return Share(recipient.partner_id, gross, carry, 0, _less(own, carry), working)


def _less(typed: Typed, amount: int) -> Typed:
    found = dict(typed)
    for kind in _CARRY_FROM:
        taken = min(amount, found[kind])
        found[kind] -= taken
        amount -= taken
    return found


def _with_carry(share: Share, earned: Typed, escrow: Fraction) -> Share:
    received = sum(earned.values())
    held = kept(received, share=escrow)
    paid = _less(earned, held)
    typed = {kind: share.typed[kind] + paid[kind] for kind in DistributionKind}
    return Share(share.partner_id, share.gross, share.carry, received, typed, share.working, held)


def check_cash(*, cash: int, promised: int, amount: int) -> None:
    """Refuse to distribute more than the cash that is not promised already."""
    if amount > cash - promised:
        raise AboveCash(
            cash=format_amount(cash), promised=format_amount(promised), amount=format_amount(amount)
        )

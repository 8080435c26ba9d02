"""What a later close would do: it is done, read off, and undone again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction

from fund.capital.inflows import call_sheet
from fund.capital.premiums import CloseBasis
from fund.capital.queries import commitments
from fund.capital.sheets import PartnerCall
from fund.fees.closes import later_close
from fund.ledger.rules import Account
from fund.ledger.undone import standing
from kernel.db import Tx
from kernel.identity.rules import Actor


@dataclass(frozen=True)
class ClosePreview:
    """Every partner's part of a close before it is made. Amounts in minor units.

    `lines` are of the equalisation call (a negative amount goes back to an earlier partner, interest included);
    there are none while nothing was called before. `shares` are each partner's commitment before and after;
    `appreciation` is what holdings are worth above cost that comes to a newcomer (negative: leaves an earlier
    partner), as the close books it.
    """

    lines: tuple[PartnerCall, ...]
    shares: Mapping[int, tuple[int, int]]
    rate: Fraction | None
    appreciation: Mapping[int, int] = field(default_factory=dict)
    basis: CloseBasis = CloseBasis.COST

    @property
    def paid_in(self) -> int:
        """What the newcomers pay together."""
        return sum(line.amount for line in self.lines if line.amount > 0)

    @property
    def appreciation_passed(self) -> int:
        """The unrealised appreciation that passes to the newcomers together."""
        return sum(amount for amount in self.appreciation.values() if amount > 0)

    @property
    def passed_on(self) -> int:
        """What goes to the earlier partners together, interest included."""
        return -sum(line.amount for line in self.lines if line.amount < 0)


def preview_close(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    newcomers: Mapping[int, int],
    closed_on: date,
    due_on: date,
    interest_rate: Fraction | None = None,
    basis: CloseBasis = CloseBasis.COST,
    now: datetime,
) -> ClosePreview:
    """What `later_close` would bring, refused where it would be; nothing of it stays."""
    before = commitments(tx, fund_id=fund_id, as_of=date.max)
    with tx.begin_nested() as tried:
        close = later_close(
            tx,
            actor,
            fund_id=fund_id,
            newcomers=newcomers,
            closed_on=closed_on,
            due_on=due_on,
            interest_rate=interest_rate,
            basis=basis,
            now=now,
        )
        lines = call_sheet(tx, call_id=close.call_id).lines if close.call_id is not None else ()
        after = commitments(tx, fund_id=fund_id, as_of=date.max)
        passes = _appreciation(tx, fund_id=fund_id, act=f"close:{close.id}")
        tried.rollback()
    tx.expire_all()
    shares = {key: (before.get(key, 0), amount) for key, amount in after.items()}
    return ClosePreview(lines, shares, close.interest_rate, passes, close.basis)


def _appreciation(tx: Tx, *, fund_id: int, act: str) -> dict[int, int]:
    """Unrealised appreciation that an act moves between partners, by partner."""
    moved: dict[int, int] = {}
    for entry in standing(tx, fund_id=fund_id, act=act):
        for account, partner_id, amount in (
            (entry.debit, entry.debit_partner_id, entry.amount),
            (entry.credit, entry.credit_partner_id, -entry.amount),
        ):
            if account == Account.UNREALISED_APPRECIATION and partner_id is not None:
                moved[partner_id] = moved.get(partner_id, 0) + amount
    return {partner_id: amount for partner_id, amount in moved.items() if amount}

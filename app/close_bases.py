"""A later close shown on both bases, at cost and by net asset value, before one of them is chosen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from fund.capital.premiums import CloseBasis
from fund.fees.previews import ClosePreview, preview_close
from kernel.db import Tx
from kernel.errors import Refusal
from kernel.identity.rules import Actor


@dataclass(frozen=True)
class Bases:
    """The close as it was asked for (`seen`), and on the other basis or why that cannot be chosen."""

    seen: ClosePreview
    other: ClosePreview | None
    refused: Refusal | None

    @property
    def beside(self) -> dict[int, tuple[int | None, int | None]]:
        """What each partner pays (negative: gets back) at cost and by net asset value; None where that cannot be."""
        found = {one.basis: one for one in (self.seen, self.other) if one is not None}
        parts = {basis: {line.partner_id: line.amount for line in one.lines} for basis, one in found.items()}
        cost, nav = parts.get(CloseBasis.COST), parts.get(CloseBasis.NAV)
        return {
            line.partner_id: (_of(cost, line.partner_id), _of(nav, line.partner_id))
            for line in self.seen.lines
        }


def both_bases(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    newcomers: Mapping[int, int],
    closed_on: date,
    due_on: date,
    interest_rate: Fraction | None,
    basis: CloseBasis,
    now: datetime,
) -> Bases:
    """The close on the basis asked for, refused where it would be, and beside it the other one."""

    def seen(on: CloseBasis, rate: Fraction | None) -> ClosePreview:
        return preview_close(
            tx,
            actor,
            fund_id=fund_id,
            newcomers=newcomers,
            closed_on=closed_on,
            due_on=due_on,
            interest_rate=rate,
            basis=on,
            now=now,
        )

    asked = seen(basis, interest_rate)
    try:
        if basis is CloseBasis.NAV:
            return Bases(asked, seen(CloseBasis.COST, interest_rate), None)
        return Bases(asked, seen(CloseBasis.NAV, None), None)
    except Refusal as refused:
        tx.expire_all()
        return Bases(asked, None, refused)


def _of(parts: Mapping[int, int] | None, partner_id: int) -> int | None:
    return None if parts is None else parts.get(partner_id, 0)

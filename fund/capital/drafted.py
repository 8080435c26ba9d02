"""A drafted distribution as it is kept: every partner's part, what is withheld of it and what is handed over."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import select

from fund.capital.acts import naming_a_holding, next_of_fund
from fund.capital.models import Distribution, DistributionLine
from fund.capital.positions import commitments
from fund.capital.recycling import check_recallable
from fund.capital.rules import SharesMoved
from fund.capital.sharing import DistributionKind, DistributionState, Share, Typed
from fund.capital.workings import working_json
from fund.charter.queries import terms
from fund.deliveries.queries import delivery
from fund.deliveries.rules import HandedOverWithShares
from fund.withholding.actions import withhold
from fund.withholding.queries import taxes, withheld_from
from kernel.db import Tx
from kernel.identity.rules import Actor


def next_draft(tx: Tx, actor: Actor, *, fund_id: int, typed: Typed, now: datetime) -> Distribution:
    """The next draft of a fund, with its amounts by what they are."""
    kinds: dict[str, Any] = {kind.value: amount for kind, amount in typed.items()}
    number = next_of_fund(tx, model=Distribution, fund_id=fund_id)
    return Distribution(
        fund_id=fund_id,
        number=number,
        code=f"DIST-{number:03}",
        state=DistributionState.DRAFT,
        amount=sum(typed.values()),
        **kinds,
        prepared_by=actor.user_id,
        prepared_name=actor.name,
        recorded_at=now,
    )


def write_draft(tx: Tx, actor: Actor, *, row: Distribution, shares: Sequence[Share], now: datetime) -> None:
    """Keep a draft with every partner's part and what is withheld of it."""
    with naming_a_holding(tx, holding_id=row.holding_id):
        tx.add(row)
        tx.flush()
    tx.add_all(_line(row, share) for share in shares)
    tx.flush()
    facts: dict[str, Any] = {"fund_id": row.fund_id, "distribution_id": row.key, "distribution": row.code}
    withhold(tx, actor, **facts, profits=profits_of(shares), on=row.pay_on, now=now)


def profits_of(shares: Iterable[Share]) -> dict[int, tuple[int, int]]:
    """Each partner's income and gain, of which tax is withheld."""
    kinds = (DistributionKind.INCOME, DistributionKind.GAIN)
    return {share.partner_id: (share.typed[kinds[0]], share.typed[kinds[1]]) for share in shares}


def _line(row: Distribution, share: Share) -> DistributionLine:
    return DistributionLine(
        distribution_id=row.key,
        partner_id=share.partner_id,
        gross=share.gross,
        carry=share.carry,
        carry_received=share.carry_received,
        escrowed=share.escrowed,
        **{kind.value: amount for kind, amount in share.typed.items()},
        working=None if share.working is None else working_json(share.working),
    )


def check_unmoved(tx: Tx, *, row: Distribution, shares: Sequence[Share]) -> None:
    """Refuse when the `shares` of now, their waterfalls or what is withheld of them are not as drafted."""
    if have_moved(tx, row=row, shares=shares):
        raise SharesMoved(what=row.code)


def have_moved(tx: Tx, *, row: Distribution, shares: Sequence[Share]) -> bool:
    """Whether the `shares` of now, their waterfalls or what is withheld of them are other than drafted."""
    lines = tx.exec(select(DistributionLine).where(DistributionLine.distribution_id == row.key)).all()
    drafted = {
        line.partner_id: (line.gross, line.carry, line.carry_received, line.escrowed, _steps_of(line.working))
        for line in lines
    }
    now = {
        s.partner_id: (
            s.gross,
            s.carry,
            s.carry_received,
            s.escrowed,
            _steps_of(None if s.working is None else working_json(s.working)),
        )
        for s in shares
    }
    tax = taxes(tx, fund_id=row.fund_id, profits=profits_of(shares), on=row.pay_on)
    kept = withheld_from(tx, distribution_id=row.key)
    moved = {key: one.amount for key, one in tax.items()} != {key: one.amount for key, one in kept.items()}
    return moved or now != drafted


def check_may_recall(tx: Tx, *, row: Distribution, shares: Sequence[Share]) -> None:
    """Refuse when more of it could be called again than the charter of its day lets, in all and by age."""
    if not row.recallable:
        return
    back = sum(min(s.typed[DistributionKind.RETURN_OF_CAPITAL], s.gross) for s in shares)
    facts: dict[str, Any] = {"fund_id": row.fund_id, "as_of": row.pay_on}
    charter, committed = terms(tx, **facts), commitments(tx, **facts)
    check_recallable(
        tx, fund_id=row.fund_id, charter=charter, commitments=committed, amount=back, on=row.pay_on
    )


def after_tax(tx: Tx, *, row: Distribution, shares: Sequence[Share]) -> dict[int, int]:
    """What each partner is to get, the tax on it taken off."""
    tax = taxes(tx, fund_id=row.fund_id, profits=profits_of(shares), on=row.pay_on)
    return {s.partner_id: s.net - (tax[s.partner_id].amount if s.partner_id in tax else 0) for s in shares}


def in_money(tx: Tx, *, row: Distribution) -> int:
    """What of a distribution is money, to partners and the tax office, and not handed over in kind."""
    sheet = delivery(tx, distribution_id=row.key)
    return row.amount - sum(part.value for part in (sheet.parts if sheet else {}).values())


def check_with_shares(tx: Tx, *, row: Distribution, handing_over: bool) -> None:
    """Refuse to pay or take back money alone where shares go with it."""
    if not handing_over and delivery(tx, distribution_id=row.key) is not None:
        raise HandedOverWithShares(distribution=row.code)


def _steps_of(working: Mapping[str, Any] | None) -> object:
    """What of a working must not move between draft and payment."""
    return working and {name: working[name] for name in ("on", "distributed", "terms", "layers", "tiers")}

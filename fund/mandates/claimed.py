"""What was reinvested for partners, as it stands on a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from fund.mandates.claim_rules import ClaimFacts, ClaimKind
from fund.mandates.models import ReinvestmentClaim, ReinvestmentWithdrawal
from fund.parties.queries import party
from kernel.db import Tx
from kernel.identity.rules import Actor


@dataclass(frozen=True)
class ClaimSheet:
    """A claim as others see it; `withdrawn_on` is the day from which it no longer stands."""

    id: int
    partner_id: int
    company_id: int
    company: str
    company_en: str
    facts: ClaimFacts
    note: str
    withdrawn_on: date | None
    recorded_by: str


def claims(
    tx: Tx,
    *,
    fund_id: int,
    as_of: date,
    partner_id: int | None = None,
    known_at: datetime | None = None,
    actor: Actor | None = None,
) -> list[ClaimSheet]:
    """The claims that stand on a day as known at an instant, by partner, oldest first; the actor's own where given."""
    wanted: list[sa.ColumnElement[bool]] = [col(ReinvestmentClaim.claimed_on) <= as_of]
    if partner_id is not None:
        wanted.append(col(ReinvestmentClaim.partner_id) == partner_id)
    if known_at is not None:
        wanted.append(col(ReinvestmentClaim.recorded_at) <= known_at)
    if actor is not None and actor.reach != "all":
        wanted.append(col(ReinvestmentClaim.partner_id).in_(actor.partner_ids))
    return [
        claim_sheet(tx, row=row, withdrawn_on=None)
        for row, gone in claim_rows(tx, fund_id=fund_id, wanted=wanted)
        if gone is None or gone.withdrawn_on > as_of or (known_at is not None and gone.recorded_at > known_at)
    ]


def reinvested(tx: Tx, *, fund_id: int, as_of: date, known_at: datetime | None = None) -> dict[int, int]:
    """What was reinvested for each partner by a day, in minor units."""
    sums: dict[int, int] = {}
    for one in claims(tx, fund_id=fund_id, as_of=as_of, known_at=known_at):
        sums[one.partner_id] = sums.get(one.partner_id, 0) + one.facts.amount
    return sums


def claim_facts(row: ReinvestmentClaim) -> ClaimFacts:
    """A claim's row as the rules take it."""
    return ClaimFacts(ClaimKind(row.kind), row.place, row.amount, row.whole, row.claimed_on, row.document)


def claim_rows(
    tx: Tx, *, fund_id: int, wanted: Sequence[sa.ColumnElement[bool]]
) -> list[tuple[ReinvestmentClaim, ReinvestmentWithdrawal | None]]:
    """Claims, each with its withdrawal if there is one, by partner and oldest first."""
    statement: Any = (
        select(ReinvestmentClaim, ReinvestmentWithdrawal)
        .join(ReinvestmentWithdrawal, isouter=True)
        .where(ReinvestmentClaim.fund_id == fund_id, *wanted)
        .order_by(col(ReinvestmentClaim.partner_id), col(ReinvestmentClaim.id))
    )
    return list(tx.exec(statement))


def claim_sheet(tx: Tx, *, row: ReinvestmentClaim, withdrawn_on: date | None) -> ClaimSheet:
    """The claim as others see it."""
    named = party(tx, party_id=row.company_id)
    return ClaimSheet(
        row.key,
        row.partner_id,
        row.company_id,
        named.name_zh,
        named.name_en,
        claim_facts(row),
        row.note,
        withdrawn_on,
        row.recorded_by,
    )

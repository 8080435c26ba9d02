"""What was reinvested for partners: claims taken down with their evidence, and withdrawn."""

from datetime import date, datetime

from sqlmodel import col, select

from fund.holdings.queries import holdings
from fund.mandates.claim_rules import (
    ClaimFacts,
    ClaimInvalid,
    ClaimUnknown,
    ClaimWithdrawn,
    NotHeld,
    Standing,
    check_claim,
    check_plant,
    plant_key,
)
from fund.mandates.claimed import ClaimSheet, claim_rows, claim_sheet
from fund.mandates.models import ReinvestmentClaim, ReinvestmentWithdrawal
from fund.parties.queries import party
from fund.partners.queries import partner
from kernel.audit.actions import record
from kernel.blobs.queries import get
from kernel.db import Tx, lock
from kernel.errors import Problem
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing


def claim(
    tx: Tx,
    actor: Actor,
    *,
    partner_id: int,
    company_id: int,
    facts: ClaimFacts,
    note: str = "",
    now: datetime,
) -> ClaimSheet:
    """Take down that so much of what a company put into a place counts for a partner.

    Refused: what `check_claim` finds, a document that is not kept, a company that the fund never held by that day, and
    a plant of which no more is left (ClaimedAlready) or that is on record with another whole (OtherWhole).
    """
    actor.require(Role.MANAGER)
    check_claim(facts, today=day_in_beijing(now))
    get(tx, sha256=facts.document)
    whose, company = partner(tx, partner_id=partner_id), party(tx, party_id=company_id)
    plant = plant_key(facts.place)
    lock(tx, f"reinvestment:{company_id}:{plant}")
    _check_room(tx, whose.fund_id, company_id, company.name_zh, facts)
    row = ReinvestmentClaim(
        fund_id=whose.fund_id,
        partner_id=partner_id,
        company_id=company_id,
        kind=facts.kind,
        place=facts.place.strip(),
        plant=plant,
        amount=facts.amount,
        whole=facts.whole,
        claimed_on=facts.claimed_on,
        document=facts.document,
        note=note.strip(),
        recorded_by=actor.name,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    detail = {"claim": row.key, "company": company_id, "place": row.place, "amount": row.amount}
    record(tx, actor, action="mandate.reinvested", subject=f"partner:{partner_id}", detail=detail, now=now)
    return claim_sheet(tx, row=row, withdrawn_on=None)


def withdraw(
    tx: Tx, actor: Actor, *, claim_id: int, withdrawn_on: date, reason: str, now: datetime
) -> ClaimSheet:
    """Let a claim stand no longer from a day on. Refused: no such claim, one withdrawn, a day before it or to come, no
    reason.
    """
    actor.require(Role.MANAGER)
    lock(tx, f"reinvestment_claim:{claim_id}")
    row = tx.get(ReinvestmentClaim, claim_id)
    if row is None:
        raise ClaimUnknown()
    before = tx.exec(
        select(ReinvestmentWithdrawal).where(ReinvestmentWithdrawal.claim_id == claim_id)
    ).first()
    if before is not None:
        raise ClaimWithdrawn(withdrawn_on=before.withdrawn_on)
    faults = [] if reason.strip() else [Problem("reason", "say why the claim is withdrawn")]
    if not row.claimed_on <= withdrawn_on <= day_in_beijing(now):
        faults.append(Problem("withdrawn_on", "it lies between the day of the claim and today"))
    if faults:
        raise ClaimInvalid(problems=faults)
    tx.add(
        ReinvestmentWithdrawal(
            claim_id=claim_id,
            withdrawn_on=withdrawn_on,
            reason=reason.strip(),
            recorded_by=actor.name,
            recorded_at=now,
        )
    )
    tx.flush()
    detail = {"claim": claim_id, "withdrawn_on": withdrawn_on.isoformat(), "reason": reason.strip()}
    about = f"partner:{row.partner_id}"
    record(tx, actor, action="mandate.reinvestment_withdrawn", subject=about, detail=detail, now=now)
    return claim_sheet(tx, row=row, withdrawn_on=withdrawn_on)


def _check_room(tx: Tx, fund_id: int, company_id: int, company: str, facts: ClaimFacts) -> None:
    """Refuse a company that was never held by the day of the claim, and a plant of which no more is left."""
    held = holdings(tx, fund_id=fund_id, as_of=facts.claimed_on)
    if company_id not in {sheet.party_id for sheet in held}:
        raise NotHeld(company=company, on=facts.claimed_on)
    same = [
        col(ReinvestmentClaim.company_id) == company_id,
        col(ReinvestmentClaim.plant) == plant_key(facts.place),
    ]
    found = claim_rows(tx, fund_id=fund_id, wanted=same)
    standing = [Standing(row.amount, row.whole) for row, gone in found if gone is None]
    check_plant(facts, standing, company=company)

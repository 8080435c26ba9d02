"""Taking down what a partner's mandate asks, and when a clause ends."""

from datetime import date, datetime

from sqlmodel import col, select

from fund.mandates.models import MandateClause, MandateEnd
from fund.mandates.queries import ClauseSheet, clause_sheet
from fund.mandates.rules import ClauseTerms, ClauseUnknown, check_clause, check_end
from fund.partners.queries import partner
from fund.results.label_rules import check_held
from fund.results.labels import labels_in_use
from kernel.audit.actions import record
from kernel.db import Tx, lock
from kernel.errors import Invalid
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing
from kernel.numbering import next_number


class EndReasonMissing(Invalid):
    code = "clause_end_reason_missing"
    says = "Say why the clause ends."


def add_clause(
    tx: Tx,
    actor: Actor,
    *,
    partner_id: int,
    terms: ClauseTerms,
    effective_on: date,
    planned: bool = False,
    now: datetime,
) -> ClauseSheet:
    """Take down one clause of a partner's mandate, in force from a day on. Refused: what `check_clause` finds, and a
    label that no holding carries unless it is said to be `planned`.
    """
    actor.require(Role.MANAGER)
    check_clause(terms)
    whose = partner(tx, partner_id=partner_id)
    if terms.dimension is not None:
        used = labels_in_use(tx, fund_id=whose.fund_id, as_of=day_in_beijing(now))
        check_held([("key", terms.dimension, key) for key in terms.keys], used=used, planned=planned)
    lock(tx, f"mandate:{partner_id}")
    own = col(MandateClause.partner_id) == partner_id
    number = next_number(tx, of=MandateClause.number, within=own)
    row = MandateClause(
        fund_id=whose.fund_id,
        partner_id=partner_id,
        number=number,
        effective_on=effective_on,
        measure=terms.measure,
        bound=terms.bound,
        share=terms.share,
        basis=terms.basis,
        dimension=terms.dimension,
        of_key=terms.key.strip(),
        wording=terms.wording.strip(),
        effect=terms.effect,
        competitor=terms.competitor,
        above=terms.above,
        recorded_by=actor.name,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    detail = {"number": number, "effective_on": effective_on.isoformat()}
    record(tx, actor, action="mandate.clause_added", subject=f"partner:{partner_id}", detail=detail, now=now)
    return clause_sheet(row, None)


def end_clause(
    tx: Tx, actor: Actor, *, partner_id: int, number: int, ended_on: date, reason: str, now: datetime
) -> ClauseSheet:
    """Let a clause hold until `ended_on` and no longer; what was answered before stays. Refused: no such clause, one
    that has ended, a day before it begins, no reason.
    """
    actor.require(Role.MANAGER)
    lock(tx, f"mandate:{partner_id}")
    row = tx.exec(
        select(MandateClause).where(MandateClause.partner_id == partner_id, MandateClause.number == number)
    ).one_or_none()
    if row is None:
        raise ClauseUnknown()
    before = tx.exec(select(MandateEnd).where(MandateEnd.clause_id == row.key)).one_or_none()
    ended = before.ended_on if before else None
    check_end(effective_on=row.effective_on, ended_on=ended_on, before=ended)
    if not reason.strip():
        raise EndReasonMissing()
    tx.add(
        MandateEnd(
            clause_id=row.key,
            ended_on=ended_on,
            reason=reason.strip(),
            recorded_by=actor.name,
            recorded_at=now,
        )
    )
    tx.flush()
    detail = {"number": number, "ended_on": ended_on.isoformat(), "reason": reason.strip()}
    record(tx, actor, action="mandate.clause_ended", subject=f"partner:{partner_id}", detail=detail, now=now)
    return clause_sheet(row, ended_on)

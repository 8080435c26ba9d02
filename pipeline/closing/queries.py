"""Looking at a closing: what still blocks it, what it would do to the limits and the cash, what was closed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

import sqlalchemy as sa
from sqlmodel import col, select

from fund.capital.acts import cash, promised
from fund.results.exposure_rules import LimitCheck
from kernel.blobs.models import Blob
from kernel.blobs.queries import get
from kernel.db import Tx
from kernel.errors import NotFound, Problem
from kernel.identity.rules import Actor, Role
from pipeline.closing.limits import breaches
from pipeline.closing.models import ClosingTranche, ConditionEvidence, DealClosing, LimitException
from pipeline.closing.promised import beside
from pipeline.closing.rules import Approved, Breach, Payment, blocking, shortfall, uncovered
from pipeline.closing.sheets import (
    ClosingSheet,
    ConditionProgress,
    ExceptionSheet,
    Preview,
    TrancheSheet,
)
from pipeline.committee.mandates import MandateLine, mandate_lines, mandate_problems
from pipeline.committee.models import Motion
from pipeline.committee.pinned import changed_facts
from pipeline.committee.proposed import proposal_of, what_if_of
from pipeline.committee.queries import company_voted_on, conditions, last_approval, papers_unchanged
from pipeline.committee.sheets import ConditionSheet, DecisionSheet
from pipeline.deals.gates import missing_before
from pipeline.deals.queries import deal
from pipeline.deals.rules import Stage, Status
from pipeline.deals.sheets import DealSheet
from pipeline.spinouts.queries import spinout

READERS = (Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT, Role.AUDITOR)


class CompanyMissing(NotFound):
    code = "deal_company_missing"
    says = "{deal} names no company."


class EvidenceUnknown(NotFound):
    code = "condition_evidence_unknown"
    says = "There is no such document behind the condition."


def preview(tx: Tx, *, actor: Actor, deal_id: int, amount: int, on: date, tranche: int = 1) -> Preview:
    """What closing `amount` (minor units) on a day would do; changes nothing."""
    actor.require(*READERS)
    about = deal(tx, deal_id=deal_id, actor=actor)
    decided = last_approval(tx, deal_id=deal_id)
    payment = payment_of(tx, about=about, amount=amount, on=on, tranche=tranche)
    breaches, limits = exposure_check(tx, about=about, amount=amount, on=on)
    mandates = mandates_with(tx, about=about, decided=decided, payment=payment)
    spendable = cash_for(tx, fund_id=about.fund_id, on=on)
    return Preview(
        amount=amount,
        on=on,
        approved=decided.amount if decided else None,
        paid=payment.paid,
        expires_on=decided.expires_on if decided else None,
        problems=tuple(keeping_back(tx, about=about, decided=decided, payment=payment, mandates=mandates)),
        limits=limits,
        breaches=tuple(uncovered(breaches, excepted(tx, deal_id=deal_id)[0])),
        mandates=mandates,
        cash=spendable,
        shortfall=shortfall(amount, spendable),
    )


def progress(tx: Tx, *, deal_id: int) -> list[ConditionProgress]:
    """The conditions of the deal's newest approval, and how far each has come."""
    decided = last_approval(tx, deal_id=deal_id)
    if decided is None:
        return []
    return [_progress(tx, condition) for condition in conditions(tx, motion_id=decided.motion_id)]


def evidence(tx: Tx, *, actor: Actor, deal_id: int, condition_id: int, sha256: str) -> Blob:
    """One of the documents that show how a condition is met, for those who may look at the closing."""
    actor.require(*READERS, Role.COMMITTEE)
    shown = {one.condition.id: one.documents for one in progress(tx, deal_id=deal_id)}
    if sha256 not in shown.get(condition_id, ()):
        raise EvidenceUnknown
    return get(tx, sha256=sha256)


def tranches(tx: Tx, *, deal_id: int) -> list[TrancheSheet]:
    """The planned tranches of a deal, in order."""
    paid = {sheet.tranche: sheet.closed_on for sheet in closings(tx, deal_id=deal_id)}
    statement = select(ClosingTranche).where(ClosingTranche.deal_id == deal_id)
    rows = tx.exec(statement.order_by(col(ClosingTranche.number)))
    return [TrancheSheet(row.number, row.amount, row.says, row.due_on, paid.get(row.number)) for row in rows]


def closings(tx: Tx, *, deal_id: int) -> list[ClosingSheet]:
    """What was closed of a deal and stands, in order."""
    statement = select(DealClosing).where(
        DealClosing.deal_id == deal_id, col(DealClosing.undone_on).is_(None)
    )
    return [closing_sheet(row) for row in tx.exec(statement.order_by(col(DealClosing.tranche)))]


def exceptions(tx: Tx, *, deal_id: int) -> list[ExceptionSheet]:
    """The exceptions asked for a deal, oldest first, approved or not."""
    statement = select(LimitException).where(LimitException.deal_id == deal_id)
    return [exception_sheet(row) for row in tx.exec(statement.order_by(col(LimitException.id)))]


def payment_of(tx: Tx, *, about: DealSheet, amount: int, on: date, tranche: int) -> Payment:
    """A payment as the rules take it."""
    planned = {sheet.number: sheet.amount for sheet in tranches(tx, deal_id=about.id)}
    return Payment(
        amount=amount,
        on=on,
        paid=sum(sheet.amount for sheet in closings(tx, deal_id=about.id)),
        planned=planned.get(tranche, 0 if planned else None),
        is_ready=about.status == Status.ACTIVE and about.stage in {Stage.CLOSING, Stage.HELD},
        open_conditions=tuple(
            one.condition.says for one in progress(tx, deal_id=about.id) if not one.is_confirmed
        ),
    )


def keeping_back(
    tx: Tx,
    *,
    about: DealSheet,
    decided: DecisionSheet | None,
    payment: Payment,
    mandates: Sequence[MandateLine],
) -> list[Problem]:
    """Everything that keeps the money back, limits apart: the approval, what the deal lacks to be held, and what the
    partners' mandates say.
    """
    problems = blocking(approved_of(tx, decided=decided), payment) + mandate_problems(mandates)
    if decided is not None and company_voted_on(tx, decided=decided) != company_of(tx, about=about):
        problems.append(Problem("company", "is not the one that the committee voted on"))
    changed = changed_facts(tx.get_one(Motion, decided.motion_id), about) if decided is not None else []
    if changed:
        facts = {"fields": ", ".join(changed)}
        problems.append(Problem("deal", "is not what the committee voted on: {fields}", facts))
    return problems + missing_before(tx, about=about, target=Stage.HELD, on=payment.on)


def approved_of(tx: Tx, *, decided: DecisionSheet | None) -> Approved | None:
    """An approval as the rules take it."""
    if decided is None or decided.expires_on is None:
        return None
    return Approved(decided.amount or 0, decided.expires_on, papers_unchanged(tx, decided=decided))


def exposure_check(
    tx: Tx, *, about: DealSheet, amount: int, on: date
) -> tuple[list[Breach], tuple[LimitCheck, ...]]:
    """The limits that a payment would break further, and where it would bring every limit: with what is left of the
    deal's own approval after it, and what other approvals that come before it or are begun still bind the fund to pay.

    A limit that is broken already and is not made worse by the payment does not stand in its way.
    """
    company = company_of(tx, about=about)
    what_if = what_if_of(tx, about=about, company=company, amount=amount, on=on)
    found = beside(tx, about=about, on=on)
    counted = replace(what_if, rest=found.after(amount))
    return breaches(tx, fund_id=about.fund_id, on=on, what_if=counted, promised=found.others)


def mandates_with(
    tx: Tx, *, about: DealSheet, decided: DecisionSheet | None, payment: Payment
) -> tuple[MandateLine, ...]:
    """What partners' mandates say to a payment; a veto looks at all that was approved, and at what was paid."""
    if payment.amount <= 0 or about.spinout_id is None:
        return ()
    whole = max(decided.amount or 0 if decided else 0, payment.paid + payment.amount)
    company = company_of(tx, about=about)
    unpaid = beside(tx, about=about, on=payment.on)
    proposal = proposal_of(
        tx,
        about=about,
        company=company,
        amount=payment.amount,
        on=payment.on,
        rest=unpaid.after(payment.amount),
    )
    return mandate_lines(
        tx,
        fund_id=about.fund_id,
        subject=about.code,
        proposal=proposal,
        on=payment.on,
        whole=whole,
        promised=unpaid.others,
    )


def excepted(tx: Tx, *, deal_id: int) -> tuple[dict[tuple[str, str], Fraction], list[int]]:
    """The shares up to which approved exceptions let the deal go, by dimension and key, and their ids."""
    allowed: dict[tuple[str, str], Fraction] = {}
    ids = []
    for sheet in exceptions(tx, deal_id=deal_id):
        if not sheet.approved_by:
            continue
        ids.append(sheet.id)
        for breach in sheet.breaches:
            key = breach.dimension, breach.key
            allowed[key] = max(allowed.get(key, Fraction(0)), breach.share)
    return allowed, ids


def cash_for(tx: Tx, *, fund_id: int, on: date) -> int:
    """The cash that can go out on a day: what is there, less what earlier closings and approved distributions take."""
    owed = sa.select(sa.func.coalesce(sa.func.sum(col(DealClosing.payable)), 0)).where(
        col(DealClosing.fund_id) == fund_id,
        col(DealClosing.settled_on).is_(None),
        col(DealClosing.undone_on).is_(None),
    )
    kept = int(tx.execute(owed).scalar_one()) + promised(tx, fund_id=fund_id)
    return cash(tx, fund_id=fund_id, on=on) - kept


def company_of(tx: Tx, *, about: DealSheet) -> int:
    """The deal's company as a party; refused where there is none."""
    if about.spinout_id is None:
        raise CompanyMissing(deal=about.code)
    return spinout(tx, spinout_id=about.spinout_id).party_id


def closing_sheet(row: DealClosing) -> ClosingSheet:
    """A closing's row."""
    return ClosingSheet(
        row.key,
        row.deal_id,
        row.tranche,
        row.motion_id,
        row.holding_id,
        row.amount,
        row.closed_on,
        row.instrument,
        row.quantity,
        row.payable,
        row.call_id,
        row.settled_on,
        row.recorded_by,
    )


def exception_sheet(row: LimitException) -> ExceptionSheet:
    """An exception's row."""
    breaches = tuple(
        Breach(
            one["dimension"], one["key"], *(Fraction(one[name]) for name in ("before", "share", "maximum"))
        )
        for one in row.breaches
    )
    return ExceptionSheet(
        row.key, row.deal_id, row.amount, breaches, row.reason, row.asked_by, row.approved_by, row.recorded_at
    )


def live_evidence(tx: Tx, *, condition_id: int) -> ConditionEvidence | None:
    """The evidence that was handed in for a condition and not returned."""
    statement = select(ConditionEvidence).where(
        ConditionEvidence.condition_id == condition_id, col(ConditionEvidence.returned_at).is_(None)
    )
    return tx.exec(statement.execution_options(populate_existing=True)).one_or_none()


def _progress(tx: Tx, condition: ConditionSheet) -> ConditionProgress:
    row = live_evidence(tx, condition_id=condition.id)
    if row is None:
        return ConditionProgress(condition, "open", "", (), "", "")
    state = "confirmed" if row.confirmed_at else "satisfied"
    return ConditionProgress(
        condition, state, row.says, tuple(row.documents), row.satisfied_by, row.confirmed_by
    )

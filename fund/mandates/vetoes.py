"""Asking partners about the vetoes that cover an investment, and taking down what they say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, select

from fund.mandates.models import MandateClause, VetoAnswer, VetoQuestion
from fund.mandates.queries import vetoes_over
from fund.mandates.rules import ClauseTerms
from fund.mandates.veto_rules import (
    NothingToAsk,
    NotThePartners,
    Proposal,
    Standing,
    VetoState,
    VetoUnknown,
    check_answer,
    holds_back,
    state_of,
)
from fund.partners.queries import named
from kernel.audit.actions import record
from kernel.blobs.queries import get
from kernel.db import Tx, lock
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing


@dataclass(frozen=True)
class AnswerSheet:
    """What a partner said about a veto, on which day, by whom, and the document if it was taken down for it."""

    exercised: bool
    answered_on: date
    person: str
    reason: str
    document: str
    by_partner: bool


@dataclass(frozen=True)
class QuestionSheet:
    """A question put to a partner about a veto, with its answers, the last of which counts.

    `partner` is its code, empty for a reader to whom the partner is unknown.
    """

    id: int
    partner_id: int
    partner: str
    clause_number: int | None
    subject: str
    company: str
    company_en: str
    told: str
    amount: int
    asked_on: date
    answers: tuple[AnswerSheet, ...]

    @property
    def state(self) -> VetoState:
        """Where it stands."""
        if not self.answers:
            return VetoState.ASKED
        return VetoState.EXERCISED if self.answers[-1].exercised else VetoState.NOT_EXERCISED


@dataclass(frozen=True)
class VetoAnswered:
    """A veto that covers an investment, where it stands about it, and whether the money may go out."""

    partner_id: int
    partner: str
    clause_id: int
    number: int
    terms: ClauseTerms
    state: VetoState
    question: QuestionSheet | None
    holds_back: bool


def ask(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    subject: str,
    proposal: Proposal,
    company: tuple[str, str],
    told: str,
    now: datetime,
) -> list[QuestionSheet]:
    """Ask every partner whose veto covers an investment and who was not asked about as much; `company` in Chinese and
    English. Refused: nobody is left to be asked.
    """
    actor.require(Role.MANAGER, Role.ANALYST)
    lock(tx, f"veto:{subject}")
    today = day_in_beijing(now)
    waiting = [
        one
        for one in answered(tx, fund_id=fund_id, subject=subject, as_of=today, proposal=proposal)
        if one.state is VetoState.NOT_ASKED
    ]
    if not waiting:
        raise NothingToAsk(subject=subject)
    for one in waiting:
        row = VetoQuestion(
            fund_id=fund_id,
            partner_id=one.partner_id,
            clause_id=one.clause_id,
            subject=subject,
            company=company[0],
            company_en=company[1],
            told=told.strip(),
            amount=proposal.amount,
            asked_on=today,
            asked_by=actor.name,
            recorded_at=now,
        )
        tx.add(row)
        tx.flush()
        detail = {"question": row.key, "clause": one.number, "amount": row.amount}
        _tell(tx, actor, "veto.asked", row, detail, now)
    return questions(tx, fund_id=fund_id, subject=subject)


def answer(
    tx: Tx,
    actor: Actor,
    *,
    question_id: int,
    exercised: bool,
    answered_on: date,
    reason: str = "",
    person: str = "",
    document: str = "",
    now: datetime,
) -> QuestionSheet:
    """Say whether a veto is exercised; a later answer counts in place of an earlier one.

    The partner's own people answer for it under their name; a manager takes it down with `person` and `document` (the
    SHA-256 of kept bytes). Refused: anybody else, and what `check_answer` finds.
    """
    lock(tx, f"veto_question:{question_id}")
    row = tx.exec(select(VetoQuestion).where(VetoQuestion.id == question_id)).one_or_none()
    if row is None:
        raise VetoUnknown()
    by_partner = _speaks_for(actor, row)
    check_answer(
        exercised=exercised,
        before=_question(tx, row).state,
        reason=reason,
        document=document,
        by_partner=by_partner,
        asked_on=row.asked_on,
        answered_on=answered_on,
        today=day_in_beijing(now),
    )
    if document:
        get(tx, sha256=document)
    said = VetoAnswer(
        question_id=question_id,
        exercised=exercised,
        answered_on=answered_on,
        person=actor.name if by_partner else person.strip(),
        reason=reason.strip(),
        document=document,
        by_partner=by_partner,
        recorded_by=actor.name,
        recorded_at=now,
    )
    tx.add(said)
    tx.flush()
    detail = {"question": question_id, "exercised": exercised, "reason": said.reason}
    _tell(tx, actor, "veto.answered", row, detail | {"answered_on": answered_on.isoformat()}, now)
    return _question(tx, row)


def questions(
    tx: Tx,
    *,
    fund_id: int,
    subject: str | None = None,
    partner_ids: Sequence[int] | None = None,
    until: date | None = None,
) -> list[QuestionSheet]:
    """The questions about one investment, or to some partners, by `until` a day, the newest first."""
    statement = select(VetoQuestion).where(VetoQuestion.fund_id == fund_id)
    if subject is not None:
        statement = statement.where(VetoQuestion.subject == subject)
    if partner_ids is not None:
        statement = statement.where(col(VetoQuestion.partner_id).in_(partner_ids))
    if until is not None:
        statement = statement.where(VetoQuestion.asked_on <= until)
    return _questions(tx, fund_id, tx.exec(statement.order_by(col(VetoQuestion.id).desc())).all())


def question(tx: Tx, *, question_id: int) -> QuestionSheet:
    """One question, as far as the reader may know of it."""
    row = tx.exec(select(VetoQuestion).where(VetoQuestion.id == question_id)).one_or_none()
    if row is None:
        raise VetoUnknown()
    return _question(tx, row)


def answered(tx: Tx, *, fund_id: int, subject: str, as_of: date, proposal: Proposal) -> list[VetoAnswered]:
    """Every veto that covers an investment, and where it stands; for whoever reads the whole fund."""
    asked = questions(tx, fund_id=fund_id, subject=subject)
    found = []
    for whose, clause in vetoes_over(tx, fund_id=fund_id, as_of=as_of, proposal=proposal):
        own = [one for one in asked if (one.partner_id, one.clause_number) == (whose.id, clause.number)]
        # Exercised once and not lifted counts, of whatever amount it was said.
        last = next((one for one in own if one.state is VetoState.EXERCISED), own[0] if own else None)
        standing = Standing(last.state, last.amount) if last else None
        state = state_of(standing, amount=proposal.amount)
        found.append(
            VetoAnswered(
                whose.id,
                whose.code,
                clause.id,
                clause.number,
                clause.terms,
                state,
                last,
                holds_back(state, clause.terms.effect),
            )
        )
    return found


def _question(tx: Tx, row: VetoQuestion) -> QuestionSheet:
    [found] = _questions(tx, row.fund_id, [row])
    return found


def _questions(tx: Tx, fund_id: int, rows: Sequence[VetoQuestion]) -> list[QuestionSheet]:
    """Questions with their answers, the clauses and partners that the reader may know of read once for all."""
    said: dict[int, list[AnswerSheet]] = {row.key: [] for row in rows}
    statement = select(VetoAnswer).where(col(VetoAnswer.question_id).in_(said)).order_by(col(VetoAnswer.id))
    for one in tx.exec(statement):
        said[one.question_id].append(
            AnswerSheet(one.exercised, one.answered_on, one.person, one.reason, one.document, one.by_partner)
        )
    clauses = select(MandateClause).where(col(MandateClause.id).in_({row.clause_id for row in rows}))
    numbers = {clause.key: clause.number for clause in tx.exec(clauses)}
    whose = named(tx, fund_id=fund_id, partner_ids={row.partner_id for row in rows})
    return [
        QuestionSheet(
            row.key,
            row.partner_id,
            whose[row.partner_id].code if row.partner_id in whose else "",
            numbers.get(row.clause_id),
            row.subject,
            row.company,
            row.company_en,
            row.told,
            row.amount,
            row.asked_on,
            tuple(said[row.key]),
        )
        for row in rows
    ]


def _speaks_for(actor: Actor, row: VetoQuestion) -> bool:
    """Whether the actor is of the partner's own people. Refused: who is not, and is no manager either."""
    if row.partner_id in actor.partner_ids and actor.has(Role.LP_USER):
        return True
    if not actor.has(Role.MANAGER):
        raise NotThePartners()
    return False


def _tell(
    tx: Tx, actor: Actor, action: str, row: VetoQuestion, detail: Mapping[str, object], now: datetime
) -> None:
    about = f"partner:{row.partner_id}"
    record(tx, actor, action=action, subject=about, detail={"subject": row.subject, **detail}, now=now)

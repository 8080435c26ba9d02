"""The bank's statements: taken in, matched line by line, and held against the books."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.api.bank_shapes import (
    AcceptedOut,
    AcceptIn,
    AsideIn,
    BankLineOut,
    BankStatementOut,
    ProposedOut,
    ReconciliationOut,
    RefusedOut,
    proposal_out,
)
from app.api.imports import GivenDep, Key
from app.api.once import Once, OnceDep
from app.api.schemas import LIMIT, REFUSALS, After, Limit, PageOut
from app.api.undo import UndoIn
from app.api.whose import BOOK_READERS, AsOf, FundDep
from app.deps import ApiActor, LanguageDep, Now, TxDep
from app.languages import sentence
from fund.bank import actions, proposals, queries
from fund.bank.imports import import_statement
from fund.bank.reconciliation import reconcile
from fund.bank.rules import MAIN_ACCOUNT, LineState, MatchKind
from fund.bank.statements import BOOKERS, withdraw_statement
from kernel.idempotency.actions import request_hash

router = APIRouter(prefix="/api/v1", tags=["bank"], responses=REFUSALS)
OwnAccount = Annotated[str, Query(max_length=40, description="Which of the fund's own accounts it is about")]
NewAccount = Annotated[
    bool, Query(description="Say that it is another account than those of which statements were taken in")
]


@router.get("/bank-statements")
def statements(tx: TxDep, actor: ApiActor, fund: FundDep) -> list[BankStatementOut]:
    """The files that were imported, the newest first."""
    actor.require(*BOOK_READERS)
    return [BankStatementOut.of(one) for one in queries.statements(tx, fund_id=fund.id, actor=actor)]


@router.post("/bank-statements", status_code=201, response_model=BankStatementOut)
def take(
    tx: TxDep,
    actor: ApiActor,
    now: Now,
    fund: FundDep,
    file: GivenDep,
    idempotency_key: Key,
    account: OwnAccount = MAIN_ACCOUNT,
    new_account: NewAccount = False,
) -> object:
    """Take a statement in, CSV or XLSX, all lines or none; nothing is booked by that.

    A file seen before is refused, unless it was withdrawn; lines known from another file are left alone and counted.
    """
    actor.require(*BOOKERS)

    def act() -> BankStatementOut:
        sheet = import_statement(
            tx,
            actor,
            fund_id=fund.id,
            filename=file.name,
            content=file.content,
            account=account,
            is_new_account=new_account,
            now=now,
        )
        return BankStatementOut.of(sheet)

    asked = {"sha256": file.sha256, "account": account, "new": new_account, "fund": fund.code}
    once = Once(tx, actor, now, idempotency_key, request_hash("POST /api/v1/bank-statements", asked))
    return once.answer(act)


@router.post("/bank-statements/{statement_id}/withdrawal", status_code=201, response_model=BankStatementOut)
def withdraw(statement_id: int, body: UndoIn, once: OnceDep) -> object:
    """Withdraw a statement taken in by mistake; it stays on record and counts for nothing, and may be taken in again.

    Refused while one of its lines stands in the books: free those first, the answer names them.
    """

    def act() -> BankStatementOut:
        sheet = withdraw_statement(
            once.tx,
            once.actor,
            statement_id=statement_id,
            reason=body.reason,
            withdrawn_on=body.on,
            now=once.now,
        )
        return BankStatementOut.of(sheet)

    return once.answer(act)


@router.get("/bank-lines")
def listed(
    tx: TxDep,
    actor: ApiActor,
    fund: FundDep,
    state: LineState | None = None,
    after: After = None,
    limit: Limit = LIMIT,
) -> PageOut[BankLineOut]:
    """The lines, those imported last first."""
    actor.require(*BOOK_READERS)
    page = queries.lines(tx, fund_id=fund.id, actor=actor, state=state, after=after, limit=limit)
    return PageOut(items=[BankLineOut.of(one, fund.currency) for one in page.items], next=page.next)


@router.get("/bank-lines/proposals")
def proposed(tx: TxDep, actor: ApiActor, fund: FundDep, limit: Limit = LIMIT) -> list[ProposedOut]:
    """The open lines, the oldest first, and what each may be; nothing is booked because of a score alone."""
    found = proposals.proposed(tx, actor, fund_id=fund.id, limit=limit)
    return [
        ProposedOut(
            line=BankLineOut.of(one.line, fund.currency),
            proposals=[proposal_out(each, fund.currency) for each in one.proposals],
        )
        for one in found
    ]


@router.get("/bank-lines/{line_id}")
def one_line(line_id: int, tx: TxDep, actor: ApiActor, fund: FundDep) -> BankLineOut:
    """One line with all that was ever made of it."""
    actor.require(*BOOK_READERS)
    return BankLineOut.of(queries.line(tx, line_id=line_id, actor=actor), fund.currency)


@router.post("/bank-lines/{line_id}/acceptance", status_code=201, response_model=BankLineOut)
def accept(line_id: int, body: AcceptIn, once: OnceDep, fund: FundDep) -> object:
    """Say what a line is: money on calls is booked as receipts, payments booked before are only matched."""

    def act() -> BankLineOut:
        parts = [one.part() for one in body.parts]
        sheet = actions.accept(once.tx, once.actor, line_id=line_id, parts=parts, now=once.now)
        return BankLineOut.of(sheet, fund.currency)

    return once.answer(act)


@router.post("/bank-lines/exact-acceptance", status_code=201, response_model=AcceptedOut)
def accept_exact(once: OnceDep, fund: FundDep, language: LanguageDep) -> object:
    """Accept every line that one exact proposal explains; what is refused stays open and is told."""

    def act() -> AcceptedOut:
        told = actions.accept_exact(once.tx, once.actor, fund_id=fund.id, now=once.now)
        refused = [
            RefusedOut(line_id=key, code=why.code, detail=sentence(language, why))
            for key, why in told.refused
        ]
        return AcceptedOut(accepted=list(told.accepted), refused=refused)

    return once.answer(act)


@router.post("/bank-lines/{line_id}/setting-aside", status_code=201, response_model=BankLineOut)
def set_aside(line_id: int, body: AsideIn, once: OnceDep, fund: FundDep) -> object:
    """Set aside what is open of a line: as interest or a fee of the bank, which books it, or for another reason."""

    def act() -> BankLineOut:
        kind = MatchKind(body.kind)
        sheet = actions.set_aside(
            once.tx, once.actor, line_id=line_id, kind=kind, reason=body.reason, now=once.now
        )
        return BankLineOut.of(sheet, fund.currency)

    return once.answer(act)


@router.post("/bank-matches/{match_id}/release", status_code=201, response_model=BankLineOut)
def release(match_id: int, body: UndoIn, once: OnceDep, fund: FundDep) -> object:
    """Free a part of a line again; what accepting it had booked is taken back from that day."""

    def act() -> BankLineOut:
        sheet = actions.release(
            once.tx, once.actor, match_id=match_id, reason=body.reason, released_on=body.on, now=once.now
        )
        return BankLineOut.of(sheet, fund.currency)

    return once.answer(act)


@router.get("/bank-reconciliation")
def reconciliation(tx: TxDep, actor: ApiActor, fund: FundDep, as_of: AsOf) -> ReconciliationOut:
    """Bank and account 1000 at the end of a day, and every line and payment that makes the difference."""
    actor.require(*BOOK_READERS)
    return ReconciliationOut.of(reconcile(tx, fund_id=fund.id, as_of=as_of), fund.currency)

"""The bank's statements by page: taken in, what waits to be matched, and bank against books on a day."""

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.pages.costs import undo_fields
from app.pages.desk import Desk, DeskDep
from app.pages.frame import STAFF
from app.pages.rehearsal import act_after_showing
from app.pages.who import partner_names
from app.uploads import list_of
from fund.bank import actions, queries
from fund.bank.account import fund_account, waiting_account
from fund.bank.imports import import_statement
from fund.bank.proposals import proposed
from fund.bank.reconciliation import reconcile
from fund.bank.rules import MAIN_ACCOUNT, LineState
from fund.bank.statements import BOOKERS, withdraw_statement
from kernel.instants import day_in_beijing


def _n(says: str) -> str:
    return says


router = APIRouter(include_in_schema=False, prefix="/fund/bank")
HOME = "/fund/bank"
SHOWN = 50


@router.get("")
def bank(desk: DeskDep) -> HTMLResponse:
    """What of the statements waits to be matched, and the statements themselves."""
    return bank_page(desk)


def bank_page(desk: Desk) -> HTMLResponse:
    """The worklist, with the forms of those who keep the books."""
    desk.actor.require(*STAFF)
    fund_id, may_book = desk.fund.id, desk.actor.has(*BOOKERS)
    waiting = queries.open_lines(desk.tx, fund_id=fund_id, limit=SHOWN)
    found = proposed(desk.tx, desk.actor, fund_id=fund_id, only=waiting) if may_book else []
    taken = queries.statements(desk.tx, fund_id=fund_id, actor=desk.actor)
    return desk.show(
        "fund/bank.html",
        waiting=waiting,
        likely={one.line.id: one.proposals[0] for one in found if one.proposals},
        exact=sum(one.exact is not None for one in found),
        count=queries.count_open(desk.tx, fund_id=fund_id),
        statements=taken,
        accounts=list(dict.fromkeys(one.account for one in taken)),
        main=MAIN_ACCOUNT,
        names=partner_names(desk),
        matched=queries.lines(
            desk.tx,
            fund_id=fund_id,
            actor=desk.actor,
            state=LineState.MATCHED,
            after=desk.query.raw("after") or None,
        ),
        may_book=may_book,
        own=fund_account(desk.tx, fund_id=fund_id),
        own_waits=waiting_account(desk.tx, fund_id=fund_id),
        today=day_in_beijing(desk.now),
    )


@router.post("/take")
def take(desk: DeskDep) -> Response:
    """Take a statement in; nothing is booked by that."""

    def act() -> None:
        file = desk.fields.file("file")
        if file is None:
            desk.fields.wrong("file", "Choose a file.")
        account = desk.fields.raw("account") or MAIN_ACCOUNT
        desk.fields.check()
        assert file is not None
        import_statement(
            desk.tx,
            desk.actor,
            fund_id=desk.fund.id,
            filename=(file.filename or "")[-120:],
            content=list_of(file),
            account=account,
            is_new_account=desk.fields.ticked("new_account"),
            now=desk.now,
        )

    return desk.act("take", act, then=HOME, done="bank.taken", again=bank_page)


@router.post("/exact")
def exact(desk: DeskDep) -> Response:
    """Accept every line that one exact proposal explains."""

    def act() -> None:
        actions.accept_exact(desk.tx, desk.actor, fund_id=desk.fund.id, now=desk.now)

    return act_after_showing(
        desk,
        "exact",
        act,
        says=_n("Accept all exact proposals"),
        button=_n("Accept them"),
        back=HOME,
        then=HOME,
        done="bank.matched",
        again=bank_page,
    )


@router.get("/statements/{statement_id:int}")
def one_statement(desk: DeskDep, statement_id: int) -> HTMLResponse:
    """One statement."""
    return statement_page(desk, statement_id)


def statement_page(desk: Desk, statement_id: int) -> HTMLResponse:
    """The statement with its lines, and for those who keep the books the form that withdraws it."""
    desk.actor.require(*STAFF)
    found = queries.statement(desk.tx, statement_id=statement_id, actor=desk.actor)
    return desk.show(
        "fund/bank_statement.html",
        statement=found,
        lines=queries.lines_of_statement(desk.tx, statement_id=statement_id),
        main=MAIN_ACCOUNT,
        today=day_in_beijing(desk.now),
        may_withdraw=found.withdrawn_on is None and desk.actor.has(*BOOKERS),
    )


@router.post("/statements/{statement_id:int}/withdraw")
def withdraw(desk: DeskDep, statement_id: int) -> Response:
    """Withdraw a statement taken in by mistake."""

    def act() -> None:
        reason, on = undo_fields(desk)
        withdraw_statement(
            desk.tx, desk.actor, statement_id=statement_id, reason=reason, withdrawn_on=on, now=desk.now
        )

    def again(refused: Desk) -> Response:
        return statement_page(refused, statement_id)

    home = f"{HOME}/statements/{statement_id}"
    return desk.act("withdraw", act, then=home, done="bank.withdrawn", again=again)


@router.get("/reconciliation")
def reconciliation(desk: DeskDep) -> HTMLResponse:
    """Bank and books at the end of a day, and what explains the difference."""
    desk.actor.require(*STAFF)
    as_of = desk.query.maybe_day("as_of") or day_in_beijing(desk.now)
    desk.query.check()
    found = reconcile(desk.tx, fund_id=desk.fund.id, as_of=as_of)
    return desk.show("fund/reconciliation.html", found=found)

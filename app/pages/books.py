"""The books on pages: trial balance, account, journal, entry, reversal."""

from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.pages.desk import Desk, DeskDep
from app.pages.frame import STAFF
from app.pages.who import account_names, holding_names, partner_names
from fund.capital.inflows import receipt
from fund.charter.queries import first_quarter
from fund.holdings.queries import holding_labels
from fund.ledger import actions, queries
from fund.ledger.entries import EntrySheet
from fund.ledger.undo_rules import own_undo
from fund.partners.queries import partner as partner_by_id
from kernel.errors import NotFound
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing
from kernel.periods import Quarter

router = APIRouter(include_in_schema=False, prefix="/fund/books")

OPENABLE = 8


class AccountUnknown(NotFound):
    code = "account_unknown"
    says = "There is no account {account}."


@dataclass(frozen=True)
class When:
    """The day and the instant that a page of the books is about, and the part of an address that says so."""

    as_of: date
    known_at: datetime | None
    query: str


def when(desk: Desk) -> When:
    """What the address asks for; today and all that is known where it says nothing."""
    as_of, known_at = desk.query.maybe_day("as_of"), desk.query.maybe_instant("known_at")
    desk.query.check()
    asked = {name: desk.query.raw(name) for name in ("as_of", "known_at") if desk.query.raw(name)}
    return When(as_of or day_in_beijing(desk.now), known_at, f"?{urlencode(asked)}" if asked else "")


@router.get("")
def trial_balance(desk: DeskDep) -> HTMLResponse:
    """Every account with its balance on a day, as known at an instant."""
    return trial_balance_page(desk)


def trial_balance_page(desk: Desk) -> HTMLResponse:
    """The balances, the locked periods, and for the manager the form that opens one again."""
    desk.actor.require(*STAFF)
    then = when(desk)
    balance = queries.trial_balance(desk.tx, fund_id=desk.fund.id, as_of=then.as_of, known_at=then.known_at)
    locks = queries.locks(desk.tx, fund_id=desk.fund.id)
    through = queries.locked_through(desk.tx, fund_id=desk.fund.id)
    may_reopen = desk.actor.has(Role.MANAGER) and through is not None
    return desk.show(
        "fund/books.html",
        balance=balance,
        locks=locks,
        then=then,
        through=through,
        quarters=locked_quarters(first_quarter(desk.tx, fund_id=desk.fund.id), through)
        if may_reopen and through
        else [],
    )


def locked_quarters(first: Quarter, through: date) -> list[tuple[str, str]]:
    """The last quarters since the fund's `first` that are locked, the newest first: each may be opened again."""
    found: list[Quarter] = []
    at = Quarter.containing(through)
    while at >= first and len(found) < OPENABLE:
        found.append(at)
        at = at.previous
    return [(str(quarter), str(quarter)) for quarter in found]


@router.post("/reopen")
def reopen(desk: DeskDep) -> Response:
    """Open a quarter and everything after it again."""

    def act() -> None:
        quarter, reason = desk.fields.text("quarter"), desk.fields.text("reason")
        desk.fields.check()
        actions.reopen_period(
            desk.tx,
            desk.actor,
            fund_id=desk.fund.id,
            quarter=Quarter.parse(quarter),
            reason=reason,
            now=desk.now,
        )

    return desk.act("reopen", act, then="/fund/books", done="period.reopened", again=trial_balance_page)


@router.get("/journal")
def journal(desk: DeskDep) -> HTMLResponse:
    """The entries as they were recorded, the newest first."""
    desk.actor.require(*STAFF)
    act, after = desk.query.raw("act") or None, desk.query.raw("after") or None
    by_hand = desk.query.raw("journal") or None
    entries = queries.journal(
        desk.tx, fund_id=desk.fund.id, actor=desk.actor, act=act, by_hand=by_hand, after=after
    )
    asked = {name: value for name, value in (("act", act), ("journal", by_hand)) if value}
    address = f"?{urlencode(asked)}&" if asked else "?"
    names, partners = account_names(desk), partner_names(desk)
    return desk.show(
        "fund/journal.html",
        entries=entries,
        names=names,
        partners=partners,
        act=act or by_hand,
        address=address,
    )


@router.get("/accounts/{account}")
def account(desk: DeskDep, account: str) -> HTMLResponse:
    """One account: its entries by effective day with the balance after each."""
    desk.actor.require(*STAFF)
    then = when(desk)
    partner_id = desk.query.maybe_whole("partner")
    sheets = {sheet.code: sheet for sheet in queries.chart(desk.tx, fund_id=desk.fund.id)}
    if account not in sheets:
        raise AccountUnknown(account=account)
    ledger = queries.account_page(
        desk.tx,
        fund_id=desk.fund.id,
        account=account,
        as_of=then.as_of,
        known_at=then.known_at,
        partner_id=partner_id,
        after=desk.query.raw("after") or None,
    )
    address = f"{then.query}&" if then.query else "?"
    return desk.show(
        "fund/account.html",
        account=sheets[account],
        partner=partner_by_id(desk.tx, partner_id=partner_id) if partner_id else None,
        ledger=ledger,
        names=account_names(desk),
        address=address,
        then=then,
    )


@router.get("/entries/{reference:path}")
def entry(desk: DeskDep, reference: str) -> HTMLResponse:
    """One entry, what it reverses and what reverses it. A partner's people see their own."""
    return entry_page(desk, reference)


def entry_page(desk: Desk, reference: str) -> HTMLResponse:
    """The page of an entry, with the form that reverses it."""
    sheet = queries.entry(desk.tx, fund_id=desk.fund.id, reference=reference, actor=desk.actor)
    undo = own_undo(sheet.act, sheet.debit, sheet.credit)
    may = desk.actor.has(Role.MANAGER, Role.ACCOUNTANT) and not (sheet.reversed_by or sheet.reverses)
    href = act_href(desk, sheet)
    return desk.show(
        "fund/entry.html",
        entry=sheet,
        names=account_names(desk),
        partners=partner_names(desk),
        holding=holding_names(desk).get(sheet.holding_id or 0, ""),
        act_href=href,
        may_reverse=may and undo is None,
        undo=desk.say(undo) if undo and may else "",
        today=day_in_beijing(desk.now),
    )


# Where the act behind an entry has its page, by the kind of act; "{}" stands for the number after the colon.
OWN_ACTS = {
    "call": "/fund/calls/{}",
    "equalisation": "/fund/calls/{}",
    "distribution": "/fund/distributions/{}",
    "transfer": "/fund/transfers/{}",
    "indemnity": "/fund/indemnities/{}",
    "indemnityin": "/fund/indemnities/{}",
}
ACTS = OWN_ACTS | {
    "close": "/fund/closes",
    "fee": "/fund/costs",
    "feepay": "/fund/costs",
    "expense": "/fund/costs",
    "payable": "/fund/costs#payables",
    "earned": "/fund/income",
    "receivable": "/fund/income",
    "tax": "/fund/withholding",
    "bank": "/fund/bank/lines/{}",
    "default": "/fund/defaults#default-{}",
    "defaultpay": "/fund/defaults",
    "journal": "/fund/books/journals",
}


def act_href(desk: Desk, sheet: EntrySheet) -> str:
    """The page of the act behind an entry, where it is also taken back; a partner's people have but some of them."""
    kind, _, number = sheet.act.partition(":")
    pages = ACTS if desk.sees_fund else OWN_ACTS
    if kind in pages:
        # "12.1" is the first acceptance of line 12, "5/3" the part of partner 3, or receipt 3, in act 5.
        return pages[kind].format(number.split("/")[0].split(".")[0])
    if kind == "receipt":
        return f"/fund/calls/{receipt(desk.tx, receipt_id=int(number)).call_id}#receipt-{number}"
    if sheet.holding_id is None or not desk.sees_fund:
        return ""
    code, _ = holding_labels(desk.tx, fund_id=desk.fund.id)[sheet.holding_id]
    return f"/fund/portfolio/{code}"


@router.post("/reverse/{reference:path}")
def reverse(desk: DeskDep, reference: str) -> Response:
    """Write the entry that undoes another."""

    def act() -> None:
        effective_on, reason = desk.fields.day("effective_on"), desk.fields.text("reason")
        desk.fields.check()
        actions.reverse(
            desk.tx,
            desk.actor,
            fund_id=desk.fund.id,
            reference=reference,
            reason=reason,
            effective_on=effective_on,
            now=desk.now,
        )

    return desk.act(
        "reverse",
        act,
        then=f"/fund/books/entries/{reference}",
        done="entry.reversed",
        again=lambda again: entry_page(again, reference),
    )

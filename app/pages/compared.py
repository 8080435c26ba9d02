"""One day of the books as known at two instants, side by side, with the entries that make the difference."""

from datetime import date, timedelta

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from app.pages.desk import Desk, DeskDep
from app.pages.frame import STAFF
from app.pages.fund import row_words
from app.pages.who import account_names, partner_names
from fund.ledger.locks import locked_through
from fund.results.compared import compare
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing
from kernel.periods import Quarter
from lp_reports.told import told_at

router = APIRouter(include_in_schema=False, prefix="/fund/books/compared")

SHOWN = 500


def _n(says: str) -> str:
    return says


TOTAL_WORDS = {
    "assets": _n("Total assets"),
    "liabilities": _n("Total liabilities"),
    "net_assets": _n("Net assets"),
    "operations": _n("Operations since inception"),
}


@router.get("")
def compared(desk: DeskDep) -> HTMLResponse:
    """What a day's books were told as, and what they are told as now; a partner's people see their own account."""
    desk.actor.require(*STAFF, Role.LP_USER)
    partner_id = whose(desk)
    as_of = desk.query.maybe_day("as_of") or _last_end(desk)
    quarter = Quarter.containing(as_of)
    first = desk.query.maybe_instant("first") or told_at(
        desk.tx, actor=desk.actor, fund_id=desk.fund.id, quarter=quarter, partner_id=partner_id
    )
    second = desk.query.maybe_instant("second") or desk.now
    desk.query.check()
    found = None
    if first is not None:
        found = compare(
            desk.tx, fund_id=desk.fund.id, as_of=as_of, first=first, second=second, partner_id=partner_id
        )
    names = partner_names(desk)
    return desk.show(
        "fund/compared.html",
        found=found,
        as_of=as_of,
        first=first,
        second=second,
        quarter=str(quarter),
        partner_id=partner_id,
        partners=names,
        is_staff=desk.actor.has(*STAFF),
        names=account_names(desk),
        rows=row_words(desk),
        totals={code: desk.say(says) for code, says in TOTAL_WORDS.items()},
        shown=SHOWN,
    )


def whose(desk: Desk) -> int | None:
    """The partner asked for; of a partner's people their own where they ask for none."""
    wanted = desk.query.maybe_whole("partner")
    if wanted is not None or desk.actor.has(*STAFF):
        return wanted
    return next(iter(partner_names(desk)), -1)


def _last_end(desk: Desk) -> date:
    """The last day that is locked, else the end of the last quarter that is over."""
    through = locked_through(desk.tx, fund_id=desk.fund.id)
    today = day_in_beijing(desk.now)
    return through or Quarter.containing(today).starts_on - timedelta(days=1)

"""The financial statements on a page, and the entries behind each of their lines."""

from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from app.pages.desk import Desk, DeskDep
from app.pages.frame import STAFF
from app.pages.statement_words import CASH_WORDS, COLUMN_WORDS, LINE_WORDS, STANDING_WORDS, TIE_WORDS
from app.pages.who import account_names, holding_names, partner_names
from fund.results import queries
from kernel.instants import day_in_beijing

router = APIRouter(include_in_schema=False, prefix="/fund/books/statements")


@dataclass(frozen=True)
class Span:
    """The period and the instant that the statements are about, and the part of an address that says so."""

    since: date
    as_of: date
    known_at: datetime | None
    query: str

    def download(self, fund: str) -> str:
        """The address of the workbook of the same statements: the API wants the instant with its offset."""
        asked = {"fund": fund, "since": self.since.isoformat(), "as_of": self.as_of.isoformat()}
        if self.known_at is not None:
            asked["known_at"] = self.known_at.isoformat()
        return f"/api/v1/statements.xlsx?{urlencode(asked)}"


def span(desk: Desk) -> Span:
    """What the address asks for; this year up to today, and all that is known, where it says nothing."""
    as_of = desk.query.maybe_day("as_of") or day_in_beijing(desk.now)
    since = desk.query.maybe_day("since") or date(as_of.year, 1, 1)
    known_at = desk.query.maybe_instant("known_at")
    desk.query.check()
    asked = {name: desk.query.raw(name) for name in ("since", "as_of", "known_at") if desk.query.raw(name)}
    return Span(since, as_of, known_at, f"?{urlencode(asked)}" if asked else "")


@router.get("")
def statements(desk: DeskDep) -> HTMLResponse:
    """The five statements of a period, and what ties them to each other."""
    desk.actor.require(*STAFF)
    then = span(desk)
    found = queries.statements(
        desk.tx, fund_id=desk.fund.id, since=then.since, as_of=then.as_of, known_at=then.known_at
    )
    names = account_names(desk) | {
        code: desk.say(says) for code, says in {**CASH_WORDS, **STANDING_WORDS}.items()
    }
    return desk.show(
        "fund/statements.html",
        found=found,
        then=then,
        names=names,
        partners=partner_names(desk),
        holdings=holding_names(desk),
        shares=queries.shares(found),
        columns={code: desk.say(says) for code, says in COLUMN_WORDS.items()},
        ties=[(tie, desk.say(TIE_WORDS[tie.code])) for tie in queries.ties(found)],
        address=f"/fund/books/statements/entries{then.query}{'&' if then.query else '?'}",
    )


@router.get("/entries")
def entries(desk: DeskDep) -> HTMLResponse:
    """From which entries? The rows of the books that a line of the statements is the sum of."""
    desk.actor.require(*STAFF)
    then, line = span(desk), desk.query.raw("line")
    partner_id, holding_id = desk.query.maybe_whole("partner"), desk.query.maybe_whole("holding")
    desk.query.check()
    found = queries.line_entries(
        desk.tx,
        fund_id=desk.fund.id,
        line=line,
        since=then.since,
        as_of=then.as_of,
        known_at=then.known_at,
        partner_id=partner_id,
        holding_id=holding_id,
    )
    words = {code: desk.say(says) for code, says in LINE_WORDS.items()} | account_names(desk)
    return desk.show(
        "fund/explain.html",
        found=found,
        name=words[line],
        quarter=None,
        partner=partner_names(desk).get(partner_id or 0, ""),
        holding=holding_names(desk).get(holding_id or 0, ""),
        came_from=f"/fund/books/statements{then.query}",
    )

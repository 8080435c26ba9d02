"""Nettings: a call and a distribution of one day in one notice; a partner's people read their own part."""

from collections.abc import Callable

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.pages.calls import BOOKERS
from app.pages.desk import Desk, DeskDep
from app.pages.frame import STAFF
from app.pages.papers import papers
from app.pages.who import partner_names
from fund.capital import nettings as acts
from fund.capital import queries
from fund.capital.acts import cash
from fund.capital.netted import NettingSheet, netting_sheet, nettings
from fund.capital.rules import CallKind, CallState
from fund.capital.sharing import DistributionState
from fund.capital.sheets import PartnerCall
from fund.nettings.queries import joined_pairs
from fund.nettings.rules import NettingState
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing
from lp_reports.rules import Act

router = APIRouter(include_in_schema=False, prefix="/fund/nettings")
HOME = "/fund/nettings"


@router.get("")
def listed(desk: DeskDep) -> HTMLResponse:
    """Every netting, newest first, and the pairs that could be joined."""
    return nettings_page(desk)


def nettings_page(desk: Desk) -> HTMLResponse:
    """The list; who keeps the books may join a drafted call and a drafted distribution."""
    desk.actor.require(*STAFF)
    page = nettings(desk.tx, fund_id=desk.fund.id, actor=desk.actor, after=desk.query.raw("after") or None)
    books = desk.actor.has(*BOOKERS)
    return desk.show(
        "fund/nettings.html",
        page=page,
        may_join=books,
        calls=_calls(desk) if books else [],
        distributions=_distributions(desk) if books else [],
    )


def _calls(desk: Desk) -> list[tuple[int, str]]:
    """The calls that may be joined, with their days."""
    taken, _ = joined_pairs(desk.tx, fund_id=desk.fund.id)
    return [
        (row.id, f"{row.code} · {row.due_on.isoformat()} · {desk.half(row.purpose)}")
        for state in (CallState.DRAFT, CallState.APPROVED)
        for row in queries.calls(desk.tx, fund_id=desk.fund.id, actor=desk.actor, state=state).items
        if row.kind is CallKind.DRAWDOWN and row.id not in taken
    ]


def _distributions(desk: Desk) -> list[tuple[int, str]]:
    """The distributions that may be joined, with their days."""
    _, taken = joined_pairs(desk.tx, fund_id=desk.fund.id)
    return [
        (row.id, f"{row.code} · {row.pay_on.isoformat()} · {desk.half(row.source)}")
        for state in (DistributionState.DRAFT, DistributionState.APPROVED)
        for row in queries.distributions(desk.tx, fund_id=desk.fund.id, actor=desk.actor, state=state).items
        if row.id not in taken
    ]


@router.post("")
def join(desk: DeskDep) -> Response:
    """Join a call and a distribution; nothing is booked yet."""
    made: list[int] = []

    def act() -> None:
        call_id, distribution_id = desk.fields.whole("call_id"), desk.fields.whole("distribution_id")
        desk.fields.check()
        sheet = acts.join(desk.tx, desk.actor, call_id=call_id, distribution_id=distribution_id, now=desk.now)
        made.append(sheet.id)

    def then() -> str:
        return f"{HOME}/{made[0]}" if made else HOME

    return desk.act("join", act, then=then, done="netting.joined", again=nettings_page)


@router.get("/{netting_id:int}")
def netting(desk: DeskDep, netting_id: int) -> HTMLResponse:
    """The notice: what is called and distributed gross, the tax, and the difference."""
    return netting_page(desk, netting_id)


def netting_page(desk: Desk, netting_id: int) -> HTMLResponse:
    """Every part that the reader may see, and what may be done now."""
    sheet = netting_sheet(desk.tx, netting_id=netting_id, actor=desk.actor)
    books, is_own = desk.actor.has(*BOOKERS), sheet.prepared_by == desk.actor.user_id
    is_draft, today = sheet.state is NettingState.DRAFT, day_in_beijing(desk.now)
    told = {NettingState.ISSUED, NettingState.SETTLED}
    return desk.show(
        "fund/netting.html",
        sheet=sheet,
        names=partner_names(desk),
        asked=_asked(desk, sheet),
        paper=papers(
            desk,
            act=Act.NETTING,
            act_id=netting_id,
            code=sheet.code,
            partner_ids=[part.partner_id for part in sheet.parts if part.called or part.distributed],
        ),
        today=today,
        cash=cash(desk.tx, fund_id=sheet.fund_id, on=today) if books else None,
        may_approve=books and is_draft and not is_own,
        waits_for_other=books and is_draft and is_own,
        may_issue=books and sheet.state is NettingState.APPROVED,
        may_settle=books and sheet.state is NettingState.ISSUED and sheet.on <= today,
        may_part=books and sheet.state in {NettingState.DRAFT, NettingState.APPROVED},
        may_undo=desk.actor.has(Role.MANAGER) and sheet.state in told,
    )


def _asked(desk: Desk, sheet: NettingSheet) -> dict[int, PartnerCall]:
    """By partner, what the call is for; a reader without a part in the call is not asked for anything."""
    if not sheet.called:
        return {}
    found = queries.call_sheet(desk.tx, call_id=sheet.call_id, actor=desk.actor)
    return {line.partner_id: line for line in found.lines}


@router.post("/{netting_id:int}/approve")
def approve(desk: DeskDep, netting_id: int) -> Response:
    """Approve both at once."""

    def act() -> None:
        acts.approve_netting(desk.tx, desk.actor, netting_id=netting_id, now=desk.now)

    return _done(desk, netting_id, "approve", act, "netting.approved")


@router.post("/{netting_id:int}/issue")
def issue(desk: DeskDep, netting_id: int) -> Response:
    """Give one notice of both."""

    def act() -> None:
        acts.issue_netting(desk.tx, desk.actor, netting_id=netting_id, now=desk.now)

    return _done(desk, netting_id, "issue", act, "netting.issued")


@router.post("/{netting_id:int}/settle")
def settle(desk: DeskDep, netting_id: int) -> Response:
    """Set off and pay the rest."""

    def act() -> None:
        acts.settle_netting(desk.tx, desk.actor, netting_id=netting_id, now=desk.now)

    return _done(desk, netting_id, "settle", act, "netting.settled")


@router.post("/{netting_id:int}/part")
def part(desk: DeskDep, netting_id: int) -> Response:
    """Part the two again."""

    def act() -> None:
        reason = desk.fields.text("reason")
        desk.fields.check()
        acts.part_netting(desk.tx, desk.actor, netting_id=netting_id, reason=reason, now=desk.now)

    return _done(desk, netting_id, "part", act, "netting.parted")


@router.post("/{netting_id:int}/undo")
def undo(desk: DeskDep, netting_id: int) -> Response:
    """Take the whole back."""

    def act() -> None:
        reason, on = desk.fields.text("reason"), desk.fields.day("on")
        desk.fields.check()
        acts.undo_netting(
            desk.tx, desk.actor, netting_id=netting_id, reason=reason, undone_on=on, now=desk.now
        )

    return _done(desk, netting_id, "undo", act, "act.undone")


def _done(desk: Desk, netting_id: int, form: str, act: Callable[[], None], said: str) -> Response:
    def again(refused: Desk) -> Response:
        return netting_page(refused, netting_id)

    return desk.act(form, act, then=f"{HOME}/{netting_id}", done=said, again=again)

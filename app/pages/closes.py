"""Closings: who joined when, and admitting partners by a later close after showing what it would bring everybody."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.close_bases import both_bases
from app.pages.costs import undo_fields
from app.pages.desk import Desk, DeskDep
from app.pages.frame import STAFF
from app.pages.rehearsal import CONFIRMED, act_after_showing
from app.pages.who import partner_names
from fund.capital import queries
from fund.capital.gone_closes import taken_back_from
from fund.capital.premiums import CloseBasis
from fund.charter.queries import terms
from fund.fees.closes import later_close, undo_close
from fund.partners.queries import partners
from kernel.errors import Conflict, Invalid
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing


def _n(says: str) -> str:
    return says


router = APIRouter(include_in_schema=False, prefix="/fund/closes")
HOME = "/fund/closes"
ROWS = 4
BASES = {CloseBasis.COST: _n("cost, with interest"), CloseBasis.NAV: _n("net asset value")}


@router.get("")
def closes(desk: DeskDep) -> HTMLResponse:
    """Every closing with what was committed at it."""
    return closes_page(desk)


def closes_page(desk: Desk) -> HTMLResponse:
    """The page, with the form of a later close for the manager."""
    desk.actor.require(*STAFF)
    fund_id, today = desk.fund.id, day_in_beijing(desk.now)
    committed = queries.commitment_sheets(desk.tx, fund_id=fund_id, actor=desk.actor)
    in_already = {sheet.partner_id for sheet in committed if sheet.undone_on is None}
    found = queries.closes(desk.tx, fund_id=fund_id)
    later = [one for one in found if one.due_on is not None and one.undone_on is None]
    last = later[-1] if later and desk.actor.has(Role.MANAGER) else None
    names = partner_names(desk)
    charter = terms(desk.tx, fund_id=fund_id, as_of=today)
    return desk.show(
        "fund/closes.html",
        closes=found,
        last=last,
        since=None if last is None else taken_back_from(desk.tx, fund_id=fund_id, close=last),
        committed=committed,
        names=names,
        waiting=[
            (one.id, names[one.id]) for one in partners(desk.tx, fund_id=fund_id) if one.id not in in_already
        ],
        charter=charter,
        bases=[(one.value, desk.say(BASES[one])) for one in CloseBasis],
        rows=range(1, ROWS + 1),
        may_close=desk.actor.has(Role.MANAGER) and queries.has_called(desk.tx, fund_id=fund_id),
        today=today,
    )


@router.post("")
def close(desk: DeskDep) -> Response:
    """Show what a later close would bring every partner; once that was confirmed, make it."""

    def act() -> None:
        newcomers, closed_on, due_on, rate, basis = read_close(desk)
        later_close(
            desk.tx,
            desk.actor,
            fund_id=desk.fund.id,
            newcomers=newcomers,
            closed_on=closed_on,
            due_on=due_on,
            interest_rate=rate,
            basis=basis,
            now=desk.now,
        )

    if desk.fields.raw(CONFIRMED):
        return desk.act("close", act, then=HOME, done="close.made", again=closes_page)
    try:
        return preview_page(desk)
    except (Conflict, Invalid) as refusal:
        return closes_page(replace(desk, form="close", refusal=refusal, entered=desk.fields.typed()))


def preview_page(desk: Desk) -> HTMLResponse:
    """Every partner's part of the close, before it is made."""
    newcomers, closed_on, due_on, rate, basis = read_close(desk)
    both = both_bases(
        desk.tx,
        desk.actor,
        fund_id=desk.fund.id,
        newcomers=newcomers,
        closed_on=closed_on,
        due_on=due_on,
        interest_rate=rate,
        basis=basis,
        now=desk.now,
    )
    typed = {name: value for name, value in desk.fields.typed().items() if name not in {"csrf", "key"}}
    return desk.show(
        "fund/close_preview.html",
        seen=both.seen,
        both=both,
        by_value=basis is CloseBasis.NAV,
        kept=typed,
        turned={**typed, "basis": (CloseBasis.COST if basis is CloseBasis.NAV else CloseBasis.NAV).value},
        names=partner_names(desk),
        due_on=due_on,
        closed_on=closed_on,
    )


@router.post("/{number}/undo")
def undo(desk: DeskDep, number: int) -> Response:
    """Take a later close back, as of the day that was shown."""

    def act() -> None:
        reason, on = undo_fields(desk)
        undo_close(
            desk.tx,
            desk.actor,
            fund_id=desk.fund.id,
            number=number,
            reason=reason,
            undone_on=on,
            now=desk.now,
        )

    return act_after_showing(
        desk,
        f"undo-close-{number}",
        act,
        says=_n("Take the later close back"),
        button=_n("Take it back"),
        back=HOME,
        then=HOME,
        done="act.undone",
        again=closes_page,
    )


def read_close(desk: Desk) -> tuple[dict[int, int], date, date, Fraction | None, CloseBasis]:
    """Who joins with how much, on which day, payable by when, at what interest (None: the charter's), by what."""
    fields = desk.fields
    newcomers: dict[int, int] = {}
    for row in range(1, ROWS + 1):
        partner_id = fields.maybe_whole(f"partner{row}")
        if partner_id is None:
            continue
        if partner_id in newcomers:
            fields.wrong(f"partner{row}", "The same partner stands twice.")
        newcomers[partner_id] = fields.money(f"amount{row}")
    closed_on, due_on = fields.day("closed_on"), fields.day("due_on")
    basis = fields.maybe_choice("basis", CloseBasis) or CloseBasis.COST
    # A rate that was typed for the close at cost is no choice of this one; it stays for turning back.
    at_cost = basis is CloseBasis.COST and fields.raw("interest_rate")
    rate = fields.percent("interest_rate") if at_cost else None
    fields.check()
    return newcomers, closed_on, due_on, rate, basis

"""One line of a bank's statement: what it may be, saying what it is, and freeing it again."""

from collections.abc import Callable
from datetime import date

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.pages.costs import undo_fields
from app.pages.desk import Desk, DeskDep
from app.pages.frame import STAFF
from app.pages.rehearsal import act_after_showing
from app.pages.who import partner_names
from fund.bank import actions, queries
from fund.bank.match_rules import Due
from fund.bank.proposals import bills, left_of_items, proposed, to_come
from fund.bank.rules import (
    ASIDE,
    BillPart,
    BookedPart,
    EarnedPart,
    InterestPart,
    MatchKind,
    Part,
    ReceiptPart,
)
from fund.bank.sheets import LineSheet
from fund.bank.statements import BOOKERS
from fund.capital.queries import due_calls
from fund.capital.sheets import DueLine
from fund.ledger.cash_items import CashItem
from kernel.instants import day_in_beijing
from kernel.paging import is_key


def _n(says: str) -> str:
    return says


router = APIRouter(include_in_schema=False, prefix="/fund/bank/lines")
MANY = 60


@router.get("/{line_id:int}")
def line(desk: DeskDep, line_id: int) -> HTMLResponse:
    """One line."""
    return line_page(desk, line_id)


def line_page(desk: Desk, line_id: int) -> HTMLResponse:
    """The line with what was made of it, and for those who keep the books what it may be."""
    desk.actor.require(*STAFF)
    sheet = queries.line(desk.tx, line_id=line_id, actor=desk.actor)
    may_book = desk.actor.has(*BOOKERS)
    asks = may_book and sheet.open != 0
    found = proposed(desk.tx, desk.actor, fund_id=desk.fund.id, only=[sheet]) if asks else []
    return desk.show(
        "fund/bank_line.html",
        line=sheet,
        proposals=found[0].proposals if found else (),
        owed=_owed(desk) if asks and sheet.open > 0 else {},
        items=_items(desk, sheet) if asks else [],
        dues=_dues(desk, sheet) if asks else [],
        kinds=_kinds(desk, sheet),
        names=partner_names(desk),
        today=day_in_beijing(desk.now),
        asks=asks,
        may_book=may_book,
    )


def _owed(desk: Desk) -> dict[int, list[DueLine]]:
    """What every partner owes on issued calls, due or not."""
    owed: dict[int, list[DueLine]] = {}
    for one in due_calls(desk.tx, fund_id=desk.fund.id, as_of=date.max):
        owed.setdefault(one.partner_id, []).append(one)
    return owed


def _items(desk: Desk, sheet: LineSheet) -> list[tuple[CashItem, int]]:
    """The payments in the books that went the same way and are not wholly matched, the nearest days first."""
    found = left_of_items(desk.tx, fund_id=desk.fund.id).values()
    same_way = [(item, left) for item, left in found if left and (left > 0) is (sheet.open > 0)]
    return sorted(same_way, key=lambda one: abs((one[0].on - sheet.booked_on).days))[:MANY]


def _dues(desk: Desk, sheet: LineSheet) -> list[Due]:
    """What is owed or to come that the line may settle, from its own day or before."""
    found = (bills if sheet.open < 0 else to_come)(desk.tx, fund_id=desk.fund.id)
    return [one for one in found if one.on <= sheet.booked_on]


def _kinds(desk: Desk, sheet: LineSheet) -> list[tuple[str, str]]:
    wrong = MatchKind.INTEREST if sheet.open < 0 else MatchKind.FEE
    return [(one, desk.label(one)) for one in ASIDE if one is not wrong]


@router.post("/{line_id:int}/accept")
def accept(desk: DeskDep, line_id: int) -> Response:
    """Say what the line is: a partner's money on calls, or a payment in the books."""

    def act() -> None:
        parts = _parts(desk)
        desk.fields.check()
        actions.accept(desk.tx, desk.actor, line_id=line_id, parts=parts, now=desk.now)

    form = desk.fields.raw("form") or "accept"
    return _shown(
        desk, line_id, form, act, _n("Accept what the line is"), _n("Accept the match"), "bank.matched"
    )


def _parts(desk: Desk) -> list[Part]:
    fields = desk.fields
    for name, made_of in (("bill", BillPart), ("earned", EarnedPart)):
        if fields.raw(name):
            return [made_of(fields.raw(name), fields.money("amount"))]
    if fields.raw("item"):
        return [BookedPart(fields.raw("item"), fields.money("amount"))]
    partner_id = fields.whole("partner_id")
    parts: list[Part] = []
    for name, typed in fields.typed().items():
        kind, _, number = name.rpartition("_")
        if kind in {"call", "default"} and typed.strip() and is_key(number):
            made = ReceiptPart if kind == "call" else InterestPart
            parts.append(made(int(number), partner_id, fields.money(name)))
    return parts


@router.post("/{line_id:int}/aside")
def aside(desk: DeskDep, line_id: int) -> Response:
    """Set aside what is open of the line."""

    def act() -> None:
        kind, reason = desk.fields.choice("kind", MatchKind), desk.fields.text("reason")
        desk.fields.check()
        actions.set_aside(desk.tx, desk.actor, line_id=line_id, kind=kind, reason=reason, now=desk.now)

    return _shown(desk, line_id, "aside", act, _n("Set the line aside"), _n("Set it aside"), "bank.aside")


@router.post("/{line_id:int}/release/{match_id:int}")
def release(desk: DeskDep, line_id: int, match_id: int) -> Response:
    """Free a part of the line again."""

    def act() -> None:
        reason, on = undo_fields(desk)
        actions.release(desk.tx, desk.actor, match_id=match_id, reason=reason, released_on=on, now=desk.now)

    form = f"release-{match_id}"
    return _shown(desk, line_id, form, act, _n("Free the line"), _n("Free it"), "bank.released")


def _shown(
    desk: Desk, line_id: int, form: str, act: Callable[[], None], says: str, button: str, done: str
) -> Response:
    home = f"/fund/bank/lines/{line_id}"

    def again(refused: Desk) -> Response:
        return line_page(refused, line_id)

    return act_after_showing(
        desk, form, act, says=says, button=button, back=home, then=home, done=done, again=again
    )

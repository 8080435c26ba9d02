"""Acts on a holding by page: buying as an exception, selling, writing off, income, and taking any of them back."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Response

from app.pages.costs import undo_fields
from app.pages.desk import Desk, DeskDep
from app.pages.portfolio import holding_of, holding_page
from app.pages.rehearsal import act_after_showing
from fund.holdings import trades, undoing
from fund.holdings.rules import IncomeKind, InstrumentKind
from kernel.instants import day_in_beijing
from pipeline.closing import undoing as purchases
from pipeline.closing.direct import Purchase, buy_directly
from pipeline.stewardship import undoing as sales


def _n(says: str) -> str:
    return says


router = APIRouter(include_in_schema=False, prefix="/fund/portfolio")


@router.post("/{code}/buy")
def buy(desk: DeskDep, code: str) -> Response:
    """Buy more without a closing, for a written reason."""

    def act() -> None:
        fields = desk.fields
        on, quantity, cost = fields.day("bought_on"), fields.number("quantity"), fields.money("cost")
        instrument, kind = fields.text("instrument"), fields.choice("kind", InstrumentKind)
        ownership = fields.percent("ownership") if fields.raw("ownership") else None
        reason = fields.text("reason")
        fields.check()
        purchase = Purchase(on, quantity, cost, instrument.upper(), kind, ownership)
        buy_directly(
            desk.tx, desk.actor, holding_id=_id(desk, code), purchase=purchase, reason=reason, now=desk.now
        )

    return _shown(desk, code, "buy", act, _n("Buy without a closing"), _n("Buy it"), "holding.bought")


@router.post("/{code}/sell")
def sell(desk: DeskDep, code: str) -> Response:
    """Sell some or all of it."""

    def act() -> None:
        fields = desk.fields
        on, quantity, proceeds = fields.day("sold_on"), fields.number("quantity"), fields.money("proceeds")
        buyer = fields.maybe_whole("buyer_party_id")
        fields.check()
        trades.sell(
            desk.tx,
            desk.actor,
            holding_id=_id(desk, code),
            sold_on=on,
            quantity=quantity,
            proceeds=proceeds,
            instrument=fields.raw("instrument") or None,
            buyer_party_id=buyer,
            reason=fields.raw("reason"),
            now=desk.now,
        )

    return _shown(desk, code, "sell", act, _n("Sell it"), _n("Book the sale"), "holding.sold")


@router.post("/{code}/write-off")
def write_off(desk: DeskDep, code: str) -> Response:
    """Write off all that is held."""

    def act() -> None:
        on, reason = desk.fields.day("written_off_on"), desk.fields.text("reason")
        desk.fields.check()
        trades.write_off(
            desk.tx,
            desk.actor,
            holding_id=_id(desk, code),
            written_off_on=on,
            reason=reason,
            instrument=desk.fields.raw("instrument") or None,
            now=desk.now,
        )

    return _shown(desk, code, "write-off", act, _n("Write it off"), _n("Write it off"), "holding.written_off")


@router.post("/{code}/income")
def income(desk: DeskDep, code: str) -> Response:
    """Book a dividend or interest."""

    def act() -> None:
        fields = desk.fields
        on, amount = fields.day("received_on"), fields.money("amount")
        kind = fields.choice("kind", IncomeKind)
        fields.check()
        trades.receive_income(
            desk.tx,
            desk.actor,
            holding_id=_id(desk, code),
            received_on=on,
            amount=amount,
            kind=kind,
            memo=fields.raw("memo"),
            now=desk.now,
        )

    return _shown(desk, code, "income", act, _n("Book the income"), _n("Book it"), "holding.income")


@router.post("/{code}/undo-purchase/{number:int}")
def undo_purchase(desk: DeskDep, code: str, number: int) -> Response:
    """Take a purchase back."""
    act = _undo(desk, code, purchases.undo_purchase, number)
    return _shown(
        desk,
        code,
        f"undo-purchase-{number}",
        act,
        _n("Take the purchase back"),
        _n("Take it back"),
        "act.undone",
    )


@router.post("/{code}/undo-sale/{number:int}")
def undo_sale(desk: DeskDep, code: str, number: int) -> Response:
    """Take a sale or write-off back."""
    act = _undo(desk, code, sales.undo_disposal, number)
    return _shown(
        desk, code, f"undo-sale-{number}", act, _n("Take the sale back"), _n("Take it back"), "act.undone"
    )


@router.post("/{code}/undo-income/{number:int}")
def undo_income(desk: DeskDep, code: str, number: int) -> Response:
    """Take a dividend or interest back."""
    act = _undo(desk, code, undoing.undo_income, number)
    return _shown(
        desk, code, f"undo-income-{number}", act, _n("Take the income back"), _n("Take it back"), "act.undone"
    )


def _undo(desk: Desk, code: str, undo: Callable[..., Any], number: int) -> Callable[[], None]:
    def act() -> None:
        reason, on = undo_fields(desk)
        undo(
            desk.tx,
            desk.actor,
            holding_id=_id(desk, code),
            number=number,
            reason=reason,
            on=on,
            now=desk.now,
        )

    return act


def _id(desk: Desk, code: str) -> int:
    return holding_of(desk, code, day_in_beijing(desk.now)).id


def _shown(
    desk: Desk, code: str, form: str, act: Callable[[], None], says: str, button: str, done: str
) -> Response:
    home = f"/fund/portfolio/{code}"

    def again(refused: Desk) -> Response:
        return holding_page(refused, code)

    return act_after_showing(
        desk, form, act, says=says, button=button, back=home, then=home, done=done, again=again
    )

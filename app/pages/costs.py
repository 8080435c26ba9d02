"""What the fund pays for being run: the management fee, charged and paid, and the partnership's expenses."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.pages.calls import BOOKERS
from app.pages.desk import Desk, DeskDep
from app.pages.frame import STAFF
from app.pages.rehearsal import act_after_showing
from app.pages.who import account_names, partner_names
from fund.capital.acts import cash
from fund.charter.queries import terms
from fund.fees import actions, queries, undoing, workings
from fund.fees.accrued import AccrualSheet, accruals
from fund.fees.recoverable import organisation_cap, recoverables
from fund.fees.recovery_rules import BROKEN_DEAL_ROW, ORGANISATION_ROW, RecoveryWay
from fund.fees.rules import BORROWING_ROWS, EXPENSE_ROWS
from fund.fees.unapplied import applied_to
from fund.ledger.chart import expense_account
from fund.ledger.queries import locked_through
from kernel.instants import day_in_beijing
from kernel.paging import MAXIMUM_LIMIT
from kernel.periods import Quarter
from pipeline.deals.filters import Wanted
from pipeline.deals.queries import table
from pipeline.deals.rules import Status


def _n(says: str) -> str:
    return says


router = APIRouter(include_in_schema=False, prefix="/fund/costs")
HOME = "/fund/costs"


@router.get("")
def costs(desk: DeskDep) -> HTMLResponse:
    """Every quarter's fee, what was paid of it, and the expenses."""
    return costs_page(desk)


def costs_page(desk: Desk) -> HTMLResponse:
    """The page, with the forms of those who keep the books."""
    desk.actor.require(*STAFF)
    fund_id, today = desk.fund.id, day_in_beijing(desk.now)
    owed_on = desk.query.maybe_day("owed_on") or today
    desk.query.check()
    charges = queries.charges(desk.tx, fund_id=fund_id, actor=desk.actor)
    words = account_names(desk)
    rows = [
        (row, f"{row} {words[expense_account(row)]}")
        for row in EXPENSE_ROWS
        if expense_account(row) in words and row not in BORROWING_ROWS
    ]
    return desk.show(
        "fund/costs.html",
        charges=charges[::-1],
        offset=applied_to(desk.tx, fund_id=fund_id, charges=charges),
        gaps={one.quarter: one for one in workings.gaps(desk.tx, fund_id=fund_id)},
        payments=queries.payments(desk.tx, fund_id=fund_id),
        payable=queries.payable(desk.tx, fund_id=fund_id, as_of=today),
        expenses=queries.expenses(desk.tx, fund_id=fund_id, after=desk.query.raw("after") or None),
        cash=cash(desk.tx, fund_id=fund_id, on=today),
        cap=organisation_cap(desk.tx, fund_id=fund_id, as_of=today),
        owed=recoverables(desk.tx, fund_id=fund_id),
        payables=listed_payables(desk, owed_on),
        owed_on=owed_on,
        accrue_on=last_quarter_end(desk, today),
        ways=ways(desk),
        dead=dead_deals(desk),
        names=partner_names(desk),
        rows=rows,
        row_words=dict(rows),
        open_quarters=open_quarters(desk, today, {sheet.quarter for sheet in charges}),
        today=today,
        may_book=desk.actor.has(*BOOKERS),
    )


def listed_payables(desk: Desk, on: date) -> list[AccrualSheet]:
    """What is owed on a day, and what was owed lately and is settled, so that a payment can be taken back."""
    found = accruals(desk.tx, fund_id=desk.fund.id, as_of=on)
    return [one for one in found if one.counts and (one.open or one.expense.incurred_on.year >= on.year - 1)]


def last_quarter_end(desk: Desk, today: date) -> date:
    """For which day an expense is owed, most often: the end of the last quarter, as long as that is open."""
    end = Quarter.containing(today).previous.ends_on
    locked = locked_through(desk.tx, fund_id=desk.fund.id)
    return today if locked is not None and end <= locked else end


def ways(desk: Desk) -> dict[int, list[tuple[str, str]]]:
    """How what is owed back may be settled, by the row of the cost."""
    other = {ORGANISATION_ROW: RecoveryWay.SET_OFF, BROKEN_DEAL_ROW: RecoveryWay.BORNE}
    return {
        row: [(one.value, desk.label(one)) for one in (RecoveryWay.CASH, second)]
        for row, second in other.items()
    }


def dead_deals(desk: Desk) -> list[tuple[str, str]]:
    """The deals that came to nothing, for whose costs somebody may pay."""
    wanted = Wanted(statuses=(Status.PASSED,))
    page = table(
        desk.tx,
        actor=desk.actor,
        fund_id=desk.fund.id,
        now=desk.now,
        wanted=wanted,
        limit=MAXIMUM_LIMIT,
    )
    return [(f"{one.code} {one.name}", f"{one.code} {one.name}") for one in page.items]


def open_quarters(desk: Desk, today: date, charged: set[str]) -> list[tuple[str, str]]:
    """The quarters of which a fee could be charged: from the first close to the one that comes next."""
    quarter = Quarter.containing(terms(desk.tx, fund_id=desk.fund.id, as_of=today).first_close_on)
    found: list[tuple[str, str]] = []
    while quarter <= Quarter.containing(today).next:
        if str(quarter) not in charged:
            found.append((str(quarter), str(quarter)))
        quarter = quarter.next
    return found


@router.post("/charge")
def charge(desk: DeskDep) -> Response:
    """Charge the fee of a quarter."""

    def act() -> None:
        quarter = desk.fields.text("quarter")
        desk.fields.check()
        actions.charge(
            desk.tx, desk.actor, fund_id=desk.fund.id, quarter=Quarter.parse(quarter), now=desk.now
        )

    return _shown(desk, "charge", act, _n("Charge the fee"), _n("Charge it"), "fee.charged")


@router.post("/pay")
def pay(desk: DeskDep) -> Response:
    """Pay the manager out of what is payable."""

    def act() -> None:
        fields = desk.fields
        reference, amount, paid_on = fields.text("reference"), fields.money("amount"), fields.day("paid_on")
        fields.check()
        actions.pay(
            desk.tx,
            desk.actor,
            fund_id=desk.fund.id,
            reference=reference,
            amount=amount,
            paid_on=paid_on,
            now=desk.now,
        )

    return _shown(desk, "pay", act, _n("Pay the fee"), _n("Pay it"), "fee.paid")


@router.post("/expense")
def expense(desk: DeskDep) -> Response:
    """Book an expense that was paid."""

    def act() -> None:
        book_expense(desk)

    return _shown(desk, "expense", act, _n("Book the expense"), _n("Book it"), "expense.booked")


def book_expense(desk: Desk, *, is_accrued: bool = False) -> None:
    """Book the expense in the form, paid or owed."""
    fields = desk.fields
    reference, amount = fields.text("reference"), fields.money("amount")
    incurred_on, payee, row = fields.day("incurred_on"), fields.text("payee"), fields.whole("ilpa_row")
    share = fields.percent("share") if fields.raw("share") else Fraction(0)
    fields.check()
    actions.record_expense(
        desk.tx,
        desk.actor,
        fund_id=desk.fund.id,
        reference=reference,
        ilpa_row=row,
        amount=amount,
        incurred_on=incurred_on,
        payee=payee,
        memo=fields.raw("memo"),
        share=share,
        others=fields.raw("others"),
        concerning=fields.raw("concerning"),
        is_accrued=is_accrued,
        now=desk.now,
    )


@router.post("/undo-fee/{quarter}")
def undo_fee(desk: DeskDep, quarter: str) -> Response:
    """Take the fee of a quarter back."""

    def act() -> None:
        reason, on = undo_fields(desk)
        undoing.undo_charge(
            desk.tx,
            desk.actor,
            fund_id=desk.fund.id,
            quarter=Quarter.parse(quarter),
            reason=reason,
            undone_on=on,
            now=desk.now,
        )

    return _shown(desk, f"undo-fee-{quarter}", act, _n("Take the fee back"), _n("Take it back"), "act.undone")


@router.post("/adjust-fee/{quarter}")
def adjust_fee(desk: DeskDep, quarter: str) -> Response:
    """Bring the fee of a quarter to what its terms and bases make of it today."""

    def act() -> None:
        reason, on = undo_fields(desk)
        undoing.adjust_charge(
            desk.tx,
            desk.actor,
            fund_id=desk.fund.id,
            quarter=Quarter.parse(quarter),
            reason=reason,
            adjusted_on=on,
            now=desk.now,
        )

    return _shown(desk, f"adjust-fee-{quarter}", act, _n("Adjust the fee"), _n("Adjust it"), "fee.adjusted")


@router.post("/undo-payment/{reference}")
def undo_payment(desk: DeskDep, reference: str) -> Response:
    """Take a payment of the fee back."""
    act = _taken_back(desk, undoing.undo_payment, reference)
    return _shown(
        desk, f"undo-payment-{reference}", act, _n("Take the payment back"), _n("Take it back"), "act.undone"
    )


@router.post("/undo-expense/{reference}")
def undo_expense(desk: DeskDep, reference: str) -> Response:
    """Take an expense back."""
    act = _taken_back(desk, undoing.undo_expense, reference)
    return _shown(
        desk, f"undo-expense-{reference}", act, _n("Take the expense back"), _n("Take it back"), "act.undone"
    )


def _taken_back(desk: Desk, undo: Callable[..., object], reference: str) -> Callable[[], None]:
    """The act of taking back what stands under `reference`, for the reason and from the day in the form."""

    def act() -> None:
        reason, on = undo_fields(desk)
        undo(
            desk.tx,
            desk.actor,
            fund_id=desk.fund.id,
            reference=reference,
            reason=reason,
            undone_on=on,
            now=desk.now,
        )

    return act


def undo_fields(desk: Desk) -> tuple[str, date]:
    """Why something is taken back, and from which day; refused when either is missing."""
    reason, on = desk.fields.text("reason"), desk.fields.day("on")
    desk.fields.check()
    return reason, on


def _shown(desk: Desk, form: str, act: Callable[[], None], says: str, button: str, done: str) -> Response:
    return act_after_showing(
        desk, form, act, says=says, button=button, back=HOME, then=HOME, done=done, again=costs_page
    )

"""Distributions: what partners are paid, with the waterfall's working for each."""

from collections.abc import Callable

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.pages.calls import BOOKERS
from app.pages.desk import Desk, DeskDep
from app.pages.frame import STAFF
from app.pages.papers import papers
from app.pages.terms_form import shown
from app.pages.who import holding_names, partner_names
from fund.capital import distributions as acts
from fund.capital import queries
from fund.capital.acts import cash
from fund.capital.netted import joined_in
from fund.capital.sharing import DistributionState
from fund.charter.queries import terms
from fund.deliveries.rules import Offer
from fund.holdings import in_kind
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing
from lp_reports.rules import Act

router = APIRouter(include_in_schema=False, prefix="/fund/distributions")


@router.get("")
def distributions(desk: DeskDep) -> HTMLResponse:
    """Every distribution, newest first."""
    desk.actor.require(*STAFF)
    after = desk.query.raw("after") or None
    found = queries.distributions(desk.tx, fund_id=desk.fund.id, actor=desk.actor, after=after)
    return desk.show(
        "fund/distributions.html",
        distributions=found,
        holdings=holding_names(desk),
        may_draft=desk.actor.has(*BOOKERS),
    )


@router.get("/new")
def new(desk: DeskDep) -> HTMLResponse:
    """The form of a new distribution."""
    return draft_page(desk)


def draft_page(desk: Desk) -> HTMLResponse:
    """What is distributed, by what it is; the cash there is stands beside it."""
    desk.actor.require(*BOOKERS)
    today = day_in_beijing(desk.now)
    return desk.show(
        "fund/distribution_new.html",
        today=today,
        cash=cash(desk.tx, fund_id=desk.fund.id, on=today),
        holdings=list(holding_names(desk).items()),
    )


@router.post("")
def draft(desk: DeskDep) -> Response:
    """Work a distribution out; nothing is booked yet."""
    made: list[int] = []

    def act() -> None:
        fields = desk.fields
        parts = [fields.maybe_money(name) or 0 for name in ("return_of_capital", "income", "gain")]
        pay_on, source = fields.day("pay_on"), fields.text("source")
        holding_id = fields.maybe_whole("holding_id")
        fields.check()
        sheet = acts.draft_distribution(
            desk.tx,
            desk.actor,
            fund_id=desk.fund.id,
            return_of_capital=parts[0],
            income=parts[1],
            gain=parts[2],
            pay_on=pay_on,
            source=source,
            holding_id=holding_id,
            recallable=fields.ticked("recallable"),
            now=desk.now,
        )
        made.append(sheet.id)

    def then() -> str:
        return f"/fund/distributions/{made[0]}" if made else "/fund/distributions"

    return desk.act("draft", act, then=then, done="distribution.drafted", again=draft_page)


@router.get("/in-kind")
def new_in_kind(desk: DeskDep) -> HTMLResponse:
    """The form of a distribution of shares."""
    return in_kind_page(desk)


def in_kind_page(desk: Desk) -> HTMLResponse:
    """Which units are handed over at what price; the cash for what is no whole unit stands beside it."""
    desk.actor.require(*BOOKERS)
    today = day_in_beijing(desk.now)
    return desk.show(
        "fund/distribution_in_kind.html",
        today=today,
        cash=cash(desk.tx, fund_id=desk.fund.id, on=today),
        holdings=list(holding_names(desk).items()),
    )


@router.post("/in-kind")
def draft_in_kind(desk: DeskDep) -> Response:
    """Work out a distribution of shares; nothing leaves yet."""
    made: list[int] = []

    def act() -> None:
        fields = desk.fields
        units, price, price_source = (
            fields.whole("units"),
            fields.number("price"),
            fields.text("price_source"),
        )
        pay_on, source, holding_id = fields.day("pay_on"), fields.text("source"), fields.whole("holding_id")
        fields.check()
        sheet = in_kind.draft_in_kind(
            desk.tx,
            desk.actor,
            fund_id=desk.fund.id,
            holding_id=holding_id,
            offer=Offer(fields.raw("instrument"), units, price, price_source),
            pay_on=pay_on,
            source=source,
            recallable=fields.ticked("recallable"),
            now=desk.now,
        )
        made.append(sheet.id)

    def then() -> str:
        return f"/fund/distributions/{made[0]}" if made else "/fund/distributions"

    return desk.act("in-kind", act, then=then, done="distribution.drafted", again=in_kind_page)


@router.get("/{distribution_id:int}")
def distribution(desk: DeskDep, distribution_id: int) -> HTMLResponse:
    """One distribution; a partner's people see their own line and its working."""
    return distribution_page(desk, distribution_id)


def distribution_page(desk: Desk, distribution_id: int) -> HTMLResponse:
    """Every partner's part with its working, and what may be done now."""
    sheet = queries.distribution_sheet(desk.tx, distribution_id=distribution_id, actor=desk.actor)
    row, today = sheet.distribution, day_in_beijing(desk.now)
    books, is_own = desk.actor.has(*BOOKERS), row.prepared_by == desk.actor.user_id
    is_draft = row.state is DistributionState.DRAFT
    holdings = holding_names(desk)
    joined = joined_in(desk.tx, distribution_id=distribution_id, actor=desk.actor)
    alone = books and joined is None
    promised = terms(desk.tx, fund_id=row.fund_id, as_of=row.pay_on)
    return desk.show(
        "fund/distribution.html",
        sheet=sheet,
        row=row,
        names=partner_names(desk),
        holding=holdings.get(row.holding_id or 0, ""),
        holdings=holdings,
        further=[shown(desk, one) for one in promised.further],
        cash=cash(desk.tx, fund_id=row.fund_id, on=today) if books else None,
        joined=joined,
        paper=papers(
            desk,
            act=Act.DISTRIBUTION,
            act_id=distribution_id,
            code=row.code,
            partner_ids=[line.partner_id for line in sheet.lines if line.gross or line.carry_received],
        ),
        may_approve=alone and is_draft and not is_own,
        waits_for_other=alone and is_draft and is_own,
        may_pay=alone and row.state is DistributionState.APPROVED,
        may_undo=alone and desk.actor.has(Role.MANAGER) and row.state is DistributionState.PAID,
        today=today,
        may_cancel=alone and row.state in {DistributionState.DRAFT, DistributionState.APPROVED},
    )


@router.post("/{distribution_id:int}/approve")
def approve(desk: DeskDep, distribution_id: int) -> Response:
    """Approve a draft that somebody else prepared."""

    def act() -> None:
        acts.approve_distribution(desk.tx, desk.actor, distribution_id=distribution_id, now=desk.now)

    return _done(desk, distribution_id, "approve", act, "distribution.approved")


@router.post("/{distribution_id:int}/pay")
def pay(desk: DeskDep, distribution_id: int) -> Response:
    """Pay and book it."""

    def act() -> None:
        in_kind.pay_distribution(desk.tx, desk.actor, distribution_id=distribution_id, now=desk.now)

    return _done(desk, distribution_id, "pay", act, "distribution.paid")


@router.post("/{distribution_id:int}/cancel")
def cancel(desk: DeskDep, distribution_id: int) -> Response:
    """Withdraw it."""

    def act() -> None:
        reason = desk.fields.text("reason")
        desk.fields.check()
        acts.cancel_distribution(
            desk.tx, desk.actor, distribution_id=distribution_id, reason=reason, now=desk.now
        )

    return _done(desk, distribution_id, "cancel", act, "distribution.cancelled")


@router.post("/{distribution_id:int}/undo")
def undo(desk: DeskDep, distribution_id: int) -> Response:
    """Take a paid distribution back."""

    def act() -> None:
        reason, on = desk.fields.text("reason"), desk.fields.day("on")
        desk.fields.check()
        in_kind.undo_distribution(
            desk.tx,
            desk.actor,
            distribution_id=distribution_id,
            reason=reason,
            undone_on=on,
            now=desk.now,
        )

    return _done(desk, distribution_id, "undo", act, "act.undone")


def _done(desk: Desk, distribution_id: int, form: str, act: Callable[[], None], said: str) -> Response:
    def again(refused: Desk) -> Response:
        return distribution_page(refused, distribution_id)

    then = f"/fund/distributions/{distribution_id}"
    return desk.act(form, act, then=then, done=said, again=again)

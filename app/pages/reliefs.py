"""What is taken off the management fee: offsets, waivers and rebates, and what is left of the offsets."""

from collections.abc import Callable

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.pages.calls import BOOKERS
from app.pages.costs import undo_fields
from app.pages.desk import Desk, DeskDep
from app.pages.frame import STAFF
from app.pages.rehearsal import act_after_showing
from app.pages.who import holding_names, partner_names
from fund.charter.queries import terms
from fund.fees import queries
from fund.fees import reliefs as acts
from fund.fees.relief_rules import OFFSET_ROWS, OffsetKind, ReliefKind
from fund.fees.unapplied import offsets, reliefs
from fund.partners.queries import partners
from kernel.instants import day_in_beijing
from kernel.paging import is_key
from kernel.periods import Quarter


def _n(says: str) -> str:
    return says


router = APIRouter(include_in_schema=False, prefix="/fund/costs/reliefs")
HOME = "/fund/costs/reliefs"


@router.get("")
def listed(desk: DeskDep) -> HTMLResponse:
    """Everything taken off, newest first."""
    return reliefs_page(desk)


def reliefs_page(desk: Desk) -> HTMLResponse:
    """The roll-forward of the quarter by partner, each act, and the forms of those who keep the books."""
    desk.actor.require(*STAFF)
    fund_id, today = desk.fund.id, day_in_beijing(desk.now)
    quarter, known = Quarter.containing(today), offsets(desk.tx, fund_id=fund_id)
    whose = [one.id for one in partners(desk.tx, fund_id=fund_id)]
    rolled = {key: known.over(key, since=quarter.starts_on, as_of=quarter.ends_on) for key in (None, *whose)}
    charges = queries.charges(desk.tx, fund_id=fund_id, actor=desk.actor)
    return desk.show(
        "fund/reliefs.html",
        found=reliefs(desk.tx, fund_id=fund_id, actor=desk.actor)[::-1],
        rolled=[(key, one) for key, one in rolled.items() if one.opening or one.added or one.applied],
        quarter=quarter,
        share=terms(desk.tx, fund_id=fund_id, as_of=today).offset_share,
        rows=OFFSET_ROWS,
        names=partner_names(desk),
        holdings=holding_names(desk),
        kinds=[(kind.value, f"{row} {desk.label(kind)}") for kind, row in OFFSET_ROWS.items()],
        ways=[(kind.value, desk.label(kind)) for kind in (ReliefKind.WAIVER, ReliefKind.REBATE)],
        quarters=[(one.quarter, one.quarter) for one in charges[::-1]],
        bearers=[one for one in partners(desk.tx, fund_id=fund_id) if one.bears_fee],
        today=today,
        may_book=desk.actor.has(*BOOKERS),
    )


@router.post("/offset")
def offset(desk: DeskDep) -> Response:
    """Write down a fee that the manager received."""

    def act() -> None:
        fields = desk.fields
        reference, reason = fields.text("reference"), fields.text("reason")
        kind, received = fields.choice("kind", OffsetKind), fields.money("received")
        received_on, holding_id = fields.day("received_on"), fields.maybe_whole("holding_id")
        fields.check()
        acts.propose_offset(
            desk.tx,
            desk.actor,
            fund_id=desk.fund.id,
            reference=reference,
            kind=kind,
            received=received,
            received_on=received_on,
            holding_id=holding_id,
            reason=reason,
            now=desk.now,
        )

    return desk.act("offset", act, then=HOME, done="relief.proposed", again=reliefs_page)


@router.post("/relief")
def relief(desk: DeskDep) -> Response:
    """Prepare a waiver or a rebate."""

    def act() -> None:
        fields = desk.fields
        reference, reason = fields.text("reference"), fields.text("reason")
        kind, quarter, on = (
            fields.choice("kind", ReliefKind),
            fields.text("quarter"),
            fields.day("effective_on"),
        )
        amounts = {
            int(name.removeprefix("part-")): fields.money(name)
            for name in fields.typed()
            if name.startswith("part-") and is_key(name.removeprefix("part-")) and fields.raw(name)
        }
        fields.check()
        acts.propose_relief(
            desk.tx,
            desk.actor,
            fund_id=desk.fund.id,
            reference=reference,
            kind=kind,
            quarter=Quarter.parse(quarter),
            amounts=amounts,
            effective_on=on,
            reason=reason,
            now=desk.now,
        )

    return desk.act("relief", act, then=HOME, done="relief.proposed", again=reliefs_page)


@router.post("/approve/{reference}")
def approve(desk: DeskDep, reference: str) -> Response:
    """Approve what somebody else prepared, shown in figures first."""
    act = _decided(desk, reference, is_approved=True)
    return _shown(desk, f"approve-{reference}", act, _n("Approve it"), _n("Approve"), "relief.approved")


@router.post("/refuse/{reference}")
def refuse(desk: DeskDep, reference: str) -> Response:
    """Turn it down."""
    act = _decided(desk, reference, is_approved=False)
    return desk.act(f"refuse-{reference}", act, then=HOME, done="relief.refused", again=reliefs_page)


@router.post("/undo/{reference}")
def undo(desk: DeskDep, reference: str) -> Response:
    """Take an approved one back."""

    def act() -> None:
        reason, on = undo_fields(desk)
        acts.undo_relief(
            desk.tx,
            desk.actor,
            fund_id=desk.fund.id,
            reference=reference,
            reason=reason,
            undone_on=on,
            now=desk.now,
        )

    return _shown(
        desk, f"undo-{reference}", act, _n("Take back what was let off"), _n("Take it back"), "act.undone"
    )


def _decided(desk: Desk, reference: str, *, is_approved: bool) -> Callable[[], None]:
    def act() -> None:
        acts.decide_relief(
            desk.tx,
            desk.actor,
            fund_id=desk.fund.id,
            reference=reference,
            is_approved=is_approved,
            now=desk.now,
        )

    return act


def _shown(desk: Desk, form: str, act: Callable[[], None], says: str, button: str, done: str) -> Response:
    return act_after_showing(
        desk, form, act, says=says, button=button, back=HOME, then=HOME, done=done, again=reliefs_page
    )

"""What the fund holds: returns, exposure against its limits, and the marks with their two names."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.formats import money
from app.pages.desk import Desk, DeskDep
from app.pages.frame import STAFF
from app.pages.keys import key_words
from app.pages.what_if import tried_deal
from fund.capital.acts import cash
from fund.charter.rules import Dimension
from fund.holdings import marks as acts
from fund.holdings import queries
from fund.holdings.help import help_wanted, say_help_wanted
from fund.holdings.mark_rules import Causes, MarkState, Technique
from fund.holdings.rules import IncomeKind, InstrumentKind
from fund.holdings.sheets import HoldingSheet, MarkSheet
from fund.results.exposure import exposure
from fund.results.exposure_rules import LimitCheck
from fund.results.gross import holding_returns
from fund.valuations import actions as valuations
from fund.valuations.interests import why_needed
from fund.valuations.policy import FileReason
from fund.valuations.queries import files_of, policy_on
from fund.valuations.watch import stale_marks
from fund.valuations.working_rules import BY_RIGHTS
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing
from kernel.periods import check_come
from pipeline.channel.rules import ChainPosition
from pipeline.closing.promised import promised
from pipeline.deals.rules import Origin

router = APIRouter(include_in_schema=False, prefix="/fund/portfolio")

MARKERS = (Role.MANAGER, Role.ANALYST)
MILESTONES = 3


@dataclass(frozen=True)
class Bullet:
    """A limit as it is drawn: percent of the track's width for what is, what was and the limit."""

    check: LimitCheck
    key: str
    current: float
    before: float
    maximum: float


def bullet(desk: Desk, check: LimitCheck) -> Bullet:
    """The limit's bar on a track that ends a quarter beyond the larger of both."""
    end = max(check.current, check.before, check.limit.maximum) * 5 / 4 or 1
    widths = [round(100 * share / end, 2) for share in (check.current, check.before, check.limit.maximum)]
    key = key_words(desk, check.limit.dimension, check.key)
    return Bullet(check, key, *(float(width) for width in widths))


def asked_day(desk: Desk) -> date:
    """The day that the address asks for, none that is to come; today where it says nothing."""
    today, found = day_in_beijing(desk.now), desk.query.maybe_day("as_of")
    desk.query.check()
    check_come(found or today, today=today)
    return found or today


@router.get("")
def portfolio(desk: DeskDep) -> HTMLResponse:
    """Every holding, the spread of all, and how a further investment would change it."""
    desk.actor.require(*STAFF, Role.COMMITTEE)
    on, fund_id = asked_day(desk), desk.fund.id
    desk, what_if = tried_deal(desk)
    unpaid = promised(desk.tx, fund_id=fund_id, on=on)
    spread = exposure(desk.tx, fund_id=fund_id, as_of=on, what_if=what_if, promised=unpaid)
    found = holding_returns(desk.tx, fund_id=fund_id, as_of=on)
    return desk.show(
        "fund/portfolio.html",
        as_of=on,
        found=found,
        sectors={one.holding.sector: key_words(desk, Dimension.SECTOR, one.holding.sector) for one in found},
        exposure=spread,
        bullets=[bullet(desk, check) for check in spread.limits],
        spreads=[
            (one, [(key_words(desk, one.dimension, part.key), part) for part in one.slices])
            for one in spread.spreads
        ],
        what_if=what_if,
        unheld=[(desk.label(one), key_words(desk, one, value)) for one, value in spread.unheld],
        waiting=queries.marks_waiting(desk.tx, fund_id=fund_id, actor=desk.actor),
        missing=queries.marks_missing(desk.tx, fund_id=fund_id, on=on),
        stale=stale_marks(desk.tx, fund_id=fund_id, as_of=on),
        labels=queries.holding_labels(desk.tx, fund_id=fund_id, actor=desk.actor),
        positions=[(one, desk.label(one)) for one in ChainPosition],
        origins=[(one, desk.label(one)) for one in Origin],
    )


@router.get("/{code}")
def holding(desk: DeskDep, code: str) -> HTMLResponse:
    """One holding."""
    return holding_page(desk, code)


def holding_of(desk: Desk, code: str, on: date) -> HoldingSheet:
    """The holding with that code as the person may see it."""
    return queries.holding_by_code(desk.tx, fund_id=desk.fund.id, code=code, as_of=on, actor=desk.actor)


def holding_page(desk: Desk, code: str) -> HTMLResponse:
    """Its instruments, its return with the flows behind it, and every mark."""
    desk.actor.require(*STAFF, Role.COMMITTEE)
    on = asked_day(desk)
    sheet = holding_of(desk, code, on)
    returns = holding_returns(desk.tx, fund_id=desk.fund.id, as_of=on)
    marks = queries.marks(desk.tx, holding_id=sheet.id, actor=desk.actor)
    drafts = [mark for mark in marks if mark.state is MarkState.DRAFT]
    return desk.show(
        "fund/holding.html",
        filed=files_of(desk.tx, mark_ids=[mark.id for mark in marks], actor=desk.actor),
        needed=_needed(desk, sheet, drafts),
        holding=sheet,
        as_of=on,
        gross=next((one.gross for one in returns if one.holding.id == sheet.id), None),
        marks=marks,
        drafts=drafts,
        wanted=help_wanted(desk.tx, holding_id=sheet.id, as_of=on),
        facts=_facts(desk, sheet),
        techniques=[(one, desk.label(one)) for one in Technique if one not in BY_RIGHTS],
        instruments=[(one.code, f"{one.code} {desk.label(one.kind)}") for one in sheet.instruments],
        may_mark=desk.actor.has(*MARKERS),
        may_approve=desk.actor.has(Role.MANAGER),
        may_book=desk.actor.has(Role.MANAGER, Role.ACCOUNTANT),
        corrections=_corrections(marks),
        lots=queries.lots(desk.tx, holding_id=sheet.id, as_of=on),
        sales=queries.disposals(desk.tx, fund_id=desk.fund.id, as_of=on, holding_id=sheet.id),
        income=queries.income(desk.tx, holding_id=sheet.id, as_of=on),
        kinds=[(one, desk.label(one)) for one in InstrumentKind],
        income_kinds=[(one, desk.label(one)) for one in IncomeKind],
        today=day_in_beijing(desk.now),
        spendable=cash(desk.tx, fund_id=desk.fund.id, on=day_in_beijing(desk.now)),
    )


def _needed(desk: Desk, sheet: HoldingSheet, drafts: Sequence[MarkSheet]) -> dict[int, FileReason]:
    """Why a draft needs a full file before it can be approved, by mark."""
    found = {}
    for mark in drafts:
        kept = policy_on(desk.tx, fund_id=sheet.fund_id, on=mark.marked_on)
        why = why_needed(desk.tx, holding=sheet, mark=mark, policy=kept.policy if kept else None)
        if why is not None:
            found[mark.id] = why
    return found


def _corrections(marks: Sequence[MarkSheet]) -> list[tuple[int, str]]:
    """The last mark of each day, which another one may replace, the latest day first."""
    last: dict[date, MarkSheet] = {}
    for mark in marks:
        last.setdefault(mark.marked_on, mark)
    return [(mark.id, f"{day.isoformat()} {money(mark.value)}") for day, mark in last.items()]


def _facts(desk: Desk, sheet: HoldingSheet) -> list[tuple[str, str]]:
    facts = [
        (desk.say("Sector"), sheet.sector),
        (desk.say("Position in the chain"), key_words(desk, Dimension.CHAIN_POSITION, sheet.chain_position)),
        (desk.say("Development"), sheet.stage),
        (desk.say("Origin"), key_words(desk, Dimension.ORIGIN, sheet.origin)),
        (desk.say("City"), sheet.city),
        (desk.say("Acquired on"), sheet.acquired_on.isoformat() if sheet.acquired_on else ""),
    ]
    return [(name, value) for name, value in facts if value]


@router.post("/{code}/help")
def say_wanted(desk: DeskDep, code: str) -> Response:
    """Put on record what the company asks of industry from a day on."""
    sheet = holding_of(desk, code, day_in_beijing(desk.now))

    def act() -> None:
        says, wanted_on = desk.fields.raw("says"), desk.fields.day("wanted_on")
        desk.fields.check()
        say_help_wanted(
            desk.tx, desk.actor, holding_id=sheet.id, says=says, wanted_on=wanted_on, now=desk.now
        )

    return _done(desk, code, "help", act, "holding.help")


@router.post("/{code}/mark")
def prepare(desk: DeskDep, code: str) -> Response:
    """Prepare a mark; it counts for nothing until somebody else approves it."""
    sheet = holding_of(desk, code, day_in_beijing(desk.now))

    def act() -> None:
        fields = desk.fields
        marked_on, value = fields.day("marked_on"), fields.money("value")
        technique = fields.choice("technique", Technique)
        ownership = fields.percent("ownership") if fields.raw("ownership") else None
        causes, milestones = read_causes(desk), read_milestones(desk)
        corrects = fields.maybe_whole("supersedes")
        fields.check()
        valuations.prepare_quick(
            desk.tx,
            desk.actor,
            holding_id=sheet.id,
            marked_on=marked_on,
            value=value,
            technique=technique,
            instrument=fields.raw("instrument") or None,
            calibration=fields.raw("calibration"),
            reason=fields.raw("reason"),
            causes=causes,
            milestones=milestones,
            ownership=ownership,
            is_permanent_loss=fields.ticked("permanent"),
            supersedes_id=corrects,
            now=desk.now,
        )

    return _done(desk, code, "mark", act, "mark.prepared")


def read_causes(desk: Desk) -> Causes | None:
    """Why the value moved, where any of it was said; what was left empty is nothing."""
    names = ("company", "market", "rights", "currency")
    if not any(desk.fields.raw(name) for name in names):
        return None
    return Causes(**{name: desk.fields.maybe_money(name) or 0 for name in names})


def read_milestones(desk: Desk) -> list[dict[str, str]]:
    """The milestones that were filled in: what, by when, and when it was met."""
    found, fields = [], desk.fields
    for row in range(1, MILESTONES + 1):
        what = fields.raw(f"milestone{row}")
        if not what:
            continue
        due_on, met_on = fields.day(f"milestone_due{row}"), fields.maybe_day(f"milestone_met{row}")
        met = met_on.isoformat() if met_on else ""
        found.append({"what": what, "what_en": "", "due_on": due_on.isoformat(), "met_on": met})
    return found


@router.post("/{code}/reject/{mark_id:int}")
def reject(desk: DeskDep, code: str, mark_id: int) -> Response:
    """Turn a draft down, or withdraw one's own."""

    def act() -> None:
        reason = desk.fields.text("reason")
        desk.fields.check()
        acts.reject_mark(desk.tx, desk.actor, mark_id=mark_id, reason=reason, now=desk.now)

    return _done(desk, code, f"reject-{mark_id}", act, "mark.rejected")


@router.post("/{code}/approve/{mark_id:int}")
def approve(desk: DeskDep, code: str, mark_id: int) -> Response:
    """Put a prepared mark in force."""

    def act() -> None:
        minute = desk.fields.raw("minute")
        valuations.approve(desk.tx, desk.actor, mark_id=mark_id, minute=minute, now=desk.now)

    return _done(desk, code, f"approve-{mark_id}", act, "mark.approved")


def _done(desk: Desk, code: str, form: str, act: Callable[[], None], said: str) -> Response:
    def again(refused: Desk) -> Response:
        return holding_page(refused, code)

    return desk.act(form, act, then=f"/fund/portfolio/{code}", done=said, again=again)

"""The page of a valuation file, the form that makes one, and what is put on record beside it."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.formats import money
from app.pages.desk import Desk, DeskDep
from app.pages.drawings import mark_bridge, payoff_of
from app.pages.frame import STAFF
from app.pages.portfolio import asked_day, holding_of, read_causes
from app.pages.valuation_classes import is_taken, is_too_long, lines_shown, table_of, taken_over
from app.pages.valuation_fields import (
    INPUTS,
    MILESTONES,
    SCENARIOS,
    TECHNIQUES,
    read_file,
    typed_file,
)
from fund.holdings.mark_rules import MarkState, MarkUnknown, Technique
from fund.holdings.queries import HoldingSheet, MarkSheet, marks
from fund.valuations import actions, records
from fund.valuations.calibration import CalibrationKind, Facts
from fund.valuations.committee import MEMBERS, committee_on, give_opinion
from fund.valuations.committee_rules import Opinion
from fund.valuations.file import RightsMethod
from fund.valuations.interests import interests, why_needed
from fund.valuations.queries import calibrations, events, files_of, last_file, policy_on
from fund.valuations.watch import back_tested, stale_marks
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing
from lp_reports.edition import Language
from lp_reports.memos import ASKERS, ask_for_memo, memos_of, open_memo
from lp_reports.pdf import MEDIA_TYPE
from pipeline.deals import valued
from pipeline.deals.levels import assessed_level

router = APIRouter(include_in_schema=False, prefix="/fund/portfolio/{code}")


@router.get("/marks/{mark_id:int}")
def valuation(desk: DeskDep, code: str, mark_id: int) -> HTMLResponse:
    """Everything behind one mark."""
    return valuation_page(desk, code, mark_id)


def valuation_page(desk: Desk, code: str, mark_id: int) -> HTMLResponse:
    """What, how, from what, by which rights and futures, against what was planned, by whom."""
    desk.actor.require(*STAFF, Role.COMMITTEE)
    today = day_in_beijing(desk.now)
    sheet = holding_of(desk, code, today)
    mark = the_mark(desk, sheet, mark_id)
    on = mark.marked_on
    file = files_of(desk.tx, mark_ids=[mark_id], actor=desk.actor).get(mark_id)
    known = calibrations(desk.tx, holding_id=sheet.id, instrument=mark.instrument, until=on)
    happened = [one for one in events(desk.tx, holding_ids=[sheet.id]) if one.happened_on > on]
    stale = [one for one in stale_marks(desk.tx, fund_id=desk.fund.id, as_of=today) if one.mark_id == mark_id]
    policy = policy_on(desk.tx, fund_id=desk.fund.id, on=on)
    return desk.show(
        "fund/valuation_file.html",
        holding=sheet,
        mark=mark,
        file=file,
        committee=committee_on(desk.tx, mark_id=mark_id, on=today, actor=desk.actor) if file else None,
        needed=why_needed(desk.tx, holding=sheet, mark=mark, policy=policy.policy if policy else None),
        known={one.number: one for one in known},
        happened=happened,
        stale=stale,
        policy=policy,
        bridge=mark_bridge(mark, desk.language),
        payoff=payoff_of(file.file.rights, file.found, desk.language) if file and file.file.rights else None,
        tested=back_tested(desk.tx, fund_id=desk.fund.id, as_of=today, holding_id=sheet.id),
        memos=memos_of(desk.tx, mark_id=mark_id, actor=desk.actor),
        may_prepare=desk.actor.has(*actions.PREPARERS),
        today=today,
    )


def the_mark(desk: Desk, sheet: HoldingSheet, mark_id: int) -> MarkSheet:
    """A mark of that holding as the person may see it."""
    for one in marks(desk.tx, holding_id=sheet.id, actor=desk.actor):
        if one.id == mark_id:
            return one
    raise MarkUnknown()


@router.get("/marks/{mark_id:int}/{language}.pdf")
def memo(desk: DeskDep, code: str, mark_id: int, language: Language) -> Response:
    """The latest memo of the mark in a language."""
    desk.actor.require(*STAFF, Role.COMMITTEE)
    the_mark(desk, holding_of(desk, code, day_in_beijing(desk.now)), mark_id)
    sheet, content = open_memo(desk.tx, mark_id=mark_id, language=language, actor=desk.actor)
    headers = {"Content-Disposition": f'attachment; filename="{sheet.number}-{sheet.language}.pdf"'}
    return Response(content, media_type=MEDIA_TYPE, headers=headers)


@router.post("/marks/{mark_id:int}/opinion")
def answer(desk: DeskDep, code: str, mark_id: int) -> Response:
    """Approve or object to the file, as a member of the valuation committee."""
    desk.actor.require(*MEMBERS)
    the_mark(desk, holding_of(desk, code, day_in_beijing(desk.now)), mark_id)

    def act() -> None:
        opinion, reason = desk.fields.choice("opinion", Opinion), desk.fields.raw("reason")
        desk.fields.check()
        give_opinion(
            desk.tx,
            desk.actor,
            mark_id=mark_id,
            file_sha256=desk.fields.raw("file_sha256"),
            opinion=opinion,
            reason=reason,
            now=desk.now,
        )

    return desk.act(
        "opinion",
        act,
        then=f"/fund/portfolio/{code}/marks/{mark_id}",
        done="valuation.opinion_given",
        again=lambda refused: valuation_page(refused, code, mark_id),
    )


@router.post("/marks/{mark_id:int}/memo")
def draw_up(desk: DeskDep, code: str, mark_id: int) -> Response:
    """Ask for the memo in both languages."""
    desk.actor.require(*ASKERS)
    the_mark(desk, holding_of(desk, code, day_in_beijing(desk.now)), mark_id)
    return desk.act(
        "memo",
        lambda: ask_for_memo(desk.tx, desk.actor, mark_id=mark_id, now=desk.now),
        then=f"/fund/portfolio/{code}/marks/{mark_id}",
        done="valuation.memo_asked",
        again=lambda refused: valuation_page(refused, code, mark_id),
    )


@router.get("/valuation")
def form(desk: DeskDep, code: str) -> HTMLResponse:
    """The form of a mark with its file."""
    return form_page(desk, code)


def form_page(desk: Desk, code: str) -> HTMLResponse:
    """The form, begun with the last file of the company; for a draft that is named, with what the draft says."""
    desk.actor.require(*actions.PREPARERS)
    on, today = asked_day(desk), day_in_beijing(desk.now)
    sheet = holding_of(desk, code, today)
    every = marks(desk.tx, holding_id=sheet.id, actor=desk.actor)
    draft = _draft(desk, every)
    last = last_file(desk.tx, holding_id=sheet.id, actor=desk.actor)
    begun = typed_file(last.file) if last else {}
    if draft:
        begun |= {"technique1": draft.technique} if not last else {}
        on = draft.marked_on
    table = table_of(desk, sheet, on)
    begun = taken_over(desk, table, begun, sheet=sheet, last=last)
    return desk.show(
        "fund/valuation_form.html",
        table=table,
        holding=sheet,
        as_of=on,
        draft=draft,
        last=last,
        begun=begun,
        level=assessed_level(desk.tx, sheet=sheet, as_of=on),
        known=calibrations(desk.tx, holding_id=sheet.id, until=on),
        asked=interests(desk.tx, holding=sheet, as_of=on),
        grids={one.name: one.lines for one in (TECHNIQUES, INPUTS, MILESTONES, SCENARIOS)}
        | {"class": lines_shown(desk, begun)},
        is_taken=is_taken(desk, table),
        is_too_long=is_too_long(table),
        techniques=[(one, desk.label(one)) for one in Technique],
        methods=[(one, desk.label(one)) for one in RightsMethod],
        kinds=[(one, desk.label(one)) for one in CalibrationKind],
        instruments=[(one.code, f"{one.code} {desk.label(one.kind)}") for one in sheet.instruments],
        corrections=[(one.id, f"{one.marked_on.isoformat()} {money(one.value)}") for one in every[:8]],
        today=today,
    )


def _draft(desk: Desk, every: list[MarkSheet]) -> MarkSheet | None:
    named = desk.fields.maybe_whole("mark") or desk.query.maybe_whole("mark")
    desk.query.check()
    found = [one for one in every if one.id == named and one.state is MarkState.DRAFT]
    if named is not None and not found:
        raise MarkUnknown()
    return found[0] if found else None


@router.post("/valuation")
def hand_in(desk: DeskDep, code: str) -> Response:
    """Hand in the file of a draft, or prepare a mark together with its file."""
    desk.actor.require(*actions.PREPARERS)
    sheet = holding_of(desk, code, day_in_beijing(desk.now))
    made = []

    def act() -> None:
        fields, draft = desk.fields, _draft(desk, marks(desk.tx, holding_id=sheet.id, actor=desk.actor))
        on = draft.marked_on if draft else fields.day("marked_on")
        file = read_file(fields, calibrations(desk.tx, holding_id=sheet.id, until=on))
        if draft:
            fields.check()
            handed = valued.hand_in(desk.tx, desk.actor, mark_id=draft.id, file=file, now=desk.now)
        else:
            value, causes = fields.money("value"), read_causes(desk)
            ownership: Fraction | None = fields.percent("ownership") if fields.raw("ownership") else None
            corrects = fields.maybe_whole("supersedes")
            fields.check()
            handed = valued.prepare(
                desk.tx,
                desk.actor,
                holding_id=sheet.id,
                marked_on=on,
                value=value,
                file=file,
                instrument=fields.raw("instrument") or None,
                calibration=fields.raw("calibration"),
                reason=fields.raw("reason"),
                causes=causes,
                ownership=ownership,
                is_permanent_loss=fields.ticked("permanent"),
                supersedes_id=corrects,
                now=desk.now,
            )
        made.append(handed.mark_id)

    def then() -> str:
        return f"/fund/portfolio/{code}" + (f"/marks/{made[0]}" if made else "")

    return desk.act(
        "file", act, then=then, done="valuation.handed_in", again=lambda refused: form_page(refused, code)
    )


@router.post("/calibrations")
def calibrate(desk: DeskDep, code: str) -> Response:
    """Put on record what the price of a round implies."""
    desk.actor.require(*actions.PREPARERS)
    sheet = holding_of(desk, code, day_in_beijing(desk.now))

    def act() -> None:
        fields = desk.fields
        on, kind = fields.day("calibrated_on"), fields.choice("kind", CalibrationKind)
        facts = Facts(
            fields.maybe_money("round_price") or 0,
            fields.maybe_money("metric") or 0,
            fields.maybe_money("success") or 0,
            fields.number("horizon") if fields.raw("horizon") else Fraction(0),
            fields.percent("chance") if fields.raw("chance") else Fraction(1),
            read_file(fields, ()).rights if kind is CalibrationKind.EQUITY else None,
        )
        fields.check()
        records.calibrate(
            desk.tx,
            desk.actor,
            holding_id=sheet.id,
            calibrated_on=on,
            kind=kind,
            parameter=fields.raw("parameter"),
            facts=facts,
            source=fields.raw("round_source"),
            instrument=fields.raw("instrument") or None,
            now=desk.now,
        )

    return _done(desk, code, "calibrate", act, "valuation.calibrated")


@router.post("/events")
def note_event(desk: DeskDep, code: str) -> Response:
    """Put on record what may have changed the company's value."""
    desk.actor.require(*actions.PREPARERS)
    sheet = holding_of(desk, code, day_in_beijing(desk.now))

    def act() -> None:
        on: date = desk.fields.day("happened_on")
        says, source = desk.fields.text("happened"), desk.fields.text("event_source")
        desk.fields.check()
        records.note_event(
            desk.tx, desk.actor, holding_id=sheet.id, happened_on=on, says=says, source=source, now=desk.now
        )

    return _done(desk, code, "event", act, "valuation.event_noted")


def _done(desk: Desk, code: str, name: str, act: Callable[[], None], said: str) -> Response:
    return desk.act(
        name,
        act,
        then=f"/fund/portfolio/{code}/valuation",
        done=said,
        again=lambda refused: form_page(refused, code),
    )

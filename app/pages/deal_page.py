"""One deal: what is known of it, what is asked of the viewer, and what happened.

Routers are taken in the order of their modules, names: `board` and `deal_edit` come before `{code}` here.
"""

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.errors import problem_json
from app.pages.board import MOVERS
from app.pages.deal_rooms import rooms
from app.pages.desk import Desk, DeskDep
from app.pages.lacking import company_of, lacks
from app.pages.story import Told
from app.pages.who import organisation_names
from kernel.identity.rules import Role
from pipeline.deals import actions, interests, queries
from pipeline.deals.rules import GATES, ORDER, Kind, PassReason, Stage, Status, is_forward, possible_moves
from pipeline.deals.sheets import DealSheet, EventSheet

router = APIRouter(include_in_schema=False, prefix="/deals")


@dataclass(frozen=True)
class Step:
    """One stage on a deal's way: been, here, rest (on hold), gone (passed), or still ahead."""

    stage: Stage
    state: str


@router.get("/{code}")
def deal(desk: DeskDep, code: str) -> HTMLResponse:
    """The deal's page."""
    return deal_page(desk, code)


def deal_page(desk: Desk, code: str) -> HTMLResponse:
    """Facts on the left, what is asked on the right, the history below."""
    sheet = queries.deal_by_code(desk.tx, code=code, actor=desk.actor)
    events = queries.history(desk.tx, deal_id=sheet.id, actor=desk.actor)
    awake = sheet.status is Status.ACTIVE
    moves = possible_moves(sheet.stage) if desk.actor.has(*MOVERS) and awake else ()
    forward = [stage for stage in moves if is_forward(sheet.stage, stage)]
    company = company_of(desk, sheet) if sheet.is_whole else None
    ahead, missing = lacks(desk, sheet, company) if desk.actor.has(*MOVERS) and awake else (None, [])
    return desk.show(
        "deals/deal.html",
        deal=sheet,
        whole=sheet.is_whole,
        company=company,
        ahead=ahead,
        lacks=missing,
        facts=deal_facts(desk, sheet),
        track=track(sheet),
        days=(desk.now - sheet.entered_stage_at).days,
        events=[told(desk, event) for event in reversed(events)],
        forward=[stage for stage in forward if stage not in GATES],
        gated=[(stage, GATES[stage]) for stage in forward if stage in GATES],
        back_choices=[(one, desk.label(one)) for one in moves if not is_forward(sheet.stage, one)],
        reasons=[(reason, desk.label(reason)) for reason in PassReason],
        interests=_interests(desk, sheet),
        organisations=list(organisation_names(desk).items()) if desk.actor.has(*MOVERS) else [],
        may_edit=desk.actor.has(*MOVERS),
        **rooms(desk, sheet),
        may_pass=desk.actor.has(Role.MANAGER) and sheet.status is not Status.PASSED,
    )


def _interests(desk: Desk, sheet: DealSheet) -> list[tuple[int, str, bool]]:
    if not sheet.is_whole:
        return []
    names = organisation_names(desk)
    found = queries.interested(desk.tx, deal_id=sheet.id)
    return [(one.party_id, names.get(one.party_id, "–"), one.is_co_diligence) for one in found]


def deal_facts(desk: Desk, sheet: DealSheet) -> list[tuple[str, str]]:
    """What is known of the deal, in words."""
    position = desk.label(sheet.chain_position) if sheet.chain_position else ""
    facts = [
        (desk.say("Sector"), sheet.sector),
        (desk.say("Position in the chain"), position),
        (desk.say("Development"), sheet.development_stage),
        (desk.say("City"), sheet.city),
        (desk.say("Origin"), desk.label(sheet.origin)),
        (desk.say("Round"), sheet.round_name),
        (desk.say("Instrument"), sheet.instrument),
        (desk.say("Next step"), sheet.next_step),
        (desk.say("Next step on"), sheet.next_step_on.isoformat() if sheet.next_step_on else ""),
        (desk.say("Conflict"), sheet.conflict_note),
    ]
    return [(name, value) for name, value in facts if value]


def track(sheet: DealSheet) -> list[Step]:
    """The stages in order and where the deal stands."""
    at = ORDER.index(sheet.stage)
    here = {Status.ON_HOLD: "here rest", Status.PASSED: "here gone"}.get(sheet.status, "here")
    return [
        Step(stage, "been" if place < at else here if place == at else "ahead")
        for place, stage in enumerate(ORDER)
    ]


def told(desk: Desk, event: EventSheet) -> Told:
    """One entry of the history, in words."""
    what = desk.label(event.kind)
    if event.kind in {Kind.MOVED, Kind.SENT_BACK, Kind.UNDONE}:
        what = f"{what} → {desk.label(event.to_stage)}"
    if event.pass_reason:
        what = f"{what} · {desk.label(event.pass_reason)}"
    changed = (
        ", ".join(desk.label(name, "Field") for name in event.detail) if event.kind is Kind.EDITED else ""
    )
    tone = "bad" if event.kind is Kind.PASSED else "weighty" if event.kind is Kind.MOVED else ""
    return Told(event.at, event.actor_name, what, event.reason or changed, tone)


@router.post("/{code}/move")
def move(desk: DeskDep, code: str) -> Response:
    """To another stage: from the board by script, or from the deal's page."""

    def act() -> None:
        sheet = queries.deal_by_code(desk.tx, code=code, actor=desk.actor)
        to, version = desk.fields.choice("to", Stage), desk.fields.maybe_whole("version")
        desk.fields.check()
        reason = desk.fields.raw("reason") or None
        actions.move(
            desk.tx, desk.actor, deal_id=sheet.id, to=to, reason=reason, version=version, now=desk.now
        )

    def again(refused: Desk) -> Response:
        if "application/json" in desk.request.headers.get("accept", "") and refused.refusal:
            return problem_json(refused.refusal, desk.language)
        return deal_page(refused, code)

    form = "back" if desk.fields.raw("reason") else "move"
    return desk.act(form, act, then=f"/deals/{code}", done="deal.moved", again=again)


@router.post("/{code}/hold")
def hold(desk: DeskDep, code: str) -> Response:
    """Rest a deal."""

    def act(deal_id: int) -> None:
        actions.hold(desk.tx, desk.actor, deal_id=deal_id, reason=desk.fields.raw("reason"), now=desk.now)

    return on_deal(desk, code, "hold", act, "deal.held")


@router.post("/{code}/pass")
def pass_on(desk: DeskDep, code: str) -> Response:
    """Let a deal go, with a reason."""

    def act(deal_id: int) -> None:
        kind = desk.fields.choice("kind", PassReason)
        desk.fields.check()
        reason = desk.fields.raw("reason")
        actions.pass_on(desk.tx, desk.actor, deal_id=deal_id, kind=kind, reason=reason, now=desk.now)

    return on_deal(desk, code, "pass", act, "deal.passed")


@router.post("/{code}/reactivate")
def reactivate(desk: DeskDep, code: str) -> Response:
    """Work on a deal again."""

    def act(deal_id: int) -> None:
        reason = desk.fields.raw("reason")
        actions.reactivate(desk.tx, desk.actor, deal_id=deal_id, reason=reason, now=desk.now)

    return on_deal(desk, code, "reactivate", act, "deal.reactivated")


@router.post("/{code}/undo")
def undo(desk: DeskDep, code: str) -> Response:
    """Take back the last move."""

    def act(deal_id: int) -> None:
        actions.undo(desk.tx, desk.actor, deal_id=deal_id, now=desk.now)

    return on_deal(desk, code, "undo", act, "deal.undone")


@router.post("/{code}/interest")
def interest(desk: DeskDep, code: str) -> Response:
    """Put an enterprise on record as interested."""

    def act(deal_id: int) -> None:
        party_id = desk.fields.whole("party_id")
        desk.fields.check()
        interests.note_interest(
            desk.tx,
            desk.actor,
            deal_id=deal_id,
            party_id=party_id,
            is_co_diligence=desk.fields.ticked("co_diligence"),
            now=desk.now,
        )

    return on_deal(desk, code, "interest", act, "deal.interest")


def on_deal(desk: Desk, code: str, form: str, act: Callable[[int], None], done: str) -> Response:
    """Act on the deal that the address names; what is refused is shown on its page."""

    def on_it() -> None:
        act(queries.deal_by_code(desk.tx, code=code, actor=desk.actor).id)

    return desk.act(
        form, on_it, then=f"/deals/{code}", done=done, again=lambda refused: deal_page(refused, code)
    )

"""Writing achievements down, assessing how ready they are, and moving them from sleeping to transformed."""

from collections.abc import Callable

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.pages.channel import MATCHERS, achievement_page
from app.pages.desk import Desk, DeskDep
from pipeline.channel import achievements as acts
from pipeline.channel import queries
from pipeline.channel.achievements import Member
from pipeline.channel.rules import AchievementState, Scale

router = APIRouter(include_in_schema=False, prefix="/channel/achievements")


@router.get("/new")
def new(desk: DeskDep) -> HTMLResponse:
    """The form of an achievement."""
    return new_page(desk)


def new_page(desk: Desk) -> HTMLResponse:
    """What is to be known of an achievement; readiness is assessed afterwards."""
    desk.actor.require(*MATCHERS)
    return desk.show(
        "channel/achievement_new.html", states=[(one, desk.label(one)) for one in AchievementState]
    )


@router.post("")
def register(desk: DeskDep) -> Response:
    """Write an achievement down."""
    made: list[str] = []

    def act() -> None:
        fields = desk.fields
        code, title_zh, discipline = fields.text("code"), fields.text("title_zh"), fields.text("discipline")
        sector, cost = fields.text("sector"), fields.maybe_money("cost")
        state, available_on = fields.choice("state", AchievementState), fields.maybe_day("available_on")
        fields.check()
        sheet = acts.register_achievement(
            desk.tx,
            desk.actor,
            code=code,
            discipline=discipline,
            sector=sector,
            title_zh=title_zh,
            title_en=fields.raw("title_en"),
            summary_zh=fields.raw("summary_zh"),
            summary_en=fields.raw("summary_en"),
            site=fields.raw("site"),
            cost=cost,
            available_on=available_on,
            state=state,
            team=[Member(name) for name in fields.lines("team")],
            now=desk.now,
        )
        made.append(sheet.code)

    def then() -> str:
        return f"/channel/achievements/{made[0]}" if made else "/channel/achievements"

    return desk.act("achievement", act, then=then, done="achievement.registered", again=new_page)


@router.post("/{code}/assess")
def assess(desk: DeskDep, code: str) -> Response:
    """Assess one element, which is added when it is new; the achievement is as ready as its least ready one."""

    def act(achievement_id: int) -> None:
        fields = desk.fields
        element, scale = fields.text("element"), fields.choice("scale", Scale)
        level, evidence = fields.whole("level"), fields.text("evidence")
        assessor, assessed_on = fields.text("assessor"), fields.day("assessed_on")
        fields.check()
        if element not in queries.elements(desk.tx, achievement_id=achievement_id):
            acts.add_element(
                desk.tx,
                desk.actor,
                achievement_id=achievement_id,
                name=element,
                is_critical=fields.ticked("critical"),
                now=desk.now,
            )
        acts.assess(
            desk.tx,
            desk.actor,
            achievement_id=achievement_id,
            element=element,
            scale=scale,
            level=level,
            evidence=evidence,
            assessor=assessor,
            assessed_on=assessed_on,
            now=desk.now,
        )

    return _on(desk, code, "assess", act, "achievement.assessed")


@router.post("/{code}/state")
def change_state(desk: DeskDep, code: str) -> Response:
    """One step further, or back."""

    def act(achievement_id: int) -> None:
        state = desk.fields.choice("state", AchievementState)
        desk.fields.check()
        acts.change_state(desk.tx, desk.actor, achievement_id=achievement_id, state=state, now=desk.now)

    return _on(desk, code, "state", act, "achievement.moved")


def _on(desk: Desk, code: str, form: str, act: Callable[[int], None], said: str) -> Response:
    def on_it() -> None:
        act(queries.achievement_by_code(desk.tx, code=code, actor=desk.actor).id)

    def again(refused: Desk) -> Response:
        return achievement_page(refused, code)

    return desk.act(form, on_it, then=f"/channel/achievements/{code}", done=said, again=again)

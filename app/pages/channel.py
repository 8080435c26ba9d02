"""The two-way channel: what enterprises need, what the university has, and what fits, with the reasons."""

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.pages.desk import Desk, DeskDep
from app.pages.frame import CHANNEL
from app.pages.who import organisation_names
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing
from kernel.paging import DEFAULT_LIMIT
from pipeline.channel import demands as demand_acts
from pipeline.channel import matches as match_acts
from pipeline.channel import queries
from pipeline.channel.codes import mark
from pipeline.channel.queries import runs_the_channel
from pipeline.channel.rules import AchievementState, ChainPosition, DemandState, MatchState, Scale, Urgency

router = APIRouter(include_in_schema=False, prefix="/channel")

MATCHERS = (Role.MANAGER, Role.ANALYST, Role.TECHNOLOGY_MANAGER)


@router.get("")
def channel(desk: DeskDep) -> HTMLResponse:
    """The best matches, with the reasons for each."""
    return matches_page(desk)


def matches_page(desk: Desk) -> HTMLResponse:
    """Matches that wait, or those of another state."""
    desk.actor.require(*CHANNEL)
    state = desk.query.maybe_choice("state", MatchState) or MatchState.PROPOSED
    desk.query.check()
    found = queries.matches(desk.tx, actor=desk.actor, state=state, limit=DEFAULT_LIMIT)
    return desk.show(
        "channel/matches.html",
        matches=found,
        state=state,
        states=[(one, desk.label(one)) for one in MatchState],
        may_compute=desk.actor.has(*MATCHERS),
        may_decide=may_decide(desk),
    )


@router.post("/matches")
def compute(desk: DeskDep) -> Response:
    """Compute the matches of all that is open."""

    def act() -> None:
        match_acts.propose_matches(desk.tx, desk.actor, now=desk.now)

    return desk.act("compute", act, then="/channel", done="matches.computed", again=matches_page)


@router.post("/matches/{match_id:int}")
def decide(desk: DeskDep, match_id: int) -> Response:
    """Accept or reject a match, with the reason that helps to find better ones."""

    def act() -> None:
        reason = desk.fields.text("reason")
        desk.fields.check()
        verb = match_acts.accept_match if desk.fields.raw("accept") else match_acts.reject_match
        verb(desk.tx, desk.actor, match_id=match_id, reason=reason, now=desk.now)

    return desk.act(f"match-{match_id}", act, then="/channel", done="match.decided", again=matches_page)


@router.get("/demands")
def demands(desk: DeskDep) -> HTMLResponse:
    """What enterprises need."""
    desk.actor.require(*CHANNEL)
    asked = desk.query
    state = asked.maybe_choice("state", DemandState)
    asked.check()
    found = queries.demands(
        desk.tx,
        actor=desk.actor,
        text=asked.raw("text"),
        sector=asked.raw("sector"),
        state=state,
        after=asked.raw("after") or None,
    )
    return desk.show(
        "channel/demands.html",
        demands=found,
        states=[(one, desk.label(one)) for one in DemandState],
        state=state,
        may_add=desk.actor.has(*MATCHERS, Role.LP_USER),
    )


@router.get("/demands/new")
def new_demand(desk: DeskDep) -> HTMLResponse:
    """The form of a demand."""
    return demand_form(desk)


def demand_form(desk: Desk) -> HTMLResponse:
    """An enterprise's own people write for their own; those who run the channel for any."""
    desk.actor.require(*MATCHERS, Role.LP_USER)
    names = organisation_names(desk)
    own = desk.actor.party_id
    parties = names if runs_the_channel(desk.actor) else {key: names[key] for key in names if key == own}
    return desk.show(
        "channel/demand_new.html",
        parties=list(parties.items()),
        mark=mark(own) if own is not None and not runs_the_channel(desk.actor) else "",
        urgencies=[(one, desk.label(one)) for one in Urgency],
        positions=[(one, desk.label(one)) for one in ChainPosition],
    )


@router.post("/demands")
def register(desk: DeskDep) -> Response:
    """Write a demand down."""

    def act() -> None:
        fields = desk.fields
        code, party_id, title = fields.text("code"), fields.whole("party_id"), fields.text("title")
        problem, sector = fields.text("problem"), fields.text("sector")
        position, urgency = fields.choice("chain_position", ChainPosition), fields.choice("urgency", Urgency)
        wanted_trl, budget = fields.maybe_whole("wanted_trl"), fields.maybe_money("budget")
        deadline_on = fields.maybe_day("deadline_on")
        fields.check()
        demand_acts.register_demand(
            desk.tx,
            desk.actor,
            code=code,
            party_id=party_id,
            title=title,
            problem=problem,
            sector=sector,
            chain_position=position,
            wanted_trl=wanted_trl,
            site=fields.raw("site"),
            budget=budget,
            deadline_on=deadline_on,
            market_capacity=fields.raw("market_capacity"),
            urgency=urgency,
            is_common_need=fields.ticked("common"),
            is_confidential=fields.ticked("confidential"),
            now=desk.now,
        )

    return desk.act("demand", act, then="/channel/demands", done="demand.registered", again=demand_form)


@router.get("/demands/{code}")
def demand(desk: DeskDep, code: str) -> HTMLResponse:
    """One demand with what fits it."""
    sheet = queries.demand_by_code(desk.tx, code=code, actor=desk.actor)
    found = queries.matches(desk.tx, actor=desk.actor, demand_id=sheet.id)
    return desk.show("channel/demand.html", demand=sheet, matches=found, may_decide=may_decide(desk))


@router.get("/achievements")
def achievements(desk: DeskDep) -> HTMLResponse:
    """What the university has."""
    desk.actor.require(*CHANNEL, Role.COMMITTEE)
    asked = desk.query
    state = asked.maybe_choice("state", AchievementState)
    asked.check()
    found = queries.achievements(
        desk.tx,
        actor=desk.actor,
        text=asked.raw("text"),
        sector=asked.raw("sector"),
        state=state,
        after=asked.raw("after") or None,
    )
    return desk.show(
        "channel/achievements.html",
        achievements=found,
        states=[(one, desk.label(one)) for one in AchievementState],
        state=state,
        may_add=desk.actor.has(*MATCHERS),
    )


@router.get("/achievements/{code}")
def achievement(desk: DeskDep, code: str) -> HTMLResponse:
    """One achievement."""
    return achievement_page(desk, code)


def achievement_page(desk: Desk, code: str) -> HTMLResponse:
    """Its team, its rights, and the readiness of every critical element with its evidence."""
    sheet = queries.achievement_by_code(desk.tx, code=code, actor=desk.actor)
    detail = queries.achievement_detail(desk.tx, achievement_id=sheet.id, actor=desk.actor)
    found = queries.matches(desk.tx, actor=desk.actor, achievement_id=sheet.id)
    return desk.show(
        "channel/achievement.html",
        detail=detail,
        matches=found,
        may_decide=may_decide(desk),
        may_run=desk.actor.has(*MATCHERS),
        scales=[(one, one.value.upper()) for one in Scale],
        states=[(one, desk.label(one)) for one in AchievementState if one is not sheet.state],
        today=day_in_beijing(desk.now),
    )


def may_decide(desk: Desk) -> bool:
    """Whether the viewer may accept or reject a match."""
    return desk.actor.has(*MATCHERS, Role.LP_USER)

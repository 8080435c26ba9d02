"""Deals as a board, as a list, and as a funnel; one address keeps what is wanted."""

from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from app.pages.desk import Desk, DeskDep
from kernel.identity.rules import Role
from pipeline.deals.filters import Sort, Wanted
from pipeline.deals.funnel import funnel, owners, sectors
from pipeline.deals.queries import board, table
from pipeline.deals.rules import ORDER, Origin, Stage, Status

router = APIRouter(include_in_schema=False, prefix="/deals")

MOVERS = (Role.MANAGER, Role.ANALYST)
FILTERS = ("text", "stage", "sector", "origin", "status", "owner", "late", "conflict")
AWAKE = (Status.ACTIVE, Status.ON_HOLD)


@dataclass(frozen=True)
class Picker:
    """One choice among the filters."""

    name: str
    says: str
    choices: list[tuple[str, str]]
    chosen: str


def wanted(desk: Desk) -> Wanted:
    """What the address filters by."""
    asked = desk.query
    stage, origin = asked.maybe_choice("stage", Stage), asked.maybe_choice("origin", Origin)
    status = asked.maybe_choice("status", Status)
    owner = asked.maybe_whole("owner")
    asked.check()
    sector = asked.raw("sector")
    return Wanted(
        text=asked.raw("text"),
        stages=(stage,) if stage else (),
        statuses=(status,) if status else AWAKE,
        sectors=(sector,) if sector else (),
        origins=(origin,) if origin else (),
        owner_id=owner,
        is_late=asked.ticked("late"),
        has_conflict=asked.ticked("conflict"),
    )


def asked_for(desk: Desk) -> str:
    """The filters as the query of an address, "" without any."""
    asked = {name: desk.query.raw(name) for name in FILTERS if desk.query.raw(name)}
    return f"?{urlencode(asked)}" if asked else ""


def pickers(desk: Desk, *, with_stage: bool) -> list[Picker]:
    """The choices that the filters offer this viewer."""
    fund_id, asked = desk.fund.id, desk.query
    known = sectors(desk.tx, actor=desk.actor, fund_id=fund_id)
    found = [
        Picker("sector", desk.say("Sector"), [(name, name) for name in known], asked.raw("sector")),
        Picker("origin", desk.say("Origin"), [(one, desk.label(one)) for one in Origin], asked.raw("origin")),
        Picker("status", desk.say("Status"), [(one, desk.label(one)) for one in Status], asked.raw("status")),
    ]
    if desk.actor.reach == "all":
        leads = [(str(key), name) for key, name in owners(desk.tx, fund_id=fund_id)]
        found.append(Picker("owner", desk.say("Led by"), leads, asked.raw("owner")))
    if with_stage:
        stages = [(one.value, desk.label(one)) for one in ORDER]
        found.insert(0, Picker("stage", desk.say("Stage"), stages, asked.raw("stage")))
    return found


@router.get("")
def deal_board(desk: DeskDep) -> HTMLResponse:
    """A column a stage, a card a deal."""
    choice = wanted(desk)
    found = board(desk.tx, actor=desk.actor, fund_id=desk.fund.id, now=desk.now, wanted=choice)
    return desk.show(
        "deals/board.html",
        board=found,
        wanted=choice,
        pickers=pickers(desk, with_stage=False),
        query=asked_for(desk),
        filtered=bool(asked_for(desk)),
        may_move=desk.actor.has(*MOVERS),
        empty_says={stage: desk.say(EMPTY_SAYS[stage]) for stage in ORDER},
    )


@router.get("/list")
def deal_list(desk: DeskDep) -> HTMLResponse:
    """The same deals as a table, sorted as the address says."""
    choice, asked = wanted(desk), desk.query.raw("sort") or Sort.CODE.value
    descending = asked.startswith("-")
    key = asked.removeprefix("-")
    if key not in set(Sort):
        desk.query.wrong("sort", "Choose one of the list.")
    desk.query.check()
    found = table(
        desk.tx,
        actor=desk.actor,
        fund_id=desk.fund.id,
        now=desk.now,
        wanted=choice,
        sort=Sort(key),
        descending=descending,
        after=desk.query.raw("after") or None,
    )
    query = asked_for(desk)
    joint = f"{query}&" if query else "?"
    return desk.show(
        "deals/list.html",
        deals=found,
        wanted=choice,
        pickers=pickers(desk, with_stage=True),
        query=query,
        filtered=bool(query),
        sort=asked,
        sorting=joint,
        address=f"{joint}{urlencode({'sort': asked})}&",
        may_move=desk.actor.has(*MOVERS),
    )


@router.get("/funnel")
def deal_funnel(desk: DeskDep) -> HTMLResponse:
    """How many deals of each origin have come how far; every deal is counted once."""
    rows = funnel(desk.tx, actor=desk.actor, fund_id=desk.fund.id)
    counts = {
        origin: [
            sum(row.count for row in rows if row.origin is origin and ORDER.index(row.stage) >= place)
            for place in range(len(ORDER))
        ]
        for origin in Origin
    }
    totals = [sum(row[place] for row in counts.values()) for place in range(len(ORDER))]
    ended = sum(row.count for row in rows if row.status is Status.PASSED)
    return desk.show("deals/funnel.html", stages=ORDER, counts=counts, totals=totals, ended=ended)


def _n(says: str) -> str:
    return says


EMPTY_SAYS = {
    Stage.REGISTERED: _n("Register a deal, or import a list."),
    Stage.SCREENING: _n("Deals come here when their facts are complete."),
    Stage.PROJECT_APPROVAL: _n("Deals come here with a concluded screening."),
    Stage.DUE_DILIGENCE: _n("Approved projects are examined here."),
    Stage.COMMITTEE: _n("Deals come here when diligence is concluded."),
    Stage.CLOSING: _n("Approved deals wait here for their conditions."),
    Stage.HELD: _n("Deals that are paid for; see the portfolio."),
    Stage.EXITED: _n("Nothing was sold yet."),
}

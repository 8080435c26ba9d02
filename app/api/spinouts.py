"""Companies born of the university's achievements: founders, rights, and the gates before they are booked."""

from datetime import date

from fastapi import APIRouter

from app.api.schemas import LIMIT, REFUSALS, After, FractionField, Limit, MoneyField, Out, PageOut
from app.deps import ApiActor, Now, TxDep
from kernel.instants import day_in_beijing
from pipeline.spinouts import queries
from pipeline.spinouts.rules import Form, Route

router = APIRouter(prefix="/api/v1/spinouts", tags=["spinouts"], responses=REFUSALS)


class SpinoutLineOut(Out):
    """A company in a list."""

    code: str
    party_id: int
    sector: str
    city: str


class FounderOut(Out):
    """A founder with the share held at founding."""

    party_id: int
    name_zh: str
    name_en: str
    share: FractionField
    role: str
    is_inventor: bool


class SpinoutOut(Out):
    """A company with its founders and the achievements it was born of."""

    code: str
    party_id: int
    name_zh: str
    name_en: str
    form: Form
    founded_on: date | None
    city: str
    sector: str
    business: str
    registered_capital: MoneyField | None
    achievements: list[str]
    founders: list[FounderOut]


class MissingOut(Out):
    """One thing that still keeps a right from being booked."""

    where: str
    what: str


class RightsOut(Out):
    """The transfer of one achievement's rights, and what is still missing."""

    id: int
    achievement: str
    route: Route
    price: MoneyField | None
    booked_on: date | None
    missing: list[MissingOut]


@router.get("")
def listed(tx: TxDep, actor: ApiActor, after: After = None, limit: Limit = LIMIT) -> PageOut[SpinoutLineOut]:
    """The companies that the actor may see."""
    page = queries.spinouts(tx, actor=actor, after=after, limit=limit)
    return PageOut(items=[SpinoutLineOut.of(line) for line in page.items], next=page.next)


@router.get("/{code}")
def one(code: str, tx: TxDep, actor: ApiActor) -> SpinoutOut:
    """One company."""
    return SpinoutOut.of(queries.spinout_by_code(tx, code=code, actor=actor))


@router.get("/{code}/rights")
def rights(code: str, tx: TxDep, actor: ApiActor, now: Now) -> list[RightsOut]:
    """The rights it takes over, with everything that still keeps them from being booked."""
    company = queries.spinout_by_code(tx, code=code, actor=actor)
    found = queries.rights_of(tx, spinout_id=company.id, as_of=day_in_beijing(now))
    return [
        RightsOut.of(
            {
                "id": sheet.id,
                "achievement": sheet.achievement,
                "route": sheet.route,
                "price": sheet.price,
                "booked_on": sheet.booked_on,
                "missing": [
                    {"where": problem.where, "what": problem.says.format_map(problem.facts)}
                    for problem in sheet.missing
                ],
            },
            sheet.currency,
        )
        for sheet in found
    ]

"""Companies born of the university's achievements: founders, who owns what, and the rights they take over."""

from collections.abc import Sequence
from datetime import date

from fastapi import APIRouter, Response

from app.api.edits import VersionDep, tell_version
from app.api.schemas import LIMIT, REFUSALS, After, Limit, PageOut
from app.api.spinout_shapes import (
    FoundersIn,
    HolderOut,
    MovementIn,
    RightsIn,
    RightsOut,
    SpinoutFacts,
    SpinoutIn,
    SpinoutLineOut,
    SpinoutOut,
    TermsIn,
)
from app.api.whose import AsOf
from app.deps import ApiActor, Now, TxDep
from kernel.db import Tx
from kernel.identity.rules import Actor
from kernel.instants import day_in_beijing
from pipeline.channel.queries import achievement_by_code
from pipeline.spinouts import actions, queries
from pipeline.spinouts import rights as right_acts
from pipeline.spinouts.actions import FounderLine
from pipeline.spinouts.queries import SpinoutSheet
from pipeline.spinouts.rights import ShareLine
from pipeline.spinouts.transfers import TransferSheet, transfers

router = APIRouter(prefix="/api/v1/spinouts", tags=["spinouts"], responses=REFUSALS)


def _answer(sheet: SpinoutSheet, response: Response) -> SpinoutOut:
    tell_version(response, sheet.version)
    return SpinoutOut.of(sheet)


@router.get("")
def listed(tx: TxDep, actor: ApiActor, after: After = None, limit: Limit = LIMIT) -> PageOut[SpinoutLineOut]:
    """The companies that the actor may see."""
    page = queries.spinouts(tx, actor=actor, after=after, limit=limit)
    return PageOut(items=[SpinoutLineOut.of(line) for line in page.items], next=page.next)


@router.post("", status_code=201)
def register(body: SpinoutIn, tx: TxDep, actor: ApiActor, now: Now, response: Response) -> SpinoutOut:
    """Register a company; founders may come later, and where given their shares sum to exactly 100.00 %."""
    sheet = actions.register_spinout(
        tx,
        actor,
        code=body.code,
        party_id=body.party_id,
        form=body.form,
        founders=_founders(body),
        achievement_ids=_ids(tx, actor, body.achievements),
        founded_on=body.founded_on,
        city=body.city,
        sector=body.sector,
        business=body.business,
        registered_capital=body.registered_capital.minor() if body.registered_capital else None,
        now=now,
    )
    return _answer(sheet, response)


@router.get("/{code}")
def one(code: str, tx: TxDep, actor: ApiActor, response: Response) -> SpinoutOut:
    """One company; its version comes as `ETag`."""
    return _answer(queries.spinout_by_code(tx, code=code, actor=actor), response)


@router.patch("/{code}")
def edit(
    code: str,
    body: SpinoutFacts,
    version: VersionDep,
    tx: TxDep,
    actor: ApiActor,
    now: Now,
    response: Response,
) -> SpinoutOut:
    """Change facts of a company that was read at the version in `If-Match`; a stale one is refused."""
    company = queries.spinout_by_code(tx, code=code, actor=actor)
    wanted = None if body.achievements is None else _ids(tx, actor, body.achievements)
    sheet = actions.edit_spinout(
        tx,
        actor,
        spinout_id=company.id,
        version=version,
        changes=body.given(),
        achievement_ids=wanted,
        now=now,
    )
    return _answer(sheet, response)


@router.put("/{code}/founders")
def name_founders(
    code: str,
    body: FoundersIn,
    version: VersionDep,
    tx: TxDep,
    actor: ApiActor,
    now: Now,
    response: Response,
) -> SpinoutOut:
    """Replace the founders of a company that was read at the version in `If-Match`."""
    company = queries.spinout_by_code(tx, code=code, actor=actor)
    sheet = actions.name_founders(
        tx, actor, spinout_id=company.id, founders=_founders(body), version=version, now=now
    )
    return _answer(sheet, response)


@router.get("/{code}/cap-table")
def cap_table(code: str, tx: TxDep, actor: ApiActor, as_of: AsOf) -> list[HolderOut]:
    """Who owns what of the company on a day, the largest first."""
    company = queries.spinout_by_code(tx, code=code, actor=actor)
    return [HolderOut.of(one) for one in queries.cap_table(tx, spinout_id=company.id, as_of=as_of)]


@router.post("/{code}/cap-movements", status_code=201)
def move_units(code: str, body: MovementIn, tx: TxDep, actor: ApiActor, now: Now) -> list[HolderOut]:
    """Write one movement of the cap table; the answer is the table on that day."""
    company = queries.spinout_by_code(tx, code=code, actor=actor)
    actions.move_units(tx, actor, spinout_id=company.id, **body.model_dump(), now=now)
    table = queries.cap_table(tx, spinout_id=company.id, as_of=body.effective_on)
    return [HolderOut.of(one) for one in table]


@router.get("/{code}/rights")
def rights(code: str, tx: TxDep, actor: ApiActor, now: Now) -> list[RightsOut]:
    """The rights it takes over, with everything that still keeps them from being booked."""
    company = queries.spinout_by_code(tx, code=code, actor=actor)
    return rights_out(tx, company.id, day_in_beijing(now))


@router.post("/{code}/rights", status_code=201)
def propose(code: str, body: RightsIn, tx: TxDep, actor: ApiActor, now: Now) -> RightsOut:
    """Begin the transfer of an achievement's rights into the company as equity."""
    company = queries.spinout_by_code(tx, code=code, actor=actor)
    achievement = achievement_by_code(tx, code=body.achievement, actor=actor)
    key = right_acts.propose_rights(
        tx,
        actor,
        spinout_id=company.id,
        achievement_id=achievement.id,
        route=body.route,
        price=body.price.minor() if body.price else None,
        shares=share_lines(body),
        now=now,
    )
    return next(one for one in rights_out(tx, company.id, day_in_beijing(now)) if one.id == key)


def rights_out(tx: Tx, spinout_id: int, as_of: date) -> list[RightsOut]:
    """Every transfer of rights into a company as the API writes it."""
    return [_rights(sheet) for sheet in transfers(tx, spinout_id=spinout_id, as_of=as_of)]


def share_lines(body: TermsIn) -> list[ShareLine]:
    """Who gets what, as the actions take it."""
    return [ShareLine(one.party_id, one.share, one.is_inventor) for one in body.shares]


def _rights(sheet: TransferSheet) -> RightsOut:
    own, facts = sheet.rights, sheet.rights.facts
    told = {name: getattr(own, name) for name in ("id", "achievement", "route", "price", "booked_on")}
    known = ("notice", "appraisal", "secrecy_screened_on", "secrecy_clear")
    told |= {name: getattr(facts, name) for name in known}
    told |= {
        "shares": sheet.shares,
        "objections": sheet.objections,
        "appraisal_says": facts.appraisal_reference or facts.waiver_reason,
        "missing": [
            {"where": problem.where, "what": problem.says.format_map(problem.facts)}
            for problem in (own.missing if own.booked_on is None else ())
        ],
    }
    return RightsOut.of(told, own.currency)


def _founders(body: SpinoutIn | FoundersIn) -> list[FounderLine]:
    return [FounderLine(one.party_id, one.share, one.role, one.is_inventor) for one in body.founders]


def _ids(tx: Tx, actor: Actor, codes: Sequence[str]) -> list[int]:
    return [achievement_by_code(tx, code=code, actor=actor).id for code in codes]

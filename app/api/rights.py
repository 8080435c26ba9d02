"""The gates before a university's right becomes equity: terms, public notice, objections, screens, booking."""

from fastapi import APIRouter

from app.api.schemas import REFUSALS
from app.api.spinout_shapes import (
    AppraisalIn,
    BookingIn,
    HandlingIn,
    NoticeIn,
    ObjectionIn,
    RightsOut,
    ScreenIn,
    TermsIn,
)
from app.api.spinouts import rights_out, share_lines
from app.deps import ApiActor, Now, TxDep
from kernel.db import Tx
from kernel.identity.rules import Actor
from kernel.instants import day_in_beijing
from pipeline.spinouts import rights
from pipeline.spinouts.queries import RightsSheet
from pipeline.spinouts.queries import rights as rights_sheet
from pipeline.spinouts.transfers import company_of_rights, rights_of_objection

router = APIRouter(prefix="/api/v1", tags=["spinouts"], responses=REFUSALS)


@router.put("/rights/{rights_id}/terms")
def revise(rights_id: int, body: TermsIn, tx: TxDep, actor: ApiActor, now: Now) -> RightsOut:
    """Put other terms in the place of those proposed; another price needs another notice."""
    company_of_rights(tx, actor=actor, rights_id=rights_id)
    rights.revise_rights(
        tx,
        actor,
        rights_id=rights_id,
        route=body.route,
        price=body.price.minor() if body.price else None,
        shares=share_lines(body),
        now=now,
    )
    return _answer(tx, rights_id, now)


@router.post("/rights/{rights_id}/notices", status_code=201)
def notice(rights_id: int, body: NoticeIn, tx: TxDep, actor: ApiActor, now: Now) -> RightsOut:
    """Give public notice of the achievement and the intended price; a repeated one replaces the earlier."""
    found = _seen(tx, actor, rights_id, now)
    rights.give_notice(
        tx,
        actor,
        rights_id=rights_id,
        achievement=found.achievement,
        price=body.price.minor(),
        starts_on=body.starts_on,
        ends_on=body.ends_on,
        now=now,
    )
    return _answer(tx, rights_id, now)


@router.post("/rights/{rights_id}/objections", status_code=201)
def object_to(rights_id: int, body: ObjectionIn, tx: TxDep, actor: ApiActor, now: Now) -> RightsOut:
    """Write down an objection that came while the notice ran."""
    company_of_rights(tx, actor=actor, rights_id=rights_id)
    rights.note_objection(tx, actor, rights_id=rights_id, **body.model_dump(), now=now)
    return _answer(tx, rights_id, now)


@router.post("/objections/{objection_id}/handling", status_code=201)
def handle(objection_id: int, body: HandlingIn, tx: TxDep, actor: ApiActor, now: Now) -> RightsOut:
    """Write down how an objection was handled; one that is upheld needs a new notice."""
    rights_id = rights_of_objection(tx, actor=actor, objection_id=objection_id)
    rights.handle_objection(tx, actor, objection_id=objection_id, **body.model_dump(), now=now)
    return _answer(tx, rights_id, now)


@router.post("/rights/{rights_id}/appraisal", status_code=201)
def appraise(rights_id: int, body: AppraisalIn, tx: TxDep, actor: ApiActor, now: Now) -> RightsOut:
    """Name the appraisal report, or the reason why none is needed."""
    company_of_rights(tx, actor=actor, rights_id=rights_id)
    rights.record_appraisal(tx, actor, rights_id=rights_id, appraisal=body.appraisal, says=body.says, now=now)
    return _answer(tx, rights_id, now)


@router.post("/rights/{rights_id}/secrecy-screen", status_code=201)
def screen(rights_id: int, body: ScreenIn, tx: TxDep, actor: ApiActor, now: Now) -> RightsOut:
    """Write down the key-technology and secrecy screen."""
    company_of_rights(tx, actor=actor, rights_id=rights_id)
    rights.record_secrecy_screen(tx, actor, rights_id=rights_id, **body.model_dump(), now=now)
    return _answer(tx, rights_id, now)


@router.post("/rights/{rights_id}/booking", status_code=201)
def book(rights_id: int, body: BookingIn, tx: TxDep, actor: ApiActor, now: Now) -> RightsOut:
    """Book the right as equity; refused with everything that is missing on that day."""
    company_of_rights(tx, actor=actor, rights_id=rights_id)
    rights.book_rights(tx, actor, rights_id=rights_id, booked_on=body.booked_on, now=now)
    return _answer(tx, rights_id, now)


def _seen(tx: Tx, actor: Actor, rights_id: int, now: Now) -> RightsSheet:
    company_of_rights(tx, actor=actor, rights_id=rights_id)
    return rights_sheet(tx, rights_id=rights_id, as_of=day_in_beijing(now))


def _answer(tx: Tx, rights_id: int, now: Now) -> RightsOut:
    as_of = day_in_beijing(now)
    sheet = rights_sheet(tx, rights_id=rights_id, as_of=as_of)
    return next(one for one in rights_out(tx, sheet.spinout_id, as_of) if one.id == rights_id)

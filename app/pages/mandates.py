"""Partners' mandates on the page of exposure: clauses and claims of reinvestment taken down, ended and withdrawn."""

from collections.abc import Callable
from fractions import Fraction

from fastapi import APIRouter, Response

from app.pages.desk import Desk, DeskDep
from app.pages.exposure import exposure_page
from app.pages.files import file_answer
from app.pages.frame import STAFF
from app.pages.motion_desk import kept
from fund.charter.rules import Basis, Dimension
from fund.holdings.queries import holding_by_code
from fund.mandates import actions
from fund.mandates import claims as claiming
from fund.mandates.claim_rules import ClaimFacts, ClaimKind, ClaimUnknown
from fund.mandates.claimed import claims
from fund.mandates.rules import Bound, ClauseTerms, Consequence, Measure
from fund.partners.queries import partner_by_code
from kernel.blobs.queries import get
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing

router = APIRouter(include_in_schema=False, prefix="/fund/exposure")
HOME = "/fund/exposure"


@router.post("/clause")
def add(desk: DeskDep) -> Response:
    """Take down a clause."""

    def act() -> None:
        fields = desk.fields
        code, effective_on = fields.text("partner"), fields.day("effective_on")
        measure = fields.choice("measure", Measure)
        is_veto = measure is Measure.VETO
        terms = ClauseTerms(
            measure,
            fields.choice("bound", Bound),
            Fraction(1) if is_veto else fields.share("share"),
            fields.choice("basis", Basis),
            fields.maybe_choice("dimension", Dimension),
            fields.raw("label"),
            fields.raw("wording"),
            fields.maybe_choice("effect", Consequence) or Consequence.WARNS,
            fields.ticked("competitor"),
            fields.maybe_money("above"),
        )
        fields.check()
        whose = partner_by_code(desk.tx, fund_id=desk.fund.id, code=code, actor=desk.actor)
        actions.add_clause(
            desk.tx,
            desk.actor,
            partner_id=whose.id,
            terms=terms,
            effective_on=effective_on,
            planned=fields.ticked("planned"),
            now=desk.now,
        )

    return _done(desk, "clause", act, "clause.added")


@router.post("/clause/end")
def end(desk: DeskDep) -> Response:
    """Let a clause end."""

    def act() -> None:
        fields = desk.fields
        code, _, number = fields.text("clause").rpartition("/")
        ended_on, reason = fields.day("ended_on"), fields.text("reason")
        if not (number.isascii() and number.isdigit() and len(number) < 6):
            fields.wrong("clause", "Choose one of the list.")
        fields.check()
        whose = partner_by_code(desk.tx, fund_id=desk.fund.id, code=code, actor=desk.actor)
        actions.end_clause(
            desk.tx,
            desk.actor,
            partner_id=whose.id,
            number=int(number),
            ended_on=ended_on,
            reason=reason,
            now=desk.now,
        )

    return _done(desk, "end-clause", act, "clause.ended")


@router.post("/claim")
def claim(desk: DeskDep) -> Response:
    """Take down what was reinvested for a partner."""

    def act() -> None:
        fields = desk.fields
        code, company = fields.text("partner"), fields.text("company")
        kind, place = fields.choice("kind", ClaimKind), fields.text("place")
        amount, whole = fields.money("amount"), fields.money("whole")
        claimed_on, file = fields.day("claimed_on"), fields.file("document")
        if file is None:
            fields.wrong("document", "a claim carries its evidence")
        fields.check()
        fund_id = desk.fund.id
        whose = partner_by_code(desk.tx, fund_id=fund_id, code=code, actor=desk.actor)
        held = holding_by_code(desk.tx, fund_id=fund_id, code=company, as_of=claimed_on, actor=desk.actor)
        document = kept(desk, file, "document") if file is not None else ""
        claiming.claim(
            desk.tx,
            desk.actor,
            partner_id=whose.id,
            company_id=held.party_id,
            facts=ClaimFacts(kind, place, amount, whole, claimed_on, document),
            note=fields.raw("note"),
            now=desk.now,
        )

    return _done(desk, "claim", act, "claim.kept")


@router.post("/claim/{claim_id:int}/withdraw")
def withdraw(desk: DeskDep, claim_id: int) -> Response:
    """Let a claim stand no longer."""

    def act() -> None:
        withdrawn_on, reason = desk.fields.day("withdrawn_on"), desk.fields.text("reason")
        desk.fields.check()
        claiming.withdraw(
            desk.tx, desk.actor, claim_id=claim_id, withdrawn_on=withdrawn_on, reason=reason, now=desk.now
        )

    return _done(desk, f"claim-{claim_id}", act, "claim.withdrawn")


@router.get("/claim/{claim_id:int}/{sha256}")
def evidence(desk: DeskDep, claim_id: int, sha256: str) -> Response:
    """The evidence of a claim, for staff and the partner's own people."""
    desk.actor.require(*STAFF, Role.LP_USER)
    found = claims(desk.tx, fund_id=desk.fund.id, as_of=day_in_beijing(desk.now), actor=desk.actor)
    if sha256 not in {one.facts.document for one in found if one.id == claim_id}:
        raise ClaimUnknown()
    return file_answer(get(desk.tx, sha256=sha256), f"claim-{claim_id}-{sha256[:8]}")


def _done(desk: Desk, form: str, act: Callable[[], None], said: str) -> Response:
    return desk.act(form, act, then=HOME, done=said, again=exposure_page)

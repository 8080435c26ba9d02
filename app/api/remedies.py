"""Remedies against partners that did not pay: proposed, resolved on by the advisory committee, carried out, undone."""

from datetime import date, datetime
from fractions import Fraction
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Base64Bytes, Field

from app.api.once import OnceDep
from app.api.schemas import REFUSALS, AmountIn, Body, FractionField, FractionIn, MoneyField, Out, example
from app.api.undo import UndoIn
from app.api.whose import BOOK_READERS, FundDep
from app.deps import ApiActor, TxDep
from fund.charter.queries import FundSheet
from fund.defaults import remedies as acts
from fund.defaults.promise_rules import Remedy
from fund.defaults.remedied import RemedySheet, remedies, remedy
from fund.defaults.remedy_rules import MOST_VOTES, Proposal, RemedyState, RemedyUnknown, Say, Vote
from fund.partners.queries import codes_in_order, partner_by_code
from kernel.blobs.queries import get
from kernel.identity.rules import Role

router = APIRouter(prefix="/api/v1", tags=["capital"], responses=REFUSALS)
Code = Annotated[str, Field(min_length=1, max_length=64, examples=["LP02"])]


class ProposalIn(Body):
    """A remedy that the terms of default give; a forfeiture names its share, a sale its buyer and price."""

    model_config = Body.model_config | example(remedy="forfeiture", share="0.5", reason="催告期满仍未缴付")

    remedy: Remedy
    share: FractionIn | None = None
    buyer: Code | None = None
    price: AmountIn | None = None
    reason: Annotated[str, Field(max_length=400)]


class VoteIn(Body):
    """How a member of the advisory committee voted, and for which partner it sits."""

    member: Annotated[str, Field(max_length=80, examples=["周咨询"])]
    partner: Code | None = None
    say: Say


class ResolutionIn(Body):
    """A resolution by its minutes (the file in Base64) and its votes; more for than against consent."""

    model_config = Body.model_config | example(
        resolved_on="2026-10-20",
        votes=[{"member": "周咨询", "partner": "LP02", "say": "for"}],
        minutes="57qq6KaB",
        minutes_name="咨询委员会纪要.pdf",
    )

    resolved_on: date
    votes: Annotated[list[VoteIn], Field(max_length=MOST_VOTES)]
    minutes: Base64Bytes
    minutes_name: Annotated[str, Field(min_length=1, max_length=160)]


class ExecutionIn(Body):
    """From which day it takes effect."""

    model_config = Body.model_config | example(effective_on="2026-10-21")

    effective_on: date


class VoteOut(Out):
    """A vote; only those who run or audit the fund read them."""

    member: str
    partner: str | None
    say: Say


class ResolutionOut(Out):
    """What was resolved."""

    resolved_on: date
    is_consent: bool
    minutes_sha256: str
    minutes_name: str
    votes: list[VoteOut]


class RemedyOut(Out):
    """A remedy; `acts` are those by which it was carried out, each undone with it."""

    id: int
    default_id: int
    partner_id: int
    remedy: Remedy
    share: FractionField | None
    buyer_id: int | None
    price: MoneyField | None
    reason: str
    state: RemedyState
    proposed_name: str
    recorded_at: datetime
    resolution: ResolutionOut | None
    effective_on: date | None
    executed_by: str | None
    acts: list[str]
    undone_on: date | None


@router.get("/default-remedies")
def listed(tx: TxDep, actor: ApiActor, fund: FundDep) -> list[RemedyOut]:
    """Every remedy, the newest first; a partner's people see those against it."""
    actor.require(*BOOK_READERS, Role.LP_USER)
    codes = codes_in_order(tx, fund_id=fund.id)
    return [remedy_out(one, fund, codes) for one in remedies(tx, fund_id=fund.id, actor=actor)]


@router.get("/default-remedies/{remedy_id}/minutes", response_class=Response)
def minutes(remedy_id: int, tx: TxDep, actor: ApiActor) -> Response:
    """The minutes by which the advisory committee resolved, as they were handed in."""
    actor.require(*BOOK_READERS)
    found = remedy(tx, remedy_id=remedy_id, actor=actor).resolution
    if found is None:
        raise RemedyUnknown()
    headers = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}
    content = get(tx, sha256=found.minutes_sha256).content
    return Response(content, media_type=acts.MINUTES, headers=headers)


@router.post("/defaults/{default_id}/remedies", status_code=201, response_model=RemedyOut)
def propose(default_id: int, body: ProposalIn, once: OnceDep, fund: FundDep) -> object:
    """Propose a remedy once the days to cure are over."""

    def act() -> RemedyOut:
        buyer = _partner(once, fund, body.buyer)
        price = None if body.price is None else body.price.minor()
        share = None if body.share is None else Fraction(body.share)
        proposal = Proposal(body.remedy, share, buyer, price, body.reason)
        sheet = acts.propose(once.tx, once.actor, default_id=default_id, proposal=proposal, now=once.now)
        return _told(once, sheet, fund)

    return once.answer(act)


@router.post("/default-remedies/{remedy_id}/resolution", status_code=201, response_model=RemedyOut)
def resolve(remedy_id: int, body: ResolutionIn, once: OnceDep, fund: FundDep) -> object:
    """Record what the advisory committee resolved; the partner in default has no vote."""

    def act() -> RemedyOut:
        votes = [Vote(one.member, _partner(once, fund, one.partner), one.say) for one in body.votes]
        sheet = acts.resolve(
            once.tx,
            once.actor,
            remedy_id=remedy_id,
            resolved_on=body.resolved_on,
            votes=votes,
            minutes=body.minutes,
            minutes_name=body.minutes_name,
            now=once.now,
        )
        return _told(once, sheet, fund)

    return once.answer(act)


@router.post("/default-remedies/{remedy_id}/execution", status_code=201, response_model=RemedyOut)
def execute(remedy_id: int, body: ExecutionIn, once: OnceDep, fund: FundDep) -> object:
    """Carry out a remedy that has consent; whoever proposed it may not."""

    def act() -> RemedyOut:
        on = body.effective_on
        sheet = acts.execute(once.tx, once.actor, remedy_id=remedy_id, effective_on=on, now=once.now)
        return _told(once, sheet, fund)

    return once.answer(act)


@router.post("/default-remedies/{remedy_id}/reversal", status_code=201, response_model=RemedyOut)
def undo(remedy_id: int, body: UndoIn, once: OnceDep, fund: FundDep) -> object:
    """Take a remedy back with everything that it did."""

    def act() -> RemedyOut:
        sheet = acts.undo_remedy(
            once.tx,
            once.actor,
            remedy_id=remedy_id,
            reason=body.reason,
            undone_on=body.on,
            now=once.now,
        )
        return _told(once, sheet, fund)

    return once.answer(act)


def _partner(once: OnceDep, fund: FundSheet, code: str | None) -> int | None:
    return None if code is None else partner_by_code(once.tx, fund_id=fund.id, code=code).id


def _told(once: OnceDep, sheet: RemedySheet, fund: FundSheet) -> RemedyOut:
    return remedy_out(sheet, fund, codes_in_order(once.tx, fund_id=fund.id))


def remedy_out(sheet: RemedySheet, fund: FundSheet, codes: dict[int, str]) -> RemedyOut:
    """One as the API writes it."""
    said: dict[str, object] = {**vars(sheet), **vars(sheet.proposal)}
    if sheet.resolution is not None:
        votes = [vars(one) | {"partner": codes.get(one.partner_id or 0)} for one in sheet.resolution.votes]
        said["resolution"] = vars(sheet.resolution) | {"votes": votes}
    return RemedyOut.of(said, fund.currency)

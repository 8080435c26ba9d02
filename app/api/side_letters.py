"""What partners were promised beside the charter; secret from the other partners."""

from datetime import date, datetime
from fractions import Fraction
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field

from app.api.edits import VersionDep
from app.api.schemas import REFUSALS, Body, FractionField, FractionIn, Out, example
from app.api.term_shapes import WithdrawnOut
from app.api.undo import ReasonIn
from app.api.whose import BOOK_READERS, AsOf, FundDep
from app.deps import ApiActor, Now, TxDep
from fund.charter.rules import Dimension, Language
from fund.holdings.calling import entitled
from fund.holdings.queries import holding_by_code
from fund.partners.queries import codes_in_order, partner_by_code, partners
from fund.side_letters import actions, elections
from fund.side_letters.queries import LetterSheet, written_letters
from fund.side_letters.rules import LONGEST, MOST, Clause, Excuse, LetterTerms, Offer, Promise
from fund.side_letters.withdrawals import withdraw_letter
from kernel.identity.rules import Role

router = APIRouter(prefix="/api/v1", tags=["partners"], responses=REFUSALS)
Words = Annotated[str, Field(max_length=LONGEST)]
Note = Annotated[str, Field(min_length=1, max_length=400)]


class ExcuseIO(Body):
    """A kind of deal from which the partner may be excused: what lies under `key` of `dimension`."""

    dimension: Dimension
    key: Annotated[str, Field(min_length=1, max_length=80)]


class ClauseIO(Body):
    """A clause in words."""

    heading_zh: Words = ""
    heading_en: Words = ""
    text_zh: Words = ""
    text_en: Words = ""


class LetterIn(Body):
    """The whole letter as it is from a day on; `If-Match` names the version that was read (0 before the first)."""

    model_config = Body.model_config | example(
        effective_on="2027-01-01",
        fee_rate="0.0175",
        has_mfn=True,
        excuses=[{"dimension": "sector", "key": "coal"}],
        clauses=[{"heading_zh": "信息披露", "text_zh": "管理人每季度另行提供持仓明细。"}],
        document="补充协议 2026-12-20",
        note="基石合伙人谈判结果",
    )

    effective_on: date
    fee_rate: Annotated[FractionIn | None, Field(description="Null: the charter's")] = None
    basis_discount: Annotated[
        FractionIn, Field(description="The part of the basis that does not count for the fee")
    ] = Fraction(0)
    has_mfn: bool = False
    language: Annotated[Language | None, Field(description="Null: the partner's own")] = None
    excuses: Annotated[list[ExcuseIO], Field(max_length=MOST)] = []
    clauses: Annotated[list[ClauseIO], Field(max_length=MOST)] = []
    document: Annotated[str, Field(max_length=200, description="Where the signed paper is")] = ""
    note: Note

    def terms(self) -> LetterTerms:
        """The terms as the rules take them."""
        return LetterTerms(
            self.fee_rate,
            self.basis_discount,
            self.has_mfn,
            self.language,
            tuple(Excuse(one.dimension, one.key) for one in self.excuses),
            tuple(Clause(**one.model_dump()) for one in self.clauses),
        )


class LetterOut(Out):
    """One version of a partner's letter."""

    id: int
    partner: str
    version: int
    effective_on: date
    fee_rate: FractionField | None
    basis_discount: FractionField
    has_mfn: bool
    language: Language | None
    excuses: list[ExcuseIO]
    clauses: list[ClauseIO]
    document: str
    note: str
    elected: Promise | None
    recorded_by: str
    recorded_at: datetime
    withdrawn: WithdrawnOut | None


class BetterOut(Out):
    """What a partner with the right may elect of another's letter."""

    partner: str
    from_partner: str
    letter_id: int
    promise: Promise
    key: str


class GroundOut(Out):
    """A partner's right to be excused, and the letter that grants it."""

    partner_id: int
    partner: str
    letter_id: int
    dimension: Dimension
    key: str


class ElectionIn(Body):
    """What a partner elects of what another was given, and from which day."""

    model_config = Body.model_config | example(
        letter_id=3, promise="fee_rate", effective_on="2027-04-01", note="行使最惠国待遇"
    )

    letter_id: Annotated[int, Field(ge=1, le=2**63 - 1)]
    promise: Promise
    key: Annotated[str, Field(max_length=120)] = ""
    effective_on: date
    note: Note


PartnerOf = Annotated[str, Path(max_length=64)]
LetterVersion = Annotated[int, Path(ge=1, le=10_000, description="The version of the letter")]


@router.get("/side-letters")
def listed(tx: TxDep, actor: ApiActor, fund: FundDep) -> list[LetterOut]:
    """Every version of the letters, withdrawn ones too; a partner's people read their own and no other's."""
    actor.require(*BOOK_READERS, Role.LP_USER)
    codes = {one.id: one.code for one in partners(tx, fund_id=fund.id, actor=actor)}
    return [letter_out(one, codes) for one in written_letters(tx, fund_id=fund.id, actor=actor)]


@router.get("/side-letters/elections")
def offered(tx: TxDep, actor: ApiActor, fund: FundDep, as_of: AsOf) -> list[BetterOut]:
    """What each partner with the right of the most favoured may elect on a day; for the manager only."""
    actor.require(Role.MANAGER)
    codes = codes_in_order(tx, fund_id=fund.id)
    return [
        BetterOut(
            partner=codes[one.partner_id],
            from_partner=codes[one.letter.partner_id],
            letter_id=one.letter.id,
            promise=one.offer.promise,
            key=one.offer.key,
        )
        for one in elections.better(tx, fund_id=fund.id, as_of=as_of)
    ]


@router.post("/partners/{code}/side-letter", status_code=201)
def write(
    code: PartnerOf,
    body: LetterIn,
    tx: TxDep,
    actor: ApiActor,
    fund: FundDep,
    version: VersionDep,
    now: Now,
) -> LetterOut:
    """Write the next version of a partner's letter; a locked quarter is not changed by it."""
    partner = partner_by_code(tx, fund_id=fund.id, code=code, actor=actor)
    found = actions.write_letter(
        tx,
        actor,
        partner_id=partner.id,
        terms=body.terms(),
        effective_on=body.effective_on,
        document=body.document,
        note=body.note,
        read=version,
        now=now,
    )
    return letter_out(found, {partner.id: partner.code})


@router.post("/partners/{code}/side-letter/{version}/withdrawal", status_code=201)
def withdraw(
    code: PartnerOf,
    version: LetterVersion,
    body: ReasonIn,
    tx: TxDep,
    actor: ApiActor,
    fund: FundDep,
    now: Now,
) -> LetterOut:
    """Withdraw a version that does not hold yet, the last one first; refused once something was worked out under it."""
    partner = partner_by_code(tx, fund_id=fund.id, code=code, actor=actor)
    found = withdraw_letter(tx, actor, partner_id=partner.id, version=version, reason=body.reason, now=now)
    return letter_out(found, {partner.id: partner.code})


@router.post("/partners/{code}/side-letter/election", status_code=201)
def elect(
    code: PartnerOf, body: ElectionIn, tx: TxDep, actor: ApiActor, fund: FundDep, now: Now
) -> LetterOut:
    """Record that a partner elects what another with no larger a commitment was given."""
    partner = partner_by_code(tx, fund_id=fund.id, code=code, actor=actor)
    found = elections.elect(
        tx,
        actor,
        partner_id=partner.id,
        from_letter_id=body.letter_id,
        offer=Offer(body.promise, body.key),
        effective_on=body.effective_on,
        note=body.note,
        now=now,
    )
    return letter_out(found, {partner.id: partner.code})


def letter_out(sheet: LetterSheet, codes: dict[int, str]) -> LetterOut:
    """One version as the API writes it."""
    own = {name: getattr(sheet, name) for name in LetterOut.model_fields if hasattr(sheet, name)}
    said = vars(sheet.terms) | {
        "excuses": [ExcuseIO(dimension=one.dimension, key=one.key) for one in sheet.terms.excuses],
        "clauses": [ClauseIO(**vars(one)) for one in sheet.terms.clauses],
    }
    gone = WithdrawnOut.of(sheet.withdrawn) if sheet.withdrawn else None
    return LetterOut.model_validate(own | said | {"partner": codes[sheet.partner_id], "withdrawn": gone})


@router.get("/holdings/{code}/excuses")
def excuses(code: PartnerOf, tx: TxDep, actor: ApiActor, fund: FundDep, as_of: AsOf) -> list[GroundOut]:
    """Who may be excused from a call for a holding by its side letter: what a draft of the call would propose."""
    actor.require(*BOOK_READERS)
    found = holding_by_code(tx, fund_id=fund.id, code=code, as_of=as_of, actor=actor)
    codes = codes_in_order(tx, fund_id=fund.id)
    return [
        GroundOut(
            partner_id=one.partner_id,
            partner=codes[one.partner_id],
            letter_id=one.letter_id,
            dimension=one.excuse.dimension,
            key=one.excuse.key,
        )
        for one in entitled(tx, fund_id=fund.id, holding_id=found.id, on=as_of).values()
    ]

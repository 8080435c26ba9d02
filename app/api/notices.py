"""Notices on paper: of calls, distributions, nettings and givebacks, one sealed PDF for each partner."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Protocol

from fastapi import APIRouter, Depends, Path, Response

from app.api.schemas import REFUSALS, MoneyField, Out
from app.api.whose import FundDep
from app.deps import ApiActor, Now, SealDep, TxDep, database
from app.notices import NOUNS, Acts, Notices, Order, freeze
from fund.capital.inflows import call_by_code
from fund.capital.netted import netting_by_code
from fund.capital.outflows import distribution_by_code
from fund.indemnities.queries import indemnity_by_code
from fund.partners.queries import partner_by_code
from kernel.db import Database
from lp_reports import notices
from lp_reports.edition import Language
from lp_reports.notices import READERS, NoticeSheet
from lp_reports.rules import Act, NoticeKind

router = APIRouter(prefix="/api/v1", tags=["notices"], responses=REFUSALS)
DatabaseDep = Annotated[Database, Depends(database)]


ActsPath = Annotated[Acts, Path(description="calls, distributions, nettings or indemnities")]
Code = Annotated[str, Path(max_length=64, description="The code of the act", examples=["CALL-003"])]
PartnerCode = Annotated[str, Path(max_length=64, description="The partner's code", examples=["LP02"])]


@dataclass(frozen=True)
class Found:
    """The act of a request, whose notices are frozen."""

    act: Act
    id: int


class Sheet(Protocol):
    """What is found by its code."""

    @property
    def id(self) -> int: ...


FIND: dict[Act, Callable[..., Sheet]] = {
    Act.CALL: call_by_code,
    Act.DISTRIBUTION: distribution_by_code,
    Act.NETTING: netting_by_code,
    Act.INDEMNITY: indemnity_by_code,
}


def found(acts: ActsPath, code: Code, tx: TxDep, actor: ApiActor, fund: FundDep, now: Now) -> Found:
    """The act, seen by the actor; its notices are frozen now where nobody has asked before."""
    actor.require(*READERS)
    act = next(act for act, noun in NOUNS.items() if noun is acts)
    sheet = FIND[act](tx, fund_id=fund.id, code=code, actor=actor)
    freeze(tx, actor, act=act, act_id=sheet.id, now=now)
    return Found(act, sheet.id)


FoundDep = Annotated[Found, Depends(found)]


class NoticeOut(Out):
    """What one partner was told: `amount` it pays or is paid by `on`; `sha256` is the fingerprint of what it says."""

    partner_id: int
    number: str
    kind: NoticeKind
    pays: bool
    amount: MoneyField
    on: date
    given_on: date
    reference: str
    sha256: str
    frozen_at: datetime
    languages: list[Language]


@router.get("/{acts}/{code}/notices")
def listed(of: FoundDep, tx: TxDep, actor: ApiActor) -> list[NoticeOut]:
    """The notices of an act that the actor may see."""
    return [_out(tx, one) for one in notices.frozen(tx, actor, act=of.act, act_id=of.id)]


@router.get("/{acts}/{code}/notices/{partner}", response_class=Response)
def printed(
    of: FoundDep,
    partner: PartnerCode,
    tx: TxDep,
    actor: ApiActor,
    fund: FundDep,
    seal: SealDep,
    now: Now,
    base: DatabaseDep,
    language: Language | None = None,
) -> Response:
    """The notice to one partner as a sealed PDF, in its reporting language unless another is asked for."""
    whose = partner_by_code(tx, fund_id=fund.id, code=partner, actor=actor)
    one = notices.one(tx, actor, act=of.act, act_id=of.id, partner_id=whose.id)
    notices.note_download(tx, actor, act=of.act, act_id=of.id, told=one, now=now)
    wanted = [(whose.id, language or one.languages[0])]
    return Notices(base, Order(of.act, of.id, wanted, seal, now))


@router.get("/{acts}/{code}/notices.zip", response_class=Response)
def all_of_them(
    of: FoundDep, code: Code, tx: TxDep, actor: ApiActor, seal: SealDep, now: Now, base: DatabaseDep
) -> Response:
    """All notices of an act that the actor may see in one ZIP, each in the languages in which its partner reads.

    Printing takes about a second a notice, once: what is printed is kept, so that asking again goes on from there.
    """
    seen = notices.frozen(tx, actor, act=of.act, act_id=of.id)
    for one in seen:
        notices.note_download(tx, actor, act=of.act, act_id=of.id, told=one, now=now)
    wanted = [(one.partner_id, language) for one in seen for language in one.languages]
    name = f"{code.strip().upper()}-notices"
    return Notices(base, Order(of.act, of.id, wanted, seal, now), name=name)


def _out(tx: TxDep, one: NoticeSheet) -> NoticeOut:
    told = notices.said(tx, notice_id=one.id)
    facts = {
        name: getattr(told, name)
        for name in ("number", "kind", "pays", "amount", "on", "given_on", "reference", "frozen_at")
    }
    more = {"partner_id": one.partner_id, "sha256": one.sha256, "languages": list(one.languages)}
    return NoticeOut.of(facts | more, told.currency)

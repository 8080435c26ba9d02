"""Valuation files behind marks: what an auditor asks of each, the fund's policy, and how marks did."""

from datetime import date, datetime

from fastapi import APIRouter, Response

from app.api.once import OnceDep
from app.api.schemas import (
    REFUSALS,
    FractionField,
    MoneyField,
    MoneyOut,
    Out,
    money,
)
from app.api.valuation_shapes import (
    FileIn,
    FileOut,
    ValuationIn,
)
from app.api.whose import BOOK_READERS, AsOf, FundDep
from app.deps import ApiActor, TxDep
from fund.holdings.queries import holding_by_code
from fund.valuations import queries
from fund.valuations.interests import interests
from fund.valuations.queries import FileSheet
from fund.valuations.watch import back_tested, stale_marks
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing
from lp_reports import memos
from lp_reports.edition import Language
from lp_reports.pdf import MEDIA_TYPE
from pipeline.deals import valued
from pipeline.spinouts.class_table import class_table

router = APIRouter(prefix="/api/v1", tags=["valuations"], responses=REFUSALS)
READERS = (*BOOK_READERS, Role.COMMITTEE)


class MemoAskedOut(Out):
    """The work that prints the memo; `GET /api/v1/jobs` tells how far it is."""

    key: str


class MemoOut(Out):
    """A printed memo: `sha256` is the fingerprint of what it says, `pdf` of the file."""

    mark_id: int
    language: Language
    number: str
    mark_state: str
    sha256: str
    pdf: str
    recorded_at: datetime


class InterestOut(Out):
    """A partner whose group is the company's customer, supplier or possible acquirer: its synergy is asked about."""

    partner: str
    name: str
    name_en: str
    party: str
    kind: str


class HappeningOut(Out):
    """What happened after the day of a mark: a missed milestone on the day its tolerance ran out, or an event."""

    on: date
    what: str


class StaleOut(Out):
    """A mark that must be looked at again."""

    code: str
    name: str
    instrument: str
    mark_id: int
    marked_on: date
    days: int
    is_old: bool
    since: list[HappeningOut]


class ComparedOut(Out):
    """An exit against the mark `back` marks before it, for the part that left."""

    name: str
    back: int
    marked_on: date
    days: int
    mark: MoneyOut
    price: MoneyOut
    ratio: float | None


class StatisticsOut(Out):
    """How the marks so far back did; read `count` first."""

    back: int
    count: int
    pooled: float | None
    mean: float | None
    median: float | None
    above: float
    mean_error: float | None
    mean_days: float
    without_ratio: int


class ClassOut(Out):
    """A class of shares by its rights; `strike` is a share's, in hundredths of the currency."""

    name: str
    shares: FractionField
    invested: MoneyField
    multiple: FractionField
    is_participating: bool
    cap_multiple: FractionField | None
    seniority: int
    strike: FractionField


class ClassTableOut(Out):
    """A company's classes on a day; `known` names those whose rights are on record or stand in the last file.

    `company` is the one whose cap table the units are from, "" without one.
    """

    company: str
    on: date
    classes: list[ClassOut]
    known: list[str]


class BackTestOut(Out):
    """Every exit against its last four marks, and the statistics by how far back."""

    exits: list[ComparedOut]
    statistics: list[StatisticsOut]


@router.post("/holdings/{code}/valuations", status_code=201, response_model=FileOut)
def prepare(code: str, body: ValuationIn, once: OnceDep, fund: FundDep) -> object:
    """Prepare a mark together with its file; a refused file leaves no mark behind."""

    def act() -> FileOut:
        today = day_in_beijing(once.now)
        found = holding_by_code(once.tx, fund_id=fund.id, code=code, as_of=today, actor=once.actor)
        made = valued.prepare(once.tx, once.actor, holding_id=found.id, **body.facts(), now=once.now)
        return _file(made, fund.currency)

    return once.answer(act)


@router.get("/marks/{mark_id}/file")
def file(mark_id: int, tx: TxDep, actor: ApiActor, fund: FundDep) -> FileOut:
    """The valuation file behind a mark, with its working and fingerprint."""
    actor.require(*READERS)
    return _file(queries.file_of(tx, mark_id=mark_id, actor=actor), fund.currency)


@router.post("/marks/{mark_id}/file", status_code=201, response_model=FileOut)
def hand_in(mark_id: int, body: FileIn, once: OnceDep, fund: FundDep) -> object:
    """Add the file to a draft mark, or replace the one it has; the one before stays on record."""

    def act() -> FileOut:
        made = valued.hand_in(once.tx, once.actor, mark_id=mark_id, file=body.said(), now=once.now)
        return _file(made, fund.currency)

    return once.answer(act)


@router.get("/holdings/{code}/interests")
def asked(code: str, tx: TxDep, actor: ApiActor, fund: FundDep, as_of: AsOf) -> list[InterestOut]:
    """The partners whose synergy the file of that day must answer for."""
    actor.require(*READERS)
    found = holding_by_code(tx, fund_id=fund.id, code=code, as_of=as_of, actor=actor)
    return [InterestOut.of(one) for one in interests(tx, holding=found, as_of=as_of)]


@router.get("/holdings/{code}/class-table")
def classes(code: str, tx: TxDep, actor: ApiActor, fund: FundDep, as_of: AsOf) -> ClassTableOut:
    """The classes of the company by its cap table of that day and the class rights on record, else its last file's."""
    actor.require(*READERS)
    found = holding_by_code(tx, fund_id=fund.id, code=code, as_of=as_of, actor=actor)
    table = class_table(tx, holding=found, on=as_of, actor=actor)
    return ClassTableOut.of(table, fund.currency)


@router.get("/results/stale-marks")
def stale(tx: TxDep, actor: ApiActor, fund: FundDep, as_of: AsOf) -> list[StaleOut]:
    """Marks older than the policy allows, or before something that happened since."""
    actor.require(*READERS)
    return [StaleOut.of(one) for one in stale_marks(tx, fund_id=fund.id, as_of=as_of)]


@router.get("/results/back-test")
def back_test(tx: TxDep, actor: ApiActor, fund: FundDep, as_of: AsOf) -> BackTestOut:
    """The price of every exit up to a day against the last four marks before it."""
    actor.require(*READERS)
    tested = back_tested(tx, fund_id=fund.id, as_of=as_of)
    exits = [
        {name: getattr(one, name) for name in ("name", "back", "marked_on", "days", "ratio")}
        | {"mark": money(round(one.mark), fund.currency), "price": money(round(one.price), fund.currency)}
        for one in tested.compared
    ]
    statistics = [StatisticsOut.of(one) for one in tested.statistics]
    return BackTestOut.model_validate({"exits": exits, "statistics": statistics})


@router.post("/marks/{mark_id}/memos", status_code=202, response_model=MemoAskedOut)
def ask_for_memo(mark_id: int, once: OnceDep) -> object:
    """Ask for the memo of a mark in both languages; with nothing new since the last it is not printed anew."""

    def act() -> MemoAskedOut:
        return MemoAskedOut(key=memos.ask_for_memo(once.tx, once.actor, mark_id=mark_id, now=once.now))

    return once.answer(act, status=202)


@router.get("/marks/{mark_id}/memos")
def printed(mark_id: int, tx: TxDep, actor: ApiActor) -> list[MemoOut]:
    """The memos printed of a mark, the latest first."""
    actor.require(*READERS)
    return [MemoOut.of(one) for one in memos.memos_of(tx, mark_id=mark_id, actor=actor)]


@router.get("/marks/{mark_id}/memo.pdf", response_class=Response)
def memo_pdf(mark_id: int, tx: TxDep, actor: ApiActor, language: Language = Language.ZH) -> Response:
    """The latest memo of a mark in a language, with everything it says attached."""
    actor.require(*READERS)
    sheet, content = memos.open_memo(tx, mark_id=mark_id, language=language, actor=actor)
    headers = {"Content-Disposition": f'attachment; filename="{sheet.number}-{sheet.language}.pdf"'}
    return Response(content, media_type=MEDIA_TYPE, headers=headers)


def _file(sheet: FileSheet, currency: str) -> FileOut:
    said = {name: getattr(sheet, name) for name in FileOut.model_fields if name != "content"}
    said["content"] = sheet.file
    return FileOut.model_validate(said, context={"currency": currency})

"""The main lists as workbooks, whole, with the filters of the lists: numbers as numbers, days as days."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response

from app.api.schemas import REFUSALS
from app.api.statements import Since
from app.api.whose import BOOK_READERS, AsOf, FundDep, KnownAt, ToldOn
from app.deps import ApiActor, LanguageDep, Now, TxDep
from app.lists import capital_tables, fund_tables, pipeline_tables, return_tables, round_tables
from app.lists.bank_tables import reconciliation_book
from app.lists.expense_tables import expense_book
from app.lists.income_tables import income_book
from app.lists.letter_tables import letter_book
from app.lists.mark_tables import mark_book
from app.lists.reserve_tables import reserve_book
from app.lists.revenue_tables import revenue_book
from app.lists.right_tables import right_book
from app.lists.statement_tables import statement_book
from app.lists.tables import Reader
from app.lists.waterfall_tables import waterfall_book
from fund.capital.rules import CallState
from fund.capital.sharing import DistributionState
from kernel.identity.rules import Role
from kernel.sheets.writing import MEDIA_TYPE
from pipeline.channel.rules import AchievementState, DemandState
from pipeline.deals.filters import Sort, Wanted
from pipeline.deals.rules import Origin, Stage, Status

router = APIRouter(prefix="/api/v1", tags=["downloads"], responses=REFUSALS, default_response_class=Response)
CHANNEL = (*BOOK_READERS, Role.LP_USER, Role.LP_EXPERT, Role.TECHNOLOGY_MANAGER)
Words = Annotated[str, Query(max_length=80)]


def reader_of_fund(tx: TxDep, actor: ApiActor, fund: FundDep, language: LanguageDep, now: Now) -> Reader:
    """Who reads a list of the fund."""
    return Reader(tx, actor, fund, language, now)


def reader_of_channel(tx: TxDep, actor: ApiActor, language: LanguageDep, now: Now) -> Reader:
    """Who reads a list of the channel, which belongs to no fund."""
    return Reader(tx, actor, None, language, now)


FundReader = Annotated[Reader, Depends(reader_of_fund)]
ChannelReader = Annotated[Reader, Depends(reader_of_channel)]


def workbook_file(name: str, content: bytes) -> Response:
    """A workbook as a download."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.xlsx"'}
    return Response(content, media_type=MEDIA_TYPE, headers=headers)


def asked(
    text: Words = "",
    stage: Annotated[list[Stage] | None, Query()] = None,
    status: Annotated[list[Status] | None, Query()] = None,
    origin: Annotated[list[Origin] | None, Query()] = None,
    sector: Annotated[list[str] | None, Query(max_length=20)] = None,
    owner: int | None = None,
    late: bool = False,
    conflict: bool = False,
) -> Wanted:
    """Which deals are wanted: active and held ones unless a status is named."""
    return Wanted(
        text=text,
        stages=tuple(stage or ()),
        statuses=tuple(status or (Status.ACTIVE, Status.ON_HOLD)),
        origins=tuple(origin or ()),
        sectors=tuple(sector or ()),
        owner_id=owner,
        is_late=late,
        has_conflict=conflict,
    )


@router.get("/deals.xlsx")
def deals(
    reader: FundReader,
    wanted: Annotated[Wanted, Depends(asked)],
    sort: Sort = Sort.CODE,
    order: Literal["up", "down"] = "up",
) -> Response:
    """The deals that the actor may see, as a workbook."""
    reader.actor.require(*CHANNEL, Role.COMMITTEE)
    book = pipeline_tables.deal_book(reader, wanted=wanted, sort=sort, descending=order == "down")
    return workbook_file("deals", book)


@router.get("/side-letters.xlsx")
def side_letters(reader: FundReader) -> Response:
    """Every version of the side letters, as they are brought in; a partner's people get their own."""
    reader.actor.require(*BOOK_READERS, Role.LP_USER)
    return workbook_file("side-letters", letter_book(reader))


@router.get("/partners.xlsx")
def partners(reader: FundReader, on: AsOf) -> Response:
    """Every partner's standing on a day, and the capital accounts of its quarter, as a workbook."""
    reader.actor.require(*BOOK_READERS)
    return workbook_file("partners", fund_tables.partner_book(reader, on=on))


@router.get("/calls.xlsx")
def calls(reader: FundReader, state: CallState | None = None) -> Response:
    """Calls, newest first, as a workbook."""
    reader.actor.require(*BOOK_READERS, Role.LP_USER)
    return workbook_file("calls", fund_tables.call_book(reader, state=state))


@router.get("/commitments.xlsx")
def commitments(reader: FundReader) -> Response:
    """Every commitment that the actor may see, with its close, as a workbook."""
    reader.actor.require(*BOOK_READERS, Role.LP_USER)
    return workbook_file("commitments", round_tables.commitment_book(reader))


@router.get("/distributions.xlsx")
def distributions(reader: FundReader, state: DistributionState | None = None) -> Response:
    """Distributions, newest first, as a workbook."""
    reader.actor.require(*BOOK_READERS, Role.LP_USER)
    return workbook_file("distributions", capital_tables.distribution_book(reader, state=state))


@router.get("/fees.xlsx")
def fees(reader: FundReader) -> Response:
    """Every line of the management fee that the actor may see, with its working, as a workbook."""
    reader.actor.require(*BOOK_READERS, Role.LP_USER)
    return workbook_file("fees", capital_tables.fee_book(reader))


@router.get("/receipts.xlsx")
def receipts(reader: FundReader) -> Response:
    """Every receipt that the actor may see, as a workbook."""
    reader.actor.require(*BOOK_READERS, Role.LP_USER)
    return workbook_file("receipts", round_tables.receipt_book(reader))


@router.get("/expenses.xlsx")
def expenses(reader: FundReader) -> Response:
    """Every expense in the order of booking, as it is brought in; brought in again it books nothing."""
    reader.actor.require(*BOOK_READERS)
    return workbook_file("expenses", expense_book(reader))


@router.get("/holdings.xlsx")
def holdings(reader: FundReader, on: AsOf) -> Response:
    """The portfolio on a day, as a workbook."""
    reader.actor.require(*BOOK_READERS, Role.COMMITTEE, Role.LP_USER)
    return workbook_file("holdings", fund_tables.holding_book(reader, on=on))


@router.get("/marks.xlsx")
def marks(reader: FundReader, on: AsOf) -> Response:
    """Every mark up to a day with its bridge, state and people; the file's lines on a sheet of their own."""
    reader.actor.require(*BOOK_READERS, Role.COMMITTEE)
    return workbook_file("marks", mark_book(reader, on=on))


@router.get("/class-rights.xlsx")
def class_rights(reader: FundReader) -> Response:
    """Every set of class rights on record of the companies held, as it is brought in."""
    reader.actor.require(*BOOK_READERS, Role.COMMITTEE)
    return workbook_file("class-rights", right_book(reader))


@router.get("/returns.xlsx")
def returns(reader: FundReader, on: ToldOn, known_at: KnownAt = None) -> Response:
    """Gross returns by holding, deal source, sector and vintage, a sheet each, as a workbook."""
    reader.actor.require(*BOOK_READERS)
    return workbook_file("returns", return_tables.return_book(reader, on=on, known_at=known_at))


@router.get("/reserves.xlsx")
def reserves(reader: FundReader, on: ToldOn) -> Response:
    """What is kept back for follow-ons on a day, as it is brought in, and the quarters to come; inside the house."""
    reader.actor.require(*BOOK_READERS)
    return workbook_file("reserves", reserve_book(reader, on=on))


@router.get("/revenues.xlsx")
def revenues(reader: FundReader) -> Response:
    """Revenue of companies by year and customer, as it is brought in; inside the house."""
    reader.actor.require(*BOOK_READERS, Role.TECHNOLOGY_MANAGER)
    return workbook_file("revenues", revenue_book(reader))


@router.get("/earned-income.xlsx")
def earned_income(reader: FundReader) -> Response:
    """All income booked as earned, as it is brought in, and on a second sheet what came in of it."""
    reader.actor.require(*BOOK_READERS)
    return workbook_file("earned-income", income_book(reader))


@router.get("/entries.xlsx")
def entries(
    reader: FundReader,
    account: Annotated[str | None, Query(max_length=4, examples=["1000"])] = None,
    act: Annotated[str | None, Query(max_length=64, examples=["call:4"])] = None,
    partner_id: int | None = None,
) -> Response:
    """The entries that the actor may read, newest first, as a workbook."""
    reader.actor.require(*BOOK_READERS, Role.LP_USER)
    book = round_tables.entry_book(reader, account=account, act=act, partner_id=partner_id)
    return workbook_file("entries", book)


@router.get("/trial-balance.xlsx")
def trial_balance(reader: FundReader, on: AsOf) -> Response:
    """The trial balance of a day, as a workbook."""
    reader.actor.require(*BOOK_READERS)
    return workbook_file("trial-balance", fund_tables.trial_book(reader, on=on))


@router.get("/statements.xlsx")
def statements(
    reader: FundReader, fund: FundDep, as_of: AsOf, since: Since = None, known_at: KnownAt = None
) -> Response:
    """The five financial statements of a period as a workbook whose totals are live formulas."""
    reader.actor.require(*BOOK_READERS)
    first = since or date(as_of.year, 1, 1)
    book = statement_book(reader, fund_id=fund.id, since=first, as_of=as_of, known_at=known_at)
    return workbook_file("statements", book)


@router.get("/bank-reconciliation.xlsx")
def bank_reconciliation(reader: FundReader, fund: FundDep, as_of: AsOf) -> Response:
    """Bank and books on a day, what explains the difference, and every line up to it, as a workbook."""
    reader.actor.require(*BOOK_READERS)
    return workbook_file("bank-reconciliation", reconciliation_book(reader, fund_id=fund.id, on=as_of))


@router.get("/distributions/{code}/waterfall.xlsx")
def waterfall(code: str, reader: FundReader, fund: FundDep) -> Response:
    """The waterfall of a distribution, partner by partner, as a workbook of live formulas; a partner's own only."""
    reader.actor.require(*BOOK_READERS, Role.LP_USER)
    return workbook_file("waterfall", waterfall_book(reader, fund_id=fund.id, code=code))


@router.get("/demands.xlsx")
def demands(
    reader: ChannelReader, text: Words = "", sector: Words = "", state: DemandState | None = None
) -> Response:
    """The demands that the actor may see, as a workbook."""
    reader.actor.require(*CHANNEL)
    return workbook_file(
        "demands", pipeline_tables.demand_book(reader, text=text, sector=sector, state=state)
    )


@router.get("/achievements.xlsx")
def achievements(
    reader: ChannelReader, text: Words = "", sector: Words = "", state: AchievementState | None = None
) -> Response:
    """The achievements that the actor may see, as a workbook."""
    reader.actor.require(*CHANNEL, Role.COMMITTEE)
    return workbook_file(
        "achievements", pipeline_tables.achievement_book(reader, text=text, sector=sector, state=state)
    )

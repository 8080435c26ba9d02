"""The ILPA Reporting Template of one report, from its frozen figures: its own partner's, the fund's, the general's."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from app.api.schemas import REFUSALS, Out
from app.deps import ApiActor, Now, TxDep
from kernel.money import Money
from lp_reports import delivery
from lp_reports.facts import Periods
from lp_reports.ilpa_facts import IlpaNote, IlpaRow

router = APIRouter(prefix="/api/v1", tags=["reports"], responses=REFUSALS)
Amount = Annotated[str, Field(examples=["-187500.00"])]


class IlpaAmountsOut(Out):
    """Over the quarter, the calendar year and since inception: decimal strings in the template's currency."""

    qtd: Amount
    ytd: Amount
    itd: Amount


class IlpaRowOut(Out):
    """A row of the template under its own number and label; `formula` is how it comes from other rows, "input", or
    "heading", which has no amounts.
    """

    row: Annotated[int, Field(examples=[95])]
    label: Annotated[str, Field(examples=["Ending NAV – Net of Accrued/Earned/Paid Carried Interest"])]
    formula: Annotated[str, Field(examples=["=SUM(12,18,91,94)"])]
    partner: IlpaAmountsOut | None
    fund: IlpaAmountsOut | None
    general_partner: IlpaAmountsOut | None


class IlpaCauseOut(Out):
    """What a part of a row of "Other" was for."""

    says: str
    amount: Amount


class IlpaNoteOut(Out):
    """A row of "Other" that is more than 5 % of the fund's `expenses` in a period, with what the records say of it."""

    row: int
    period: str
    amount: Amount
    expenses: Amount
    causes: list[IlpaCauseOut]


class IlpaOut(Out):
    """The whole template. `sha256` is the fingerprint of the figures that it was frozen with; amounts are signed by
    their effect on wealth.
    """

    template: Annotated[str, Field(examples=["ILPA Reporting Template v2.0"])]
    number: str
    sha256: str
    fund_code: str
    partner_code: str
    partner_name_zh: str
    partner_name_en: str
    quarter: str
    starts_on: date
    ends_on: date
    currency: Annotated[str, Field(examples=["CNY"])]
    rows: list[IlpaRowOut]
    notes: list[IlpaNoteOut]


@router.get("/reports/{report_id}/ilpa")
def ilpa(report_id: int, tx: TxDep, actor: ApiActor, response: Response, now: Now) -> IlpaOut:
    """The ILPA Reporting Template that was frozen with a report, all rows in their order; the download is noted.

    Refused: a report of another partner or not published yet, to a partner's people; figures frozen without it.
    """
    found = delivery.open_ilpa(tx, actor, report_id=report_id, now=now)
    response.headers["Content-Disposition"] = f'attachment; filename="{found.name}"'
    document, fund, partner = found.figures.document, found.figures.fund, found.figures.partner
    return IlpaOut(
        template=found.ilpa.version,
        number=document.number,
        sha256=found.sha256,
        fund_code=fund.code,
        partner_code=partner.code,
        partner_name_zh=partner.name.zh,
        partner_name_en=partner.name.en,
        quarter=document.quarter,
        starts_on=document.starts_on,
        ends_on=document.ends_on,
        currency=fund.currency,
        rows=[_row(row, fund.currency) for row in found.ilpa.rows],
        notes=[_note(note, fund.currency) for note in found.ilpa.notes],
    )


def _row(row: IlpaRow, currency: str) -> IlpaRowOut:
    return IlpaRowOut(
        row=row.number,
        label=row.label,
        formula=row.formula,
        partner=_amounts(row.yours, currency),
        fund=_amounts(row.fund, currency),
        general_partner=_amounts(row.general, currency),
    )


def _amounts(found: Periods | None, currency: str) -> IlpaAmountsOut | None:
    if found is None:
        return None
    qtd, ytd, itd = (Money(one, currency).text() for one in (found.qtd, found.ytd, found.itd))
    return IlpaAmountsOut(qtd=qtd, ytd=ytd, itd=itd)


def _note(note: IlpaNote, currency: str) -> IlpaNoteOut:
    return IlpaNoteOut(
        row=note.row,
        period=note.period,
        amount=Money(note.amount, currency).text(),
        expenses=Money(note.expenses, currency).text(),
        causes=[
            IlpaCauseOut(says=one.says, amount=Money(one.amount, currency).text()) for one in note.causes
        ],
    )

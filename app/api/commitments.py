"""What partners have promised. A partner's people see their own."""

from datetime import date

from fastapi import APIRouter

from app.api.schemas import LIMIT, REFUSALS, After, Limit, MoneyField, Out, PageOut
from app.api.whose import FundDep
from app.deps import ApiActor, TxDep
from fund.capital import queries
from kernel.identity.rules import Role
from kernel.paging import sliced

router = APIRouter(prefix="/api/v1", tags=["capital"], responses=REFUSALS)
READERS = (Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT, Role.AUDITOR, Role.LP_USER)


class CommitmentOut(Out):
    """What a partner promised, and at which close; it counts no more from `undone_on`, where that was taken back."""

    partner_id: int
    amount: MoneyField
    effective_on: date
    close_number: int
    undone_on: date | None = None


@router.get("/commitments")
def commitments(
    tx: TxDep, actor: ApiActor, fund: FundDep, after: After = None, limit: Limit = LIMIT
) -> PageOut[CommitmentOut]:
    """The commitments that the actor may see."""
    actor.require(*READERS)
    found = queries.commitment_sheets(tx, fund_id=fund.id, actor=actor)
    page = sliced(found, lambda sheet: sheet.id, after=after, limit=limit)
    return PageOut(items=[CommitmentOut.of(sheet, fund.currency) for sheet in page.items], next=page.next)

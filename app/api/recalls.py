"""What may be called again of distributions: used, expired and left, by partner."""

from fastapi import APIRouter

from app.api.schemas import REFUSALS, MoneyField, Out
from app.api.whose import BOOK_READERS, AskedQuarter, FundDep, KnownAt
from app.deps import ApiActor, TxDep
from fund.results.recall import recall_rows

router = APIRouter(prefix="/api/v1/recallable", tags=["capital"], responses=REFUSALS)


class RecallOut(Out):
    """opening + given + transferred - recalled - expired = closing. `released` is row 112 of the ILPA template."""

    partner_id: int
    opening: MoneyField
    given: MoneyField
    transferred: MoneyField
    recalled: MoneyField
    expired: MoneyField
    closing: MoneyField
    released: MoneyField


@router.get("")
def listed(
    tx: TxDep, actor: ApiActor, fund: FundDep, quarter: AskedQuarter, known_at: KnownAt = None
) -> list[RecallOut]:
    """The roll-forward of a quarter by partner; partners of whom there is nothing to tell are left out."""
    actor.require(*BOOK_READERS)
    found = recall_rows(tx, fund_id=fund.id, quarter=quarter, known_at=known_at)
    return [RecallOut.of(row, fund.currency) for row in found]

"""What may be called again of distributions: used, expired and left, by partner."""

from fastapi import APIRouter

from app.api.schemas import REFUSALS, MoneyField, Out
from app.api.whose import BOOK_READERS, AskedQuarter, AsOf, FundDep, KnownAt
from app.deps import ApiActor, TxDep
from fund.results.recall import recall_rows, room_left

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


class RoomOut(Out):
    """What the charter still lets be called again: `left` of the `cap`, and beside it `fees_left` of `fees`, which is
    as much as was paid in for fees and expenses (`paid`), up to the term's share. Null is no such limit or term.
    """

    cap: MoneyField | None
    within: MoneyField
    left: MoneyField | None
    paid: MoneyField
    fees: MoneyField | None
    beyond: MoneyField
    fees_left: MoneyField | None


@router.get("")
def listed(
    tx: TxDep, actor: ApiActor, fund: FundDep, quarter: AskedQuarter, known_at: KnownAt = None
) -> list[RecallOut]:
    """The roll-forward of a quarter by partner; partners of whom there is nothing to tell are left out."""
    actor.require(*BOOK_READERS)
    found = recall_rows(tx, fund_id=fund.id, quarter=quarter, known_at=known_at)
    return [RecallOut.of(row, fund.currency) for row in found]


@router.get("/room")
def room(tx: TxDep, actor: ApiActor, fund: FundDep, as_of: AsOf) -> RoomOut:
    """What the charter's limits of a day still let be called again, and what of them is used."""
    actor.require(*BOOK_READERS)
    return RoomOut.of(room_left(tx, fund_id=fund.id, as_of=as_of), fund.currency)

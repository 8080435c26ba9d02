"""Carried interest: what of it the general partner would owe back, actual and potential."""

from datetime import date

from fastapi import APIRouter

from app.api.schemas import REFUSALS, MoneyField, Out
from app.api.whose import BOOK_READERS, AsOf, FundDep, KnownAt
from app.deps import ApiActor, TxDep
from fund.capital.clawback import Clawback
from fund.capital.clawbacks import Clawbacks, clawbacks
from fund.partners.queries import codes_in_order

router = APIRouter(prefix="/api/v1/carry", tags=["capital"], responses=REFUSALS)


class ClawbackOut(Out):
    """The parts of the formula: due = min(max(excess, shortfall), cap), where excess is what was received beyond what
    the general partner is entitled to over the whole fund, and cap what was received less tax.
    """

    received: MoneyField
    entitled: MoneyField
    excess: MoneyField
    shortfall: MoneyField
    taxes: MoneyField
    cap: MoneyField
    due: MoneyField


class PartnerClawbackOut(Out):
    """One partner's: `potential` with the `value` that a sale of everything would bring it, `worthless` with nothing
    more to come.
    """

    partner: str
    value: MoneyField
    potential: ClawbackOut
    worthless: ClawbackOut


class ClawbacksOut(Out):
    """What the general partner owes back: `actual` once the fund is at its end (nothing is held any more, or its term
    is over), `potential` were everything sold for its value, `worthless` were nothing more to come.
    """

    as_of: date
    is_ended: bool
    received: MoneyField
    actual: MoneyField
    potential: MoneyField
    worthless: MoneyField
    partners: list[PartnerClawbackOut]


@router.get("/clawback")
def clawback(
    tx: TxDep, actor: ApiActor, fund: FundDep, as_of: AsOf, known_at: KnownAt = None
) -> ClawbacksOut:
    """The clawback of every partner that bears carry, as of a day and as known at an instant."""
    actor.require(*BOOK_READERS)
    codes = codes_in_order(tx, fund_id=fund.id)
    found = clawbacks(tx, fund_id=fund.id, as_of=as_of, known_at=known_at)
    return ClawbacksOut.of(_totals(found) | {"partners": _rows(found, codes)}, fund.currency)


def _totals(found: Clawbacks) -> dict[str, object]:
    return {name: getattr(found, name) for name in ClawbacksOut.model_fields if name != "partners"}


def _rows(found: Clawbacks, codes: dict[int, str]) -> list[dict[str, object]]:
    return [
        {
            "partner": codes[one.partner_id],
            "value": one.value,
            "potential": _parts(one.potential),
            "worthless": _parts(one.worthless),
        }
        for one in found.partners
    ]


def _parts(one: Clawback) -> dict[str, object]:
    return {name: getattr(one, name) for name in ClawbackOut.model_fields}

"""The shape of a clause of a mandate beside a deal."""

from app.api.schemas import FractionField, MoneyField, Out
from fund.charter.rules import Dimension
from fund.mandates.rules import Bound, Consequence, Measure
from fund.mandates.veto_rules import VetoState


class MandateLineOut(Out):
    """A clause beside a deal: the share before and after it, or of a veto where it stands (`state`).

    `partner` and `wording` are empty to whoever may not know of them.
    """

    partner: str
    number: int
    measure: Measure
    dimension: Dimension | None
    key: str
    wording: str
    bound: Bound
    asked: FractionField
    above: MoneyField | None
    before: FractionField | None
    after: FractionField | None
    kept: bool
    effect: Consequence
    holds_back: bool
    state: VetoState | None

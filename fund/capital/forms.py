"""The waterfall in the form that the charter of a day promises, over what the books hold up to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from fund.capital.by_day import waterfall_flows
from fund.capital.deal_by_deal import DealWorking, History, work_through_deal
from fund.capital.deal_flows import histories
from fund.capital.waterfall import Flow, WaterfallTerms, Working, work_through
from fund.charter.carry_rules import CarryForm
from fund.charter.queries import terms
from fund.charter.rules import Terms
from fund.givebacks.queries import returned
from fund.givebacks.rules import Returned
from kernel.db import Tx


@dataclass(frozen=True)
class Waterfalls:
    """The terms of a day, and each partner's flows or, where carry is worked out deal by deal, its history by deal.

    `returned` is the carry given back to each; a history by deal has it among what was paid. `escrow` is the share of
    carry that is kept back.
    """

    on: date
    terms: WaterfallTerms
    flows: Mapping[int, Sequence[Flow]]
    histories: Mapping[int, History] | None
    returned: Mapping[int, Sequence[Returned]]
    escrow: Fraction

    def history(self, partner_id: int) -> History | None:
        """A partner's history by deal; None under the whole-fund form."""
        return None if self.histories is None else self.histories.get(partner_id, History((), (), {}))

    def sold(self, partner_id: int, amount: int) -> Working | DealWorking:
        """What `amount` on the partner's share would come to were everything sold."""
        history = self.history(partner_id)
        if history is not None:
            return work_through_deal(self.terms, history, deal=None, distribute=amount, on=self.on)
        return self.whole(partner_id, amount)

    def whole(self, partner_id: int, amount: int = 0) -> Working:
        """What `amount` on the partner's share comes to over the whole fund; of nothing, where the partner stands."""
        return work_through(
            self.terms,
            self.flows.get(partner_id, ()),
            distribute=amount,
            on=self.on,
            returned=self.returned.get(partner_id, ()),
        )


def waterfall_terms(charter: Terms) -> WaterfallTerms:
    """What a version of the charter says of the waterfall."""
    return WaterfallTerms(
        charter.hurdle, charter.compounding, charter.catch_up, charter.carry, charter.further
    )


def waterfalls(tx: Tx, *, fund_id: int, on: date, known_at: datetime | None = None) -> Waterfalls:
    """The waterfalls of all partners on a day, after everything paid in and out by then."""
    charter = terms(tx, fund_id=fund_id, as_of=on, known_at=known_at)
    if charter.carry_form is not CarryForm.DEAL_BY_DEAL:
        return whole_fund_waterfalls(tx, fund_id=fund_id, charter=charter, on=on, known_at=known_at)
    deals = histories(tx, fund_id=fund_id, as_of=on, known_at=known_at)
    return Waterfalls(on, waterfall_terms(charter), {}, deals, {}, charter.carry_escrow)


def whole_fund_waterfalls(
    tx: Tx, *, fund_id: int, charter: Terms, on: date, known_at: datetime | None = None
) -> Waterfalls:
    """The same over everything that a partner has paid in, whatever form the charter promises."""
    flows = waterfall_flows(tx, fund_id=fund_id, as_of=on, known_at=known_at)
    back = returned(tx, fund_id=fund_id, as_of=on, known_at=known_at)
    return Waterfalls(on, waterfall_terms(charter), flows, None, back, charter.carry_escrow)

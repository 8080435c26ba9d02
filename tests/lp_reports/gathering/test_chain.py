"""A report tells its own partner what of the portfolio stands in its chain, and what of that rests on its group."""

from decimal import Decimal
from typing import Any

from fund.holdings.queries import holdings
from fund.partners.queries import partner
from fund.revenues.actions import state_revenue
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from kernel.periods import Quarter
from lp_reports.gathering.chain import chain
from lp_reports.portfolio import Chain, ChainLine
from tests.builders.results import M, a_played_fund, at
from tests.fund.results.test_chains import DAY, with_relations

QUARTER = Quarter(2025, 4)


def test_a_chain_with_and_without_revenue_on_record_and_none(tx: Tx) -> None:
    played = with_relations(tx, a_played_fund(tx))
    held = {one.code: one for one in holdings(tx, fund_id=played.fund_id, as_of=DAY)}
    buyer = partner(tx, partner_id=played.partners["LP01"]).party_id
    said: dict[str, Any] = {
        "company_id": held["H01"].party_id,
        "year": 2024,
        "total": 8 * M,
        "source": "审计报告",
    }
    state_revenue(tx, SYSTEM, customer_id=buyer, amount=2 * M, now=at(DAY), **said)
    asked: dict[str, Any] = {"fund_id": played.fund_id, "quarter": QUARTER, "known_at": at(DAY)}
    # H01 is worth 30m and earns a quarter from LP01; H02 is worth 6m, of its revenue nothing is known.
    roles, share = ("customer", "supplier"), Decimal("0.83333333")
    line = ChainLine("H01", roles, 30 * M, share, 2024, Decimal("0.25"), 7_500_000_00)
    own = chain(tx, partner_id=played.partners["LP01"], **asked)
    assert own == Chain((line,), 30 * M, share, 30 * M, 7_500_000_00)
    other = chain(tx, partner_id=played.partners["LP02"], **asked)
    untold = ChainLine("H02", ("supplier",), 6 * M, Decimal("0.16666667"), None, None, None)
    assert other == Chain((untold,), 6 * M, Decimal("0.16666667"), 0, 0)
    assert chain(tx, partner_id=played.partners["LP02"], **asked | {"quarter": Quarter(2023, 4)}) is None

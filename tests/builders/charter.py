"""Funds for tests."""

from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

from fund.charter.actions import open_fund
from fund.charter.queries import FundSheet
from fund.charter.rules import Basis, Compounding, Dimension, FeeBasis, Limit, Terms
from kernel.db import Tx
from kernel.identity.rules import SYSTEM

OPENED_AT = datetime(2023, 12, 20, 8, 0, tzinfo=UTC)

TERMS = Terms(
    size=500_000_000_00,
    currency="CNY",
    first_close_on=date(2024, 1, 15),
    final_close_on=date(2025, 1, 15),
    commitment_period_ends_on=date(2029, 1, 15),
    term_ends_on=date(2032, 1, 15),
    fee_rate=Fraction(2, 100),
    fee_basis=FeeBasis.COMMITMENT_THEN_INVESTED,
    hurdle=Fraction(8, 100),
    compounding=Compounding.DAILY,
    catch_up=Fraction(1),
    carry=Fraction(20, 100),
    limits=(
        Limit(Dimension.COMPANY, None, Fraction(15, 100), Basis.COMMITMENTS),
        Limit(Dimension.SECTOR, "hydrogen", Fraction(25, 100), Basis.COMMITMENTS),
    ),
)


def terms(**changes: Any) -> Terms:
    """The usual terms, changed as said."""
    return replace(TERMS, **changes)


def a_fund(tx: Tx, *, code: str = "AF1", now: datetime = OPENED_AT, **changes: Any) -> FundSheet:
    """A fund under the usual terms, changed as said."""
    return open_fund(
        tx,
        SYSTEM,
        code=code,
        name_zh="成果转化一号基金（有限合伙）",
        name_en="Achievement Transformation Fund I",
        currency="CNY",
        is_example=True,
        terms=terms(**changes),
        effective_on=date(2024, 1, 1),
        now=now,
    )

import json
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund.capital.sharing import (
    AboveCash,
    DistributionKind,
    NobodyToPay,
    NothingToDistribute,
    Recipient,
    check_cash,
    share_out,
)
from fund.capital.waterfall import Flow, WaterfallTerms, work_through
from fund.capital.workings import working_json
from fund.charter.rules import Compounding

TERMS = WaterfallTerms(Fraction(8, 100), Compounding.DAILY, Fraction(1), Fraction(1, 5))
IN, OUT = date(2026, 1, 15), date(2027, 1, 15)
CAPITAL, INCOME, GAIN = DistributionKind.RETURN_OF_CAPITAL, DistributionKind.INCOME, DistributionKind.GAIN
GP, A, B = 9, 1, 2


def recipients(paid_in: int = 100_000_00) -> list[Recipient]:
    flows = [Flow(IN, contribution=True, amount=paid_in)]
    return [
        Recipient(A, paid_in, bears_carry=True, flows=flows),
        Recipient(B, paid_in, bears_carry=False),
        Recipient(GP, 0, bears_carry=False),
    ]


def test_carry_is_taken_from_gains_first_and_goes_to_the_general_partner() -> None:
    typed = {CAPITAL: 200_000_00, INCOME: 36_000_00, GAIN: 4_000_00}
    a, b, gp = share_out(typed, recipients(), terms=TERMS, general_partner_id=GP, on=OUT)
    assert (a.gross, a.carry, a.net) == (120_000_00, 4_000_00, 116_000_00)
    assert a.typed == {CAPITAL: 100_000_00, INCOME: 16_000_00, GAIN: 0}
    assert (b.gross, b.carry, b.working) == (120_000_00, 0, None)
    assert (gp.gross, gp.carry_received, gp.net) == (0, 4_000_00, 4_000_00)
    assert gp.typed == {CAPITAL: 0, INCOME: 2_000_00, GAIN: 2_000_00}


def test_a_single_kind_will_do() -> None:
    a, b, gp = share_out({CAPITAL: 3}, recipients(), terms=TERMS, general_partner_id=GP, on=OUT)
    assert (a.net, b.net, gp.net) == (2, 1, 0)


@given(st.lists(st.integers(0, 10**12), min_size=3, max_size=3).filter(any), st.integers(1, 10**11))
def test_every_kind_sums_over_the_partners(amounts: list[int], paid_in: int) -> None:
    typed = dict(zip(DistributionKind, amounts, strict=True))
    shares = share_out(typed, recipients(paid_in), terms=TERMS, general_partner_id=GP, on=OUT)
    for kind, amount in typed.items():
        assert sum(share.typed[kind] for share in shares) == amount
    for share in shares:
        assert share.net == sum(share.typed.values())
        assert min(share.typed.values()) >= 0


def test_nothing_to_nobody_is_refused() -> None:
    for typed in ({}, {GAIN: 0}, {GAIN: 5, INCOME: -1}):
        with pytest.raises(NothingToDistribute):
            share_out(typed, recipients(), terms=TERMS, general_partner_id=GP, on=OUT)
    with pytest.raises(NobodyToPay):
        share_out({GAIN: 5}, recipients()[2:], terms=TERMS, general_partner_id=GP, on=OUT)


def test_cash_that_is_promised_cannot_be_promised_again() -> None:
    check_cash(cash=100_00, promised=40_00, amount=60_00)
    with pytest.raises(AboveCash, match=r"100\.00 in cash, of which 40\.00 is promised; 60\.01"):
        check_cash(cash=100_00, promised=40_00, amount=60_01)


def test_the_working_is_plain_json_that_sums() -> None:
    flows = [Flow(IN, contribution=True, amount=100_000_00), Flow(IN, contribution=False, amount=40_000_00)]
    working = work_through(TERMS, flows, distribute=70_000_00, on=OUT)
    kept = json.loads(json.dumps(working_json(working)))
    assert [tier["tier"] for tier in kept["tiers"]] == [
        "return_of_capital",
        "preferred",
        "catch_up",
        "residual",
    ]
    assert [tier["due"] for tier in kept["tiers"]] == [60_000_00, 4_800_00, 1_200_00, None]
    assert sum(tier["lp"] + tier["gp"] for tier in kept["tiers"]) == kept["distributed"] == 70_000_00
    assert kept["lp"] + kept["gp"] == 70_000_00
    assert kept["layers"] == [{"since": "2026-01-15", "capital": 60_000_00, "preferred": 4_800_00}]
    assert kept["terms"]["carry"] == "1/5"

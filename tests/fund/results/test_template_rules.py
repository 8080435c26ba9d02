"""Which type a flow is, and what a stage makes of its lines, without a database."""

from datetime import date
from fractions import Fraction

import pytest

from fund.charter.template_rules import TemplateForm, TemplateFormFixed, check_free, check_same
from fund.results.progress_rules import part_of
from fund.results.rules import Flow
from fund.results.template_rules import FlowUntyped, Line, ReturnStage, stage_return, type_of
from fund.results.transaction_types import transaction_types
from valuation.irr import xirr

TYPES = transaction_types()
BEGAN, ENDS = date(2024, 1, 1), date(2025, 12, 31)
GRANULAR = TemplateForm.GRANULAR


@pytest.mark.parametrize(
    ("kind", "amount", "part", "code"),
    [
        ("contribution", -5, "investment", "call_investment"),
        ("contribution", -5, "fee", "call_fee"),
        ("contribution", 5, "expense", "call_expense"),
        ("distribution", 5, "gain", "distribution_gain"),
        ("distribution", 5, "", "distribution_passed"),
        ("transfer", 5, "", "interest_sold"),
        ("transfer", -5, "", "interest_bought"),
    ],
)
def test_a_flow_has_the_type_of_what_it_was_for(kind: str, amount: int, part: str, code: str) -> None:
    assert type_of(Flow(BEGAN, amount, kind, "X", part), TYPES).code == code


def test_a_flow_that_no_type_fits_is_refused() -> None:
    with pytest.raises(FlowUntyped):
        type_of(Flow(BEGAN, -5, "contribution", "CALL-001/LP01/gift", "gift"), TYPES)


@pytest.mark.parametrize("end", ["", "-back", "/reversal", "-back/reversal"])
def test_the_end_of_a_reference_says_the_part(end: str) -> None:
    assert part_of(f"CALL-004/LP02/fee{end}") == "fee"


def test_a_stage_counts_what_its_form_counts() -> None:
    lines = [
        Line(BEGAN, "call_investment", -1000, "a"),
        Line(BEGAN, "call_fee", -100, "b"),
        Line(ENDS, "carry_accrued", 40, None),
        Line(ENDS, "net_asset_value", 1200, None),
    ]
    gross = stage_return(lines, TYPES, GRANULAR, ReturnStage.GROSS, ENDS)
    assert gross.multiple == Fraction(1240, 1000)
    assert gross.irr == xirr([BEGAN, ENDS], [-1000, 1240])
    assert gross.is_full_year
    net = stage_return(lines, TYPES, GRANULAR, ReturnStage.NET, ENDS)
    assert net.multiple == Fraction(1200, 1100)
    assert stage_return(lines, TYPES, TemplateForm.GROSS_UP, ReturnStage.GROSS, ENDS).paid_in == 1100


def test_nothing_called_has_no_multiple_and_a_loss_is_total() -> None:
    fee = [Line(BEGAN, "call_fee", -100, "b")]
    assert stage_return(fee, TYPES, GRANULAR, ReturnStage.GROSS, ENDS).multiple is None
    lost = stage_return(fee, TYPES, GRANULAR, ReturnStage.NET, ENDS)
    assert (lost.multiple, lost.irr.status.value) == (0, "total_loss")


def test_the_choice_holds() -> None:
    check_free(chosen=None, chosen_by="")
    check_same(asked=GRANULAR, chosen=None, chosen_by="")
    check_same(asked=GRANULAR, chosen=GRANULAR, chosen_by="A")
    with pytest.raises(TemplateFormFixed):
        check_free(chosen=GRANULAR, chosen_by="A")
    with pytest.raises(TemplateFormFixed):
        check_same(asked=TemplateForm.GROSS_UP, chosen=GRANULAR, chosen_by="A")

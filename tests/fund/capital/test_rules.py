from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund.capital.due_rules import DueMayBeHoliday, DueOnHoliday, DuePassed, NoticeTooShort, check_due
from fund.capital.rules import (
    AboveRemaining,
    ExcuseTooLarge,
    Item,
    ItemInvalid,
    ItemKind,
    NobodyToCall,
    NothingToCall,
    ReasonMissing,
    ReceiptAboveOutstanding,
    ReceiptInvalid,
    SamePerson,
    Standing,
    check_approver,
    check_reason,
    check_receipt,
    split_call,
)
from kernel.calendar import AS_PACKAGED, Announced, Calendar

A, B, C = 1, 2, 3


def standings(*remaining: int, commitments: tuple[int, ...] | None = None) -> list[Standing]:
    return [
        Standing(place, f"LP{place:02}", commitment, left)
        for place, (commitment, left) in enumerate(
            zip(commitments or remaining, remaining, strict=True), start=1
        )
    ]


def investment(amount: int, **facts: Any) -> Item:
    return Item(ItemKind.INVESTMENT, amount, **facts)


def test_the_call_of_the_model_agreement() -> None:
    partners = standings(6_000_000_000, 2_500_000_000, 1_499_999_997)
    [shares] = split_call([investment(1_000_000_000)], partners)
    assert shares == {A: 600_000_000, B: 250_000_000, C: 150_000_000}


def test_investments_go_by_what_remains_expenses_by_commitment_fees_by_name() -> None:
    partners = standings(300, 100, commitments=(500, 500))
    items = [investment(40), Item(ItemKind.EXPENSE, 10), Item(ItemKind.FEE, 7, amounts={A: 7})]
    assert split_call(items, partners) == [{A: 30, B: 10}, {A: 5, B: 5}, {A: 7}]


def test_the_excused_pay_nothing_and_the_others_make_up_to_half_more() -> None:
    partners = standings(400, 400, 200)
    [shares] = split_call([investment(100, excused=frozenset({C}))], partners)
    assert shares == {A: 50, B: 50}
    with pytest.raises(ExcuseTooLarge, match=r"LP02 would pay 1\.20 instead of 0\.40") as refusal:
        split_call([investment(120, excused=frozenset({C}))], [*standings(0, 400, 800)])
    assert "LP01" not in str(refusal.value)


def test_more_than_is_left_names_each_partner_with_both_figures() -> None:
    partners = standings(1_000_000, 20_000, commitments=(1_000_000, 1_000_000))
    with pytest.raises(AboveRemaining) as refusal:
        split_call([Item(ItemKind.EXPENSE, 100_000)], partners)
    assert str(refusal.value).splitlines()[1:] == ["- LP02: called 500.00, remaining commitment 200.00"]


def test_all_items_together_must_fit() -> None:
    partners = standings(100, 100)
    assert split_call([investment(100), Item(ItemKind.EXPENSE, 100)], partners)
    with pytest.raises(AboveRemaining):
        split_call([investment(100), Item(ItemKind.EXPENSE, 102)], partners)


@pytest.mark.parametrize(
    ("item", "says"),
    [
        (investment(0), "above zero"),
        (Item(ItemKind.FEE, 5), "needs an amount per partner"),
        (investment(5, amounts={A: 5}), "only a fee"),
        (Item(ItemKind.FEE, 5, amounts={A: 4}), "do not sum"),
        (Item(ItemKind.FEE, 5, amounts={A: 6, B: -1}), "negative"),
        (Item(ItemKind.FEE, 5, amounts={9: 5}), "without a commitment"),
        (investment(5, excused=frozenset({9})), "without a commitment"),
        (Item(ItemKind.EXPENSE, 5, excused=frozenset({A})), "only an investment"),
        (Item(ItemKind.INTEREST, 5), "interest"),
    ],
)
def test_an_item_that_cannot_be_shared_is_refused_with_its_place(item: Item, says: str) -> None:
    with pytest.raises(ItemInvalid) as refusal:
        split_call([investment(1), item], standings(100, 100))
    assert [problem.where for problem in refusal.value.problems] == ["item 2"]
    assert says in str(refusal.value)


def test_a_call_for_nothing_is_refused() -> None:
    with pytest.raises(NothingToCall):
        split_call([], standings(100))


@given(st.lists(st.integers(1, 10**12), min_size=1, max_size=9), st.integers(1, 10**12))
def test_every_item_sums_exactly(commitments: list[int], amount: int) -> None:
    amount = min(amount, sum(commitments))
    shares = split_call([investment(amount)], standings(*commitments))
    assert sum(shares[0].values()) == amount


def test_a_due_date_keeps_the_notice_across_the_golden_week() -> None:
    notice_on = date(2026, 9, 25)
    check_due(calendar=AS_PACKAGED, notice_on=notice_on, due_on=date(2026, 10, 15), notice_business_days=10)
    with pytest.raises(NoticeTooShort, match="2026-10-15"):
        check_due(
            calendar=AS_PACKAGED, notice_on=notice_on, due_on=date(2026, 10, 14), notice_business_days=10
        )


def test_a_working_weekend_may_be_a_due_date_and_a_holiday_may_not() -> None:
    check_due(
        calendar=AS_PACKAGED, notice_on=date(2026, 9, 1), due_on=date(2026, 10, 10), notice_business_days=10
    )
    with pytest.raises(DueOnHoliday, match="2026-10-08"):
        check_due(
            calendar=AS_PACKAGED,
            notice_on=date(2026, 9, 1),
            due_on=date(2026, 10, 1),
            notice_business_days=10,
        )


def test_a_due_date_in_a_year_to_come_holds_under_any_announcement() -> None:
    asked: dict[str, Any] = {"notice_on": date(2026, 12, 10), "notice_business_days": 10}
    check_due(calendar=AS_PACKAGED, due_on=date(2027, 1, 8), **asked)
    with pytest.raises(DueMayBeHoliday, match=r"2027 are not announced yet.*is 2027-01-05"):
        check_due(calendar=AS_PACKAGED, due_on=date(2027, 1, 4), **asked)
    new_year = frozenset(date(2027, 1, day) for day in (1, 2, 3))
    known = Calendar({2027: Announced(new_year, frozenset())})
    check_due(calendar=known, due_on=date(2027, 1, 4), **asked)
    with pytest.raises(DueOnHoliday, match="next one is 2027-01-04"):
        check_due(calendar=known, due_on=date(2027, 1, 1), **asked)


def test_a_day_that_has_passed_is_said_to_have_passed() -> None:
    with pytest.raises(DuePassed, match="2026-09-30 has passed on 2026-10-09"):
        check_due(
            calendar=AS_PACKAGED,
            notice_on=date(2026, 10, 9),
            due_on=date(2026, 9, 30),
            notice_business_days=10,
        )


def test_what_nobody_is_left_to_pay_is_told_in_yuan() -> None:
    with pytest.raises(NobodyToCall, match=r"1,000,000\.00"):
        split_call([investment(100_000_000, excused=frozenset({A, B}))], standings(100, 100))


def test_nobody_approves_what_they_prepared() -> None:
    check_approver(what="CALL-001", preparer_id=1, preparer="Wang", approver_id=2)
    for who in (1, None):
        with pytest.raises(SamePerson, match="Wang"):
            check_approver(what="CALL-001", preparer_id=who, preparer="Wang", approver_id=who)


def test_a_receipt_stays_within_what_is_owed_and_names_the_bank() -> None:
    facts: dict[str, Any] = {"call": "CALL-001", "partner": "LP01", "outstanding": 500_00}
    check_receipt(**facts, amount=500_00, bank_reference="B1")
    with pytest.raises(ReceiptAboveOutstanding, match=r"500\.00 on CALL-001; a receipt of 500\.01"):
        check_receipt(**facts, amount=500_01, bank_reference="B1")
    for amount, reference in ((0, "B1"), (5, " ")):
        with pytest.raises(ReceiptInvalid):
            check_receipt(**facts, amount=amount, bank_reference=reference)


def test_a_reason_is_a_reason() -> None:
    check_reason("wrong partner")
    with pytest.raises(ReasonMissing):
        check_reason(" ")


def test_a_share_in_a_deal_stops_at_what_is_left_and_the_others_make_up_for_it() -> None:
    follow_on = investment(900, weights={A: 5, B: 3, C: 1})
    assert split_call([follow_on], standings(1_000, 200, 1_000)) == [{A: 583, B: 200, C: 117}]
    costs = Item(ItemKind.EXPENSE, 90)
    fitted = split_call([follow_on, costs], standings(1_000, 230, 1_000, commitments=(1, 1, 1)))
    assert fitted == [{A: 583, B: 200, C: 117}, {A: 30, B: 30, C: 30}]


def test_nobody_makes_up_for_more_than_half_of_its_own_share_in_a_deal() -> None:
    with pytest.raises(ExcuseTooLarge):
        split_call([investment(900, weights={A: 5, B: 4})], standings(1_000, 100))


def test_a_follow_on_that_nobody_has_room_for_names_who_is_asked_for_too_much() -> None:
    with pytest.raises(AboveRemaining) as refused:
        split_call([investment(900, weights={A: 5, B: 4})], standings(300, 100))
    assert [problem.facts["partner"] for problem in refused.value.problems] == ["LP01", "LP02"]

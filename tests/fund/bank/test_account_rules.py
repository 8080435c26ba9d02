"""What the account that partners pay to must say, and who may put it in force."""

from datetime import date

import pytest

from fund.bank.account_rules import (
    FundAccountAhead,
    FundAccountBackdated,
    FundAccountChanged,
    FundAccountInvalid,
    OwnFundAccount,
    check_account,
    check_begun,
    check_decided,
    check_decider,
    check_replacing,
)

TODAY, BEFORE, AFTER = date(2026, 3, 2), date(2026, 3, 1), date(2026, 3, 3)

WHOLE = {
    "bank_name": "某银行",
    "account_name": "基金",
    "account_no": "0200 0000-0000 0000001",
    "reason": "回电核实",
}


def test_whole_details_are_taken() -> None:
    check_account(**WHOLE)
    check_account(**WHOLE | {"account_no": "DE89370400440532013000"})


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("bank_name", " "),
        ("account_name", ""),
        ("reason", ""),
        ("account_no", "1234567"),
        ("account_no", "1" * 65),
        ("account_no", "０２００００００００"),
        ("account_no", "0200/000000"),
    ],
)
def test_a_missing_part_is_named(field: str, text: str) -> None:
    with pytest.raises(FundAccountInvalid) as refused:
        check_account(**WHOLE | {field: text})
    assert [problem.where for problem in refused.value.problems] == [field]


@pytest.mark.parametrize(("preparer", "decider"), [(1, 1), (1, None), (None, None)])
def test_nobody_approves_alone(preparer: int | None, decider: int | None) -> None:
    with pytest.raises(OwnFundAccount):
        check_decider(preparer_id=preparer, preparer="x", decider_id=decider)


@pytest.mark.parametrize("preparer", [1, None])
def test_another_person_may(preparer: int | None) -> None:
    check_decider(preparer_id=preparer, preparer="x", decider_id=2)


def test_a_replacement_begins_no_earlier_than_today() -> None:
    check_replacing(since_on=TODAY, today=TODAY)
    with pytest.raises(FundAccountBackdated):
        check_replacing(since_on=BEFORE, today=TODAY)


def test_it_is_in_force_from_its_day_on() -> None:
    check_begun(since_on=TODAY, today=TODAY)
    with pytest.raises(FundAccountAhead):
        check_begun(since_on=AFTER, today=TODAY)


def test_only_what_was_looked_at_is_decided_on() -> None:
    check_decided(seen=4, waiting=4)
    with pytest.raises(FundAccountChanged):
        check_decided(seen=4, waiting=5)

"""What the account that partners pay to must say, and who may put it in force."""

import pytest

from fund.bank.account_rules import FundAccountInvalid, OwnFundAccount, check_account, check_decider

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

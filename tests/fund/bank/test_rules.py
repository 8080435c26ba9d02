"""What may become of a line."""

from datetime import date

import pytest

from fund.bank.rules import (
    AboveItem,
    AboveLine,
    AccountInvalid,
    AccountUnknown,
    AsideReasonMissing,
    BookedPart,
    LineSettled,
    LineState,
    MatchKind,
    PartsInvalid,
    PartUnclear,
    ReceiptPart,
    SeveralPayers,
    StatementOutOfTime,
    WrongWay,
    check_account,
    check_aside,
    check_days,
    check_item,
    check_known,
    check_parts,
    check_target,
    receipt_reference,
    state_of,
)
from kernel.errors import Refusal


def test_how_much_of_a_line_is_accounted_for() -> None:
    assert [state_of(-100, part) for part in (0, -40, -100)] == [
        LineState.OPEN,
        LineState.PARTLY,
        LineState.MATCHED,
    ]


@pytest.mark.parametrize(
    ("parts", "open_amount", "refusal"),
    [
        ([], 100, PartsInvalid),
        ([BookedPart("x", 0)], 100, PartsInvalid),
        ([BookedPart("x", 10)], 0, LineSettled),
        ([ReceiptPart(1, 1, 10)], -100, WrongWay),
        ([ReceiptPart(1, 1, 10), ReceiptPart(1, 2, 10)], 100, SeveralPayers),
        ([ReceiptPart(1, 1, 60), BookedPart("x", 41)], 100, AboveLine),
    ],
)
def test_parts_must_fit_the_line(
    parts: list[ReceiptPart | BookedPart], open_amount: int, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        check_parts(parts, open_amount=open_amount)


def test_parts_that_fit() -> None:
    check_parts([ReceiptPart(1, 1, 60), ReceiptPart(2, 1, 40)], open_amount=100)
    check_parts([BookedPart("x", 100)], open_amount=-100)


def test_a_payment_is_matched_its_own_way_and_no_further_than_it_goes() -> None:
    check_item("x", left=-100, amount=100, is_in=False)
    with pytest.raises(WrongWay):
        check_item("x", left=-100, amount=100, is_in=True)
    for left in (-99, 0):
        with pytest.raises(AboveItem):
            check_item("x", left=left, amount=100, is_in=False)


@pytest.mark.parametrize(
    ("kind", "reason", "open_amount", "refusal"),
    [
        (MatchKind.OTHER, "why", 0, LineSettled),
        (MatchKind.OTHER, " ", 5, AsideReasonMissing),
        (MatchKind.RECEIPT, "why", 5, AsideReasonMissing),
        (MatchKind.INTEREST, "why", -5, WrongWay),
        (MatchKind.FEE, "why", 5, WrongWay),
    ],
)
def test_what_cannot_be_set_aside(
    kind: MatchKind, reason: str, open_amount: int, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        check_aside(kind, reason=reason, open_amount=open_amount)
    check_aside(MatchKind.TRANSFER, reason="to the other account", open_amount=-5)


def test_names_of_accounts_and_references() -> None:
    assert check_account(" 托管户 ") == "托管户"
    for name in ("", "x" * 41):
        with pytest.raises(AccountInvalid):
            check_account(name)
    assert receipt_reference("Z1", line_id=5, number=1) == "Z1"
    assert receipt_reference("Z1", line_id=5, number=2) == "Z1/2"
    assert receipt_reference("", line_id=5, number=1) == "BANK-5"


def test_an_account_is_opened_on_purpose_and_lines_lie_within_the_funds_days() -> None:
    check_known("main", known=[], is_new=False)
    check_known("main", known=["main"], is_new=False)
    check_known("托管户", known=["main"], is_new=True)
    with pytest.raises(AccountUnknown, match="only of main"):
        check_known("nope", known=["main"], is_new=False)
    first, last = date(2024, 1, 1), date(2026, 3, 3)
    check_days([first, last], first=first, last=last)
    for on in (date(2023, 12, 31), date.max):
        with pytest.raises(StatementOutOfTime, match=str(on)):
            check_days([first, on], first=first, last=last)
    check_target(1, None, None)
    with pytest.raises(PartUnclear):
        check_target(1, 2, None)

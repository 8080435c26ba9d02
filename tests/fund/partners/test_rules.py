import pytest

from fund.partners.rules import (
    BankInvalid,
    ContactInvalid,
    PartnerInvalid,
    PartnerKind,
    check_admission,
    check_bank,
    check_contact,
    mask,
)


def test_check_admission() -> None:
    check_admission(code="LP01", kind=PartnerKind.LIMITED, bears_carry=True)
    check_admission(code="LP02", kind=PartnerKind.LIMITED, bears_carry=False)
    check_admission(code="GP", kind=PartnerKind.GENERAL, bears_carry=False)
    with pytest.raises(PartnerInvalid) as refused:
        check_admission(code=" ", kind=PartnerKind.GENERAL, bears_carry=True)
    assert [p.where for p in refused.value.problems] == ["code", "bears_carry"]


def test_check_contact() -> None:
    check_contact(name="王五", email="", phone="010-12345678")
    check_contact(name="王五", email="wang@example.cn", phone="")
    for name, email, phone in (
        ("", "a@b", ""),
        ("王五", " ", ""),
        ("王五", "example.cn", ""),
        ("王五", "@b", ""),
    ):
        with pytest.raises(ContactInvalid):
            check_contact(name=name, email=email, phone=phone)


def test_check_bank() -> None:
    check_bank(bank_name="甲银行", account_name="乙公司", account_no="6222 0212-3456 7890")
    wrong = [("", "乙", "12345678"), ("甲", " ", "12345678"), ("甲", "乙", " - ")]
    wrong += [("甲", "乙", "1234567"), ("甲", "乙", "１２３４５６７８"), ("甲", "乙", "1234567x")]
    for bank_name, account_name, account_no in wrong:
        with pytest.raises(BankInvalid):
            check_bank(bank_name=bank_name, account_name=account_name, account_no=account_no)


def test_mask_shows_four_digits() -> None:
    assert mask("6222 0212 3456 78-90") == "•••• 7890"

"""A fund has a code, a Chinese name and a currency of hundredths."""

import pytest

from fund.charter.opening_rules import CurrencyNotInHundredths, FundInvalid, check_currency, check_name
from kernel.money import UnknownCurrency


def test_check_name() -> None:
    check_name(code="AF1", name_zh="一号基金")
    for code, name in ((" ", "一号基金"), ("AF1", "")):
        with pytest.raises(FundInvalid):
            check_name(code=code, name_zh=name)


def test_the_currency_is_one_of_hundredths() -> None:
    check_currency("CNY")
    with pytest.raises(CurrencyNotInHundredths):
        check_currency("JPY")
    with pytest.raises(UnknownCurrency):
        check_currency("XXX")

from datetime import date
from fractions import Fraction

import pytest

from fund.parties.rules import PartyKind
from fund.withholding.rules import (
    NothingWithheld,
    Owed,
    Rate,
    RateInvalid,
    TaxPaidTooEarly,
    TaxPaymentInvalid,
    check_rate,
    rate_for,
    to_pay,
    withheld,
)

FIFTH = Fraction(1, 5)
MARCH, JUNE = date(2026, 3, 2), date(2026, 6, 1)


def a_rate(
    partner_id: int | None = None,
    kind: PartyKind | None = None,
    on: date = MARCH,
    income: Fraction = FIFTH,
    gain: Fraction = FIFTH,
    reason: str = "个人所得税法",
) -> Rate:
    return Rate(partner_id, kind, on, income, gain, reason)


PERSONS = a_rate(kind=PartyKind.PERSON)


def test_a_rate_is_for_one_partner_or_one_kind_and_has_a_reason() -> None:
    check_rate(PERSONS)
    check_rate(a_rate(7, income=Fraction(0), gain=Fraction(1)))
    wrong = a_rate(7, PartyKind.PERSON, income=Fraction(-1), gain=Fraction(6, 5), reason=" ")
    with pytest.raises(RateInvalid) as caught:
        check_rate(wrong)
    assert [problem.where for problem in caught.value.problems] == ["income", "gain", "partner", "reason"]
    with pytest.raises(RateInvalid):
        check_rate(a_rate())


def test_the_partners_own_rate_goes_before_its_kinds_and_the_latest_holds() -> None:
    facts = {"partner_id": 7, "kind": PartyKind.PERSON}
    own = a_rate(7, on=JUNE, gain=Fraction(1, 10))
    known = [own, PERSONS, a_rate(8), a_rate(kind=PartyKind.ORGANISATION)]
    assert rate_for(known, **facts, on=date(2026, 3, 1)) is None
    assert rate_for(known, **facts, on=MARCH) is PERSONS
    assert rate_for(known, **facts, on=JUNE) is own
    again = a_rate(kind=PartyKind.PERSON, income=Fraction(0))
    assert rate_for([PERSONS, again], **facts, on=JUNE) is again


def test_tax_is_a_share_of_income_and_gain_to_the_fen() -> None:
    rate = a_rate(7, income=FIFTH, gain=Fraction(1, 10))
    tax = withheld(rate, partner_id=7, income=101, gain=3)
    assert tax is not None
    # 20.2 and 0.3 are 20.5, of which the half fen is rounded up.
    assert (tax.amount, tax.income, tax.gain, tax.rate) == (21, 101, 3, rate)
    assert withheld(rate, partner_id=7, income=0, gain=4) is None
    assert withheld(None, partner_id=7, income=100, gain=0) is None


def test_a_payment_pays_all_that_is_withheld_from_the_distributions_it_names() -> None:
    owed = [
        Owed(1, "DIST-001", 7, MARCH, 20),
        Owed(2, "DIST-001", 8, MARCH, 30),
        Owed(3, "DIST-002", 7, JUNE, 5),
    ]
    assert to_pay(owed, distributions=["DIST-001"], on=MARCH) == owed[:2]
    assert to_pay(owed, distributions=["DIST-002", "DIST-001"], on=JUNE) == [owed[2], *owed[:2]]
    for codes in ([], ["DIST-001", "DIST-001"]):
        with pytest.raises(TaxPaymentInvalid):
            to_pay(owed, distributions=codes, on=JUNE)
    with pytest.raises(NothingWithheld, match="DIST-003"):
        to_pay(owed, distributions=["DIST-003"], on=JUNE)
    with pytest.raises(TaxPaidTooEarly, match="2026-06-01"):
        to_pay(owed, distributions=["DIST-002"], on=MARCH)

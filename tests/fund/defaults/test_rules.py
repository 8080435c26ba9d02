"""When a partner is in default, what interest runs, and when it is cured."""

from datetime import date
from fractions import Fraction

import pytest

from fund.defaults.rules import (
    AboveInterest,
    DefaultState,
    DefaultTerms,
    DefaultTermsInvalid,
    InterestInvalid,
    InterestOutOfTime,
    NoticeToCome,
    NoticeTooEarly,
    NotInDefault,
    Payment,
    check_interest,
    check_notice,
    check_terms,
    cure_until,
    interest,
    state_of,
)
from kernel.errors import Refusal

DUE = date(2026, 3, 2)
RATE = Fraction(10, 100)


def ran(until: date, *payments: Payment, principal: int = 3_650_000) -> int:
    return interest(principal=principal, due_on=DUE, payments=payments, rate=RATE, until=until)


def test_interest_is_simple_and_by_actual_days_of_365() -> None:
    """36,500 yuan at 10 % are 10 yuan a day."""
    assert ran(DUE) == 0
    assert ran(date(2026, 3, 1)) == 0
    assert ran(date(2026, 3, 12)) == 100_00
    assert ran(date(2027, 3, 2)) == 3_650_00


def test_it_runs_on_what_is_still_owed_until_each_payment() -> None:
    half = Payment(date(2026, 3, 12), 1_825_000)
    rest = Payment(date(2026, 3, 22), 1_825_000)
    assert ran(date(2026, 3, 22), rest, half) == 150_00
    assert ran(date(2026, 12, 31), half, rest) == 150_00
    # What was paid before the due date earns nothing, and what is paid later is not known yet.
    assert ran(date(2026, 3, 12), Payment(date(2026, 2, 20), 1_825_000)) == 50_00
    assert ran(date(2026, 3, 11), half) == 90_00


def test_half_a_fen_is_rounded_up() -> None:
    assert ran(date(2026, 3, 3), principal=1825) == 1
    assert ran(date(2026, 3, 3), principal=1824) == 0


def test_terms_that_cannot_be_promised() -> None:
    check_terms(DefaultTerms(10, RATE))
    with pytest.raises(DefaultTermsInvalid) as found:
        check_terms(DefaultTerms(0, Fraction(2)))
    assert [problem.where for problem in found.value.problems] == ["cure_days", "rate"]
    assert cure_until(DUE, DefaultTerms(10, RATE)) == date(2026, 3, 12)


@pytest.mark.parametrize(
    ("owed", "noticed_on", "refusal"),
    [
        (100, DUE, NoticeToCome),
        (100, date(2026, 3, 21), NoticeToCome),
        (0, date(2026, 3, 3), NotInDefault),
    ],
)
def test_notice_is_given_of_something_overdue_and_on_a_day_that_has_come(
    owed: int, noticed_on: date, refusal: type[Refusal]
) -> None:
    facts = {"call": "CALL-001", "partner": "LP01", "due_on": DUE, "today": date(2026, 3, 20)}
    with pytest.raises(refusal):
        check_notice(owed=owed, noticed_on=noticed_on, **facts)
    check_notice(owed=100, noticed_on=date(2026, 3, 3), **facts)
    with pytest.raises(NoticeTooEarly, match=r"CALL-001 is due on 2026-03-02; .* from 2026-03-03 on"):
        check_notice(owed=100, noticed_on=noticed_on, **facts | {"today": DUE})


@pytest.mark.parametrize(
    ("amount", "reference", "on", "refusal"),
    [
        (0, "Z", DUE, InterestInvalid),
        (1, " ", DUE, InterestInvalid),
        (1, "Z", date(2026, 3, 1), InterestOutOfTime),
        (1, "Z", date(2026, 4, 1), InterestOutOfTime),
        (101, "Z", DUE, AboveInterest),
    ],
)
def test_interest_that_cannot_be_booked(
    amount: int, reference: str, on: date, refusal: type[Refusal]
) -> None:
    facts = {"owed": 100, "first": DUE, "today": date(2026, 3, 20)}
    with pytest.raises(refusal):
        check_interest(amount=amount, reference=reference, on=on, **facts)
    check_interest(amount=100, reference="Z", on=DUE, **facts)


@pytest.mark.parametrize(
    ("owed", "interest_owed", "today", "state"),
    [
        (100, 5, DUE, DefaultState.CURING),
        (0, 5, date(2026, 3, 3), DefaultState.PAST_CURE),
        (100, 0, date(2026, 3, 3), DefaultState.PAST_CURE),
        (0, 0, date(2026, 3, 3), DefaultState.CURED),
    ],
)
def test_where_a_default_stands(owed: int, interest_owed: int, today: date, state: DefaultState) -> None:
    facts = {"principal_owed": owed, "interest_owed": interest_owed, "until": DUE, "today": today}
    assert state_of(is_withdrawn=False, **facts) is state
    assert state_of(is_withdrawn=True, **facts) is DefaultState.WITHDRAWN

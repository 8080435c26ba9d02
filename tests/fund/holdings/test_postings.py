from datetime import date

from fund.holdings.postings import Act, disposal, income, purchase, revaluation
from fund.holdings.rules import IncomeKind
from fund.ledger.rules import Account, Posting, check_postings

ACT = Act("H01/SALE-1", "disposal:1", date(2026, 5, 1), 4, "氢材科技", {7: "LP01", 8: "LP02"})


def moves(postings: list[Posting]) -> list[tuple[str, str, str, int, int | None, int | None]]:
    check_postings(postings)
    return [
        (
            posting.reference.removeprefix("H01/SALE-1"),
            str(posting.debit),
            str(posting.credit),
            posting.amount,
            posting.debit_partner_id,
            posting.credit_partner_id,
        )
        for posting in postings
    ]


def net(postings: list[Posting], account: Account) -> int:
    return sum(p.amount * ((p.debit == account) - (p.credit == account)) for p in postings)


def test_a_purchase_turns_cash_into_cost() -> None:
    assert moves(purchase(ACT, cost=500)) == [("", "1200", "1000", 500, None, None)]
    assert purchase(ACT, cost=0) == []


def test_a_gain_comes_in_cash_and_is_the_partners() -> None:
    booked = disposal(ACT, cost=300, proceeds=500, gain={7: 150, 8: 50})
    assert moves(booked) == [
        ("/cost", "1000", "1200", 300, None, None),
        ("/gain/LP01", "1000", "4000", 150, None, 7),
        ("/gain/LP02", "1000", "4000", 50, None, 8),
    ]
    assert net(booked, Account.CASH) == 500


def test_a_loss_takes_cost_and_no_cash() -> None:
    booked = disposal(ACT, cost=300, proceeds=100, gain={7: -150, 8: -50})
    assert moves(booked) == [
        ("/cost", "1000", "1200", 100, None, None),
        ("/gain/LP01", "4000", "1200", 150, 7, None),
        ("/gain/LP02", "4000", "1200", 50, 8, None),
    ]
    assert net(booked, Account.CASH) == 100
    assert net(booked, Account.INVESTMENTS_AT_COST) == -300


def test_a_write_off_touches_no_cash() -> None:
    booked = disposal(ACT, cost=300, proceeds=0, gain={7: -300})
    assert moves(booked) == [("/gain/LP01", "4000", "1200", 300, 7, None)]


def test_income_is_by_kind() -> None:
    assert moves(income(ACT, IncomeKind.DIVIDEND, {7: 3})) == [("/LP01", "1000", "4200", 3, None, 7)]
    assert moves(income(ACT, IncomeKind.INTEREST, {8: 3})) == [("/LP02", "1000", "4300", 3, None, 8)]


def test_a_revaluation_goes_either_way() -> None:
    assert moves(revaluation(ACT, "", {7: 5, 8: -2})) == [
        ("/LP01", "1250", "4100", 5, 7, 7),
        ("/LP02", "4100", "1250", 2, 8, 8),
    ]

"""The ILPA rows are read off the books and hold in every quarter; what is booked past them is named."""

from fund.ledger.chart import Account
from fund.results.ilpa import assertions, breaks, prove_assertions, tables
from fund.results.queries import capital_account
from kernel.db import Tx
from kernel.periods import Quarter
from tests.builders.ledger import a_posting, booked, locked
from tests.builders.results import M, Played, at

QUARTERS = [Quarter(year, number) for year in (2023, 2024, 2025) for number in (1, 2, 3, 4)]


def test_they_hold_in_every_quarter_of_the_played_fund(tx: Tx, played: Played) -> None:
    for quarter in QUARTERS:
        found = assertions(tx, fund_id=played.fund_id, quarter=quarter)
        assert [one.code for one in found if not one.holds] == [], quarter
        assert breaks(tx, fund_id=played.fund_id, quarter=quarter) == []


def test_the_rows_are_the_capital_account(tx: Tx, played: Played) -> None:
    quarter = Quarter(2024, 4)
    found = tables(tx, fund_id=played.fund_id, quarter=quarter)
    for key in (None, played.partners["LP01"]):
        account = capital_account(tx, fund_id=played.fund_id, partner_id=key, quarter=quarter)
        for period in ("qtd", "ytd", "itd"):
            assert found[key][period][95] == getattr(account.row("closing"), period)
            assert found[key][period][12] == getattr(account.row("opening"), period)
            assert found[key][period][13] == getattr(account.row("contributions"), period)
            assert found[key][period][82] == getattr(
                account.row("management_fee") + account.row("expenses"), period
            )
    assert found[None]["itd"][109] == found[None]["itd"][108] == 100 * M
    assert found[None]["itd"][114] == 67 * M


def test_an_offset_that_was_never_recognised_is_named(tx: Tx, played: Played) -> None:
    offset = a_posting(
        reference="OFFSET",
        debit=Account.MANAGEMENT_FEE_PAYABLE,
        credit=Account.FEE_OFFSETS,
        credit_partner_id=played.partners["LP01"],
        holding_id=None,
        effective_on=QUARTERS[4].ends_on,
    )
    booked(tx, played.fund_id, [offset])
    told = [str(one) for one in breaks(tx, fund_id=played.fund_id, quarter=QUARTERS[4])]
    assert "ILPA 81 LP01 qtd: -10000 is not 0 (minor units)" in told
    assert list(prove_assertions(tx, fund_id=played.fund_id)) == []
    locked(tx, played.fund_id, QUARTERS[4], now=at(QUARTERS[-1].ends_on))
    proved = [one.row for one in prove_assertions(tx, fund_id=played.fund_id)]
    assert "ILPA 81 LP01 qtd 2024Q1" in proved

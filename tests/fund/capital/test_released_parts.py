"""What is released of an expense or of income around later closes: nothing depends on what is written down first."""

from datetime import date

import pytest

from fund.ledger.chart import Account
from fund.ledger.queries import balances
from fund.partners.queries import codes_in_order
from fund.results.proof import prove
from kernel.db import Tx
from tests.fund.capital.orderings import Book, Fact, M, a_fund, by_day, close, in_order
from tests.fund.capital.settled_facts import Released, earned_in_part, owed
from tests.scenes import Scene

CLOSED_2, DUE_2 = date(2026, 6, 8), date(2026, 6, 29)
CLOSED_3, DUE_3 = date(2026, 6, 15), date(2026, 7, 6)
BEFORE, FIRST, BOTH, BETWEEN, AFTER = (
    date(2026, 5, 20),
    date(2026, 6, 10),
    date(2026, 6, 17),
    date(2026, 7, 1),
    date(2026, 7, 10),
)
LAST = date(2026, 8, 14)
CLOSES = (close(2, "LP03", 50 * M, CLOSED_2, DUE_2), close(3, "LP04", 30 * M + 1, CLOSED_3, DUE_3))


def halves(first: date, second: date) -> list[Released]:
    """Two parts of odd amounts, the first of which is taken back."""
    return [Released(first, 1_000_003, LAST), Released(second, 2_000_003)]


FACTS: dict[str, list[Fact]] = {
    "expenses": [
        *owed("O1", BEFORE, 8_000_003, halves(FIRST, BOTH)),
        *owed("O2", FIRST, 8_000_003, [Released(FIRST, 1_000_003, BOTH), Released(BOTH, 1_000_001)]),
        *owed("O3", DUE_2, 8_000_003, halves(DUE_2, AFTER)),
        *owed("O4", FIRST, 8_000_003, [Released(FIRST, 1_000_003, BOTH)], BETWEEN),
    ],
    "income": [
        *earned_in_part("I1", FIRST, 7_000_003, halves(BOTH, AFTER)),
        *earned_in_part("I2", BOTH, 7_000_003, halves(BETWEEN, AFTER), is_held=True),
        *earned_in_part("I3", BETWEEN, 7_000_003, halves(AFTER, LAST), is_held=True),
    ],
}


@pytest.mark.parametrize("which", FACTS)
def test_what_is_released_is_the_same_in_whatever_order_all_is_written_down(scene: Scene, which: str) -> None:
    tx, (fund, held) = scene(a_fund)
    facts = [*CLOSES, *FACTS[which]]
    names = [one.name for one in facts]
    first = found = None
    for order in (by_day(facts), [*names[2:], *names[:2]], [names[2], *names[:2], *names[3:]]):
        with tx.begin_nested() as whole:
            book = Book(tx, fund, held)
            book.write(in_order(facts, order))
            found = book.standing(sorted({one.on for one in facts} | {DUE_2, DUE_3, LAST}))
            whole.rollback()
        first = first or found
        assert found == first


def test_of_an_expense_released_after_a_close_was_written_down_late_the_newcomer_has_its_part(
    scene: Scene,
) -> None:
    """LP03 bears a third of it from its own day on, so a third of what is released in July is its own."""
    tx, (fund, held) = scene(a_fund)
    parts = [Released(BETWEEN, 1_000_003), Released(AFTER, 2_000_002)]
    cost, first, second = owed("O1", FIRST, 3_000_005, parts)
    book = Book(tx, fund, held)
    book.write([cost, CLOSES[0], first])
    assert audit(tx, fund.fund_id) == {"LP01": -800_001, "LP02": -533_334, "LP03": -666_667}
    book.write([second])
    assert audit(tx, fund.fund_id) == {}
    assert prove(tx, fund_id=fund.fund_id) == []


def audit(tx: Tx, fund_id: int) -> dict[str, int]:
    """What each partner bears of audits in the end."""
    codes = codes_in_order(tx, fund_id=fund_id)
    rows = balances(tx, fund_id=fund_id, as_of=LAST, accounts=[Account.AUDIT], by=("partner",))
    return {codes[one.partner_id]: one.amount for one in rows if one.partner_id is not None and one.amount}

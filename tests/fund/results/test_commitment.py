from datetime import date

import pytest

from fund.capital.calls import cancel_call
from fund.results.queries import commitment_account
from fund.results.rules import Periods
from kernel.db import Tx
from kernel.periods import Quarter
from tests.builders.results import APPROVER, M, Played, a_played_fund, at, called
from tests.scenes import Scene


@pytest.fixture
def staged(scene: Scene) -> tuple[Tx, Played]:
    """Nothing is written down after 2024, so that what the tests write down keeps its own instants."""
    return scene(a_played_fund, marked_until=2024)


@pytest.fixture
def young(staged: tuple[Tx, Played]) -> Played:
    return staged[1]


def test_roll_forward_of_a_partner(tx: Tx, young: Played) -> None:
    one = young.partners["LP01"]
    found = commitment_account(tx, fund_id=young.fund_id, partner_id=one, quarter=Quarter(2024, 3))
    first, second = M * 138 // 10, 6 * M
    assert found.commitment == 60 * M
    assert found.row("opening_unfunded") == Periods(60 * M - first, 0, 60 * M)
    assert found.row("committed") == Periods(0, 60 * M, 0)
    assert found.row("contributions") == Periods(-second, -first - second, -first - second)
    assert found.row("closing_unfunded") == Periods(*[60 * M - first - second] * 3)
    assert found.unfunded == 60 * M - first - second


def test_every_column_adds_up_and_partners_sum_to_the_fund(tx: Tx, young: Played) -> None:
    for quarter in (Quarter(2024, 1), Quarter(2024, 3), Quarter(2025, 4)):
        whole = commitment_account(tx, fund_id=young.fund_id, quarter=quarter)
        parts = [
            commitment_account(tx, fund_id=young.fund_id, partner_id=key, quarter=quarter)
            for key in young.partners.values()
        ]
        for row in whole.rows:
            assert sum((part.row(row.code) for part in parts), start=Periods(0, 0, 0)) == row.amounts
        moves = [row.amounts for row in whole.rows if row.code != "closing_unfunded"]
        assert sum(moves, start=Periods(0, 0, 0)) == whole.row("closing_unfunded")
        assert whole.row("released") == Periods(0, 0, 0)


def test_a_cancelled_call_was_not_called(tx: Tx, young: Played) -> None:
    call = called(
        tx,
        young.fund_id,
        notice_on=date(2025, 2, 20),
        due_on=date(2025, 3, 14),
        investment=5 * M,
    )
    cancel_call(
        tx,
        APPROVER,
        call_id=call.id,
        reason="the deal fell through",
        cancelled_on=date(2025, 3, 3),
        now=at(date(2025, 3, 3)),
    )
    found = commitment_account(tx, fund_id=young.fund_id, quarter=Quarter(2025, 1))
    assert found.row("contributions").qtd == 0
    assert found.row("returned").qtd == 0
    assert found.row("closing_unfunded").qtd == 67 * M


def test_what_was_known_of_a_commitment_stays_as_it_was(tx: Tx, young: Played) -> None:
    call = called(
        tx,
        young.fund_id,
        notice_on=date(2026, 2, 20),
        due_on=date(2026, 3, 13),
        investment=5 * M,
    )
    facts = {"fund_id": young.fund_id, "quarter": Quarter(2026, 1)}
    then = commitment_account(tx, known_at=at(date(2026, 4, 1)), **facts)
    cancel_call(
        tx,
        APPROVER,
        call_id=call.id,
        reason="the deal fell through",
        cancelled_on=date(2026, 3, 20),
        now=at(date(2026, 4, 2)),
    )
    assert commitment_account(tx, known_at=at(date(2026, 4, 1)), **facts) == then
    assert then.row("closing_unfunded").qtd == 62 * M
    now = commitment_account(tx, known_at=at(date(2026, 4, 2)), **facts)
    assert now.row("closing_unfunded").qtd == 67 * M
    before = commitment_account(tx, known_at=at(date(2026, 2, 19)), **facts)
    assert before.row("contributions") == now.row("contributions")

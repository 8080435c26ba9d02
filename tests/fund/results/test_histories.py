"""Whatever happens to a fund in whatever order: its rows prove themselves, and what was answered stays answered.

`--histories 200` plays so many; by default just a few. How many were played and what was booked in them is printed.
"""

from collections import Counter
from datetime import date

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from fund.ledger.queries import balances
from fund.results.ilpa import assertions
from fund.results.proof import prove
from kernel.db import Tx
from kernel.periods import Quarter
from tests.fund.results.closing_histories import KINDS as CLOSING
from tests.fund.results.closing_histories import begun_closing
from tests.fund.results.histories import KINDS, History, begun
from tests.fund.results.netted_histories import KINDS as BOTH_WAYS
from tests.fund.results.netted_histories import begun_both_ways


def _steps(kinds: tuple[str, ...]) -> st.SearchStrategy[list[tuple[str, int, int]]]:
    one = st.tuples(st.sampled_from(kinds), st.integers(1, 20), st.integers(0, 10**6))
    return st.lists(one, min_size=10, max_size=26)


FIRST = (("call", 1, 8), ("receive", 20, 1), ("buy", 1, 3))
# So that there is something to give back, and no later close any more.
PAID_OUT = ("distribute", 3, 190_000_000)


KINDS_OF = {"one": KINDS, "both": BOTH_WAYS, "closes": CLOSING}


def _begun(tx: Tx, ways: str, *, restores: bool) -> History:
    if ways == "closes":
        return begun_closing(tx)
    return begun(tx) if ways == "one" else begun_both_ways(tx, restores=restores)


def _with_closes(steps: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """The steps with a first close soon, so that all have one, and a second one soon after it in two of three."""
    found = [*steps[:2], ("close", 3, steps[0][2]), *steps[2:]]
    return found if steps[1][2] % 3 == 0 else [*found[:5], ("close", 4, steps[1][2]), *found[5:]]


@pytest.mark.parametrize("ways", ["one", "both", "closes"])
def test_a_fund_proves_itself_whatever_happens_to_it(
    tx: Tx, request: pytest.FixtureRequest, ways: str
) -> None:
    seen: Counter[str] = Counter()

    @settings(
        max_examples=request.config.getoption("--histories"),
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(steps=_steps(KINDS_OF[ways]), restores=st.booleans(), pays=st.booleans())
    def play(steps: list[tuple[str, int, int]], restores: bool, pays: bool) -> None:
        if ways == "closes":
            steps = _with_closes(steps)
        with tx.begin_nested() as whole:
            history = _begun(tx, ways, restores=restores)
            for step in (*FIRST, *([PAID_OUT] if ways == "both" and pays else []), *steps):
                history.step(*step)
            _holds(history)
            seen.update(["histories", *history.booked, *(f"refused {one}" for one in history.refused)])
            whole.rollback()

    play()
    print(dict(seen.most_common()))
    assert seen["histories"] > 0


def _holds(history: History) -> None:
    """What must hold at the end, of every row, quarter and day that has passed."""
    tx, fund_id = history.tx, history.fund.fund_id
    assert prove(tx, fund_id=fund_id) == []
    quarter = Quarter.containing(history.today)
    for one in (quarter.previous, quarter):
        assert [found for found in assertions(tx, fund_id=fund_id, quarter=one) if not found.holds] == []
    for on, answered in history.answers:
        assert history.standing(on, known=True) == answered


@pytest.mark.parametrize("day", [date(2026, 3, 5), date(2026, 4, 30)])
def test_the_order_of_recording_changes_no_answer(tx: Tx, day: date) -> None:
    """An expense, a charged fee and a mark, each of another day, recorded in either order."""
    acts = (("expense", 0, 77), ("fee", 0, 1), ("mark", 0, 1))
    found = []
    for order in (acts, acts[::-1]):
        with tx.begin_nested() as whole:
            history = begun(tx)
            for step in FIRST:
                history.step(*step)
            on = [history.today + date.resolution * (1 + acts.index(act)) for act in order]
            for (kind, _, number), then in zip(order, on, strict=True):
                history.today = then
                history.step(kind, 0, number)
            rows = balances(tx, fund_id=history.fund.fund_id, as_of=day)
            codes = {key: code for code, key in history.fund.partners.items()}
            found.append(
                {
                    (row.account, codes.get(row.partner_id or 0), row.holding_id is None): row.amount
                    for row in rows
                }
            )
            assert set(history.booked) >= {"expense", "fee", "mark"}
            whole.rollback()
    assert found[0] == found[1]

"""Plays random facts by days and in orders drawn at random, and holds what stands against each other."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from random import Random

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kernel.db import Tx
from kernel.errors import Refusal
from tests.fund.capital.orderings import Book, Fact, Standing, by_day, in_order


def play_in_any_order(
    tx: Tx, book: Callable[[], Book], facts: st.SearchStrategy[list[Fact]], *, histories: int, until: date
) -> Counter[str]:
    """Write each history down by days and in two other orders; what was played, and what was refused.

    What stands on every account, of every partner and holding, is compared on every day on which something happened,
    and on the day `until` which all of it did.
    """
    seen: Counter[str] = Counter()

    def written(order: list[str], happened: list[Fact]) -> Standing | None:
        with tx.begin_nested() as whole:
            try:
                its = book()
                its.write(in_order(happened, order))
                days = {one.on for one in happened} | {one.due_on for one in happened if one.due_on}
                return its.standing(sorted({*days, until}))
            except Refusal as refusal:
                seen[f"refused {refusal.code}"] += 1
                return None
            finally:
                whole.rollback()

    @settings(
        max_examples=histories,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(happened=facts, random=st.randoms(use_true_random=False))
    def play(happened: list[Fact], random: Random) -> None:
        names = [one.name for one in happened]
        first = written(by_day(happened), happened)
        for _ in range(2):
            found = written(random.sample(names, len(names)), happened)
            if first is None or found is None:
                continue
            seen["orders compared"] += 1
            assert found == first
        seen.update(["histories", *(re.sub(r"-[0-9]+", "", one.name) for one in happened)])

    play()
    return seen

"""Random facts of a fund with one to three later closes say the same in whatever order they are written down.

Each history is a handful of facts, each with its own day; it is written down by days and in two orders drawn at random.
`--histories 200` plays so many; by default just a few. What was played, and what was refused, is printed.
"""

from dataclasses import replace

import pytest

from tests.fund.capital.any_facts import LAST_DAY, facts, facts_and_parts
from tests.fund.capital.any_order import play_in_any_order
from tests.fund.capital.orderings import Book, a_fund_of_two
from tests.fund.capital.passing_facts import BookOfInterests
from tests.scenes import Scene


def test_facts_say_the_same_in_whatever_order_they_are_written_down(
    scene: Scene, request: pytest.FixtureRequest
) -> None:
    tx, (fund, held) = scene(a_fund_of_two)
    histories = request.config.getoption("--histories")
    book = Book(tx, fund, held)
    seen = play_in_any_order(tx, lambda: replace(book), facts(), histories=histories, until=LAST_DAY)
    print(dict(seen.most_common()))
    assert seen["histories"] > 0


def test_facts_say_the_same_around_parts_of_interests_that_pass(
    scene: Scene, request: pytest.FixtureRequest
) -> None:
    """Parts of interests pass for good in the midst of the facts: what is of before passes on, to the fen."""
    tx, (fund, held) = scene(a_fund_of_two)
    histories = request.config.getoption("--histories")
    book = BookOfInterests(tx, fund, held)
    seen = play_in_any_order(
        tx, lambda: replace(book), facts_and_parts(), histories=histories, until=LAST_DAY
    )
    print(dict(seen.most_common()))
    assert seen["histories"] > 0

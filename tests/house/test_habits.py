"""The house keeps its habits, and each habit catches what it is there for."""

import pytest

from tests.house import habits
from tests.house.tree import parse, sources


@pytest.mark.parametrize("habit", habits.HABITS, ids=lambda habit: habit.__name__)
def test_the_house_keeps_its_habits(habit: habits.Habit) -> None:
    complaints = [complaint for source in sources() for complaint in habit(source)]
    assert complaints == []


BROKEN = {
    habits.commits_only_at_the_edge: ("fund/ledger/actions.py", "def f(tx):\n    tx.commit()\n"),
    habits.no_float_near_money: ("fund/fees/rules.py", "def fee(x):\n    return x * 0.02\n"),
    habits.small_files: ("fund/fees/rules.py", "\n" * 301),
    habits.small_functions: ("fund/fees/rules.py", "def f():\n" + "    x = 1\n" * 50),
    habits.imports_at_the_top: ("fund/fees/rules.py", "def f():\n    import os\n"),
    habits.plain_names: ("fund/fees/utils.py", "x = 1\n"),
    habits.nothing_silenced: ("fund/fees/rules.py", "x = 1  # type" + ": ignore\n"),
    habits.actions_are_told: (
        "fund/fees/actions.py",
        "def pay(tx, actor, amount, *, now):\n    return amount\n",
    ),
    habits.facts_as_people_read_them: (
        "fund/fees/rules.py",
        "def f(a, b):\n    if a:\n        raise Above(amount=b.amount)\n",
    ),
}


@pytest.mark.parametrize("habit", habits.HABITS, ids=lambda habit: habit.__name__)
def test_a_broken_habit_is_caught(habit: habits.Habit) -> None:
    path, text = BROKEN[habit]
    assert list(habit(parse(path, text)))


@pytest.mark.parametrize("tail", ["amount", "amount, now=EPOCH"])
def test_an_action_that_is_not_told_now_is_caught(tail: str) -> None:
    source = parse("fund/fees/actions.py", f"def pay(tx, actor, *, {tail}):\n    return amount\n")
    assert list(habits.actions_are_told(source))


@pytest.mark.parametrize(
    "text",
    ["raise Above(rate=str(rate))", "Problem('rate', says, {'rate': str(rate)})", "raise Above(paid=a - b)"],
)
def test_raw_figures_in_refusals_are_caught(text: str) -> None:
    assert list(habits.facts_as_people_read_them(parse("fund/fees/rules.py", text)))
    printed = text.replace("str(", "format_percent(").replace("a - b", "format_amount(a - b)")
    assert not list(habits.facts_as_people_read_them(parse("fund/fees/rules.py", printed)))


@pytest.mark.parametrize(
    "text", ["try:\n    f()\nexcept Exception:\n    g()\n", "raise NotImplementedError\n"]
)
def test_swallowed_surprises_and_stubs_are_caught(text: str) -> None:
    assert list(habits.nothing_silenced(parse("fund/fees/rules.py", text)))

"""The template's rows are its own, in its order, and its formulas are those that the rules compute."""

import re

from fund.results.ilpa_form import OTHERS, expenses, form, needs_note, whole
from fund.results.ilpa_rules import PERIODS, SUMS, column
from tests.builders.ilpa import sample


def test_every_row_in_its_order_under_its_own_name() -> None:
    rows = form()
    assert [row.number for row in rows] == [*range(12, 105), *range(108, 115), *range(119, 132)]
    labels = {row.number: row.label for row in rows}
    assert labels[12] == "Beginning NAV – Net of Accrued/Earned/Paid Carried Interest"
    assert labels[18] == "Total Cash / Non-Cash Flows (Contributions, Less Distributions)"
    assert labels[131] == "Total Received by the Investment Adviser & Related Persons"
    assert {row.formula for row in rows if not row.formula.startswith("=")} == {"input", "heading"}
    assert [row.number for row in rows if row.is_heading] == [19, 20, 26, 35, 63, 86]
    assert tuple(row.number for row in rows if "*" in row.label.replace("****", "")) == OTHERS


def test_its_formulas_give_every_computed_row() -> None:
    """Each formula as the template writes it, over a column in which no two inputs are the same."""
    found = whole(
        column({row: row * row for row in range(12, 115) if row not in SUMS}),
        {row: row * row for row in (*range(119, 129), 130)},
    )
    for row in form():
        if row.formula.startswith("="):
            assert computed(row.formula, found) == found[row.number], row


def computed(formula: str, found: object) -> int:
    terms = re.findall(r"([-=])(SUM\(([^)]*)\)|[0-9]+)", formula)
    total = 0
    for sign, term, inner in terms:
        total += (-1 if sign == "-" else 1) * sum(amounts(inner or term, found))
    return total


def amounts(areas: str, found: object) -> list[int]:
    assert isinstance(found, dict)
    ends = [area.split(":") for area in areas.split(",")]
    return [found[row] for area in ends for row in range(int(area[0]), int(area[-1]) + 1)]


def test_the_sample_comes_out_of_the_whole_form() -> None:
    found = {period: whole(rows, {121: 165_200}) for period, rows in sample().items()}
    assert [found[period][95] for period in PERIODS] == [45_673_600] * 3
    assert [found[period][114] for period in PERIODS] == [18_500_000] * 3
    assert [found[period][82] for period in PERIODS] == [found[period][85] for period in PERIODS]
    assert [found[period][131] for period in PERIODS] == [165_200] * 3
    assert all(row.number in found["qtd"] for row in form())


def test_more_than_a_twentieth_of_the_expenses_needs_a_note() -> None:
    found = whole(column({57: -50, 41: -950, 21: -9_000}), {127: 51})
    assert expenses(found) == 1_000
    assert not needs_note(found, 57)
    assert needs_note(found, 127)
    assert needs_note(whole(column({57: -51, 41: -949}), {}), 57)
    assert not needs_note(whole(column({}), {}), 57)
    assert needs_note(whole(column({74: 1}), {}), 74)

"""The rows of the ILPA Reporting Template v2.0 (A.1) by their numbers, their formulas, and what must hold among them.

Pure. Amounts are whole minor units, signed by their effect on wealth. Offsets recognised (64 to 74, 78) are read from
their own rows, since recognising one books nothing. Rows that the fund has no source for are zero: the adviser's own
staff (27 to 33), offsets to other expenses (60), values of the 2016 template (58, 75). The form and the rows below 114
are in `ilpa_form`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fund.fees.rules import EXPENSE_ROWS
from fund.ledger.chart import Account, expense_account
from kernel.errors import Problem

PERIODS = ("qtd", "ytd", "itd")

# The rows that are read from accounts. Gains are net of carried interest, as the net asset value is.
READ: Mapping[int, tuple[Account, ...]] = {
    13: (Account.CONTRIBUTIONS, Account.GIVEN_BACK),
    14: (Account.DISTRIBUTIONS,),
    15: (Account.OFFERING_COSTS,),
    16: (Account.PLACEMENT_FEES,),
    17: (Account.TRANSFERS,),
    21: (Account.MANAGEMENT_FEE,),
    22: (Account.FEE_REBATES,),
    23: (Account.FEE_WAIVERS,),
    24: (Account.FEE_OFFSETS,),
    **{row: (expense_account(row),) for row in EXPENSE_ROWS},
    87: (Account.INTEREST_INCOME,),
    88: (Account.DIVIDEND_INCOME,),
    89: (Account.OTHER_INCOME,),
    92: (Account.REALISED_GAIN, Account.CARRY_EARNED, Account.CARRY_ESCROWED, Account.CARRY_RETURNED),
    93: (Account.UNREALISED_GAIN, Account.CARRY_ACCRUED),
    97: (Account.CARRY_ACCRUED,),
    98: (Account.CARRY_EARNED, Account.CARRY_ESCROWED, Account.CARRY_RETURNED),
}

# What the template adds up, in the order in which it can be computed.
SUMS: Mapping[int, tuple[int, ...]] = {
    18: (13, 14, 15, 16, 17),
    25: (21, 22, 23, 24),
    32: (27, 28, 29, 30, 31),
    34: (32, 33),
    59: tuple(range(36, 59)),
    61: (59, 60),
    62: (34, 61),
    76: tuple(range(64, 76)),
    77: (24, 33, 60),
    79: (76,),
    80: (77,),
    82: (25, 34, 61),
    83: (21, 32, 59),
    84: (77, 22, 23),
    85: (83, 84),
    90: (87, 88, 89),
    91: (82, 90),
    94: (92, 93),
    95: (12, 18, 91, 94),
    100: (97, 98),
    103: (96, 100, 101, 102),
    114: (109, 110, 111, 112, 113),
}
LAST_ROW = 114
# The rows that move: since inception they are what they were a quarter ago and what the quarter added.
MOVING = tuple(
    row for row in (*READ, *range(64, 75), 101, 102, 110, 111, 112, *SUMS) if row not in {95, 103, 114}
)

Column = Mapping[int, int]
# Whose it is (None: the whole fund), and its three columns by period.
Tables = Mapping[int | None, Mapping[str, Column]]


@dataclass(frozen=True)
class Difference:
    """Where two figures should be the same: row, whose (None: the fund's), column, and the two."""

    row: int
    partner_id: int | None
    period: str
    one: int
    other: int


@dataclass(frozen=True)
class Assertion:
    """Something that must hold before anything is published, and every place where it does not."""

    code: str
    broken: tuple[Difference, ...]

    @property
    def holds(self) -> bool:
        """Whether it holds everywhere."""
        return not self.broken


def column(given: Mapping[int, int]) -> Column:
    """A whole column from its inputs: what is not given is zero, what the template computes is computed."""
    found = {row: given.get(row, 0) for row in range(12, LAST_ROW + 1)}
    for row, parts in SUMS.items():
        found[row] = sum(found[part] for part in parts)
    found[81] = found[78] + found[79] - found[80]
    found[104] = found[95] - found[103]
    return found


def assertions(now: Tables, before: Tables) -> tuple[Assertion, ...]:
    """The seven assertions over a quarter's tables, those of the quarter before beside them."""
    return tuple(
        Assertion(code, tuple(found))
        for code, found in (
            ("value_in_all_columns", _equal(now, 95)),
            ("unfunded_in_all_columns", _equal(now, 114)),
            ("fees_both_ways", _same(now, 82, 85)),
            ("opens_as_last_closed", _opens(now, before)),
            ("partners_sum_to_fund", _summed(now)),
            ("life_rolls_on", _rolls(now, before)),
            ("offsets_not_below_zero", _offsets(now)),
        )
    )


def problems(found: Sequence[Assertion], codes: Mapping[int, str]) -> list[Problem]:
    """Every break as it is told: the row, whose, the column, and the two figures."""
    return [
        Problem(
            f"ILPA {one.row} {codes.get(one.partner_id or 0, '')} {one.period}".replace("  ", " "),
            "{one} is not {other} (minor units)",
            {"one": one.one, "other": one.other},
        )
        for assertion in found
        for one in assertion.broken
    ]


def _equal(now: Tables, row: int) -> Iterator[Difference]:
    for key, columns in now.items():
        for period in PERIODS[1:]:
            if columns[period][row] != columns["qtd"][row]:
                yield Difference(row, key, period, columns[period][row], columns["qtd"][row])


def _same(now: Tables, row: int, other: int) -> Iterator[Difference]:
    for key, columns in now.items():
        for period in PERIODS:
            if columns[period][row] != columns[period][other]:
                yield Difference(row, key, period, columns[period][row], columns[period][other])


def _opens(now: Tables, before: Tables) -> Iterator[Difference]:
    for key, columns in now.items():
        for opening, closing in ((12, 95), (78, 81), (109, 114)):
            was = before[key]["qtd"][closing] if key in before else 0
            if columns["qtd"][opening] != was:
                yield Difference(opening, key, "qtd", columns["qtd"][opening], was)


def _summed(now: Tables) -> Iterator[Difference]:
    for period in PERIODS:
        for row in range(12, LAST_ROW + 1):
            parts = sum(columns[period][row] for key, columns in now.items() if key is not None)
            if now[None][period][row] != parts:
                yield Difference(row, None, period, now[None][period][row], parts)


def _rolls(now: Tables, before: Tables) -> Iterator[Difference]:
    """Since inception the template opens with the whole commitment, so that 109 and 113 roll on together."""
    for key, columns in now.items():
        was = before[key]["itd"] if key in before else column({})
        for row in MOVING:
            rolled = was[row] + columns["qtd"][row]
            if columns["itd"][row] != rolled:
                yield Difference(row, key, "itd", columns["itd"][row], rolled)
        promised, rolled = (
            columns["itd"][109] + columns["itd"][113],
            was[109] + was[113] + columns["qtd"][113],
        )
        if promised != rolled:
            yield Difference(109, key, "itd", promised, rolled)


def _offsets(now: Tables) -> Iterator[Difference]:
    for key, columns in now.items():
        for period in PERIODS:
            if columns[period][81] < 0:
                yield Difference(81, key, period, columns[period][81], 0)

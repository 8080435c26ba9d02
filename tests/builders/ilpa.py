"""The worked sample of the ILPA Reporting Template, and a report that carries it."""

from dataclasses import replace

from fund.results.ilpa_form import VERSION, form, whole
from fund.results.ilpa_rules import PERIODS, Column, column
from lp_reports.facts import Periods
from lp_reports.ilpa_facts import Ilpa, IlpaCause, IlpaNote, IlpaRow
from lp_reports.snapshot import Figures
from tests.builders.reports import sample_figures

# One partner of the template's own sample at 2026-06-30, in yuan: row, QTD, YTD, ITD.
SAMPLE = (
    (12, 45_067_000, 38_196_000, 0),
    (13, 0, 5_000_000, 35_000_000),
    (14, -1_250_000, -5_000_000, -19_000_000),
    (16, 0, 0, -40_000),
    (21, -187_500, -750_000, -6_625_000),
    (23, 0, 7_500, 25_000),
    (24, 82_600, 346_500, 1_538_521),
    (31, -1_250, -2_500, -17_500),
    (57, -46_750, -152_280, -530_929),
    (87, 9_500, 28_380, 223_508),
    (93, 2_000_000, 8_000_000, 35_100_000),
    (109, 18_500_000, 23_500_000, 50_000_000),
    (110, 0, -5_000_000, -35_000_000),
    (111, 0, 0, 3_500_000),
)


def sample() -> dict[str, Column]:
    return {
        period: column({row: amounts[at] for row, *amounts in SAMPLE}) for at, period in enumerate(PERIODS)
    }


def sample_ilpa() -> Ilpa:
    """The sample, in fen, as the partner's columns; the fund has twice as much and the general partner nothing."""
    found = {period: whole(rows, {119: 40_000, 127: 2_500}) for period, rows in sample().items()}

    def times(number: int, factor: int) -> Periods:
        return Periods(**{period: rows[number] * 100 * factor for period, rows in found.items()})

    rows = (
        IlpaRow(
            row.number,
            row.label,
            row.formula,
            *(None if row.is_heading else times(row.number, factor) for factor in (1, 2, 0)),
        )
        for row in form()
    )
    causes = (IlpaCause("年会场地", -90_000_00), IlpaCause("=1+1", -3_500_00))
    return Ilpa(VERSION, tuple(rows), (IlpaNote(57, "qtd", -93_500_00, 96_000_00, causes),))


def figures_with_ilpa() -> Figures:
    """The sample report with the sample template."""
    return replace(sample_figures(), ilpa=sample_ilpa())

"""The ILPA Reporting Template of a partner: its own columns, the whole fund's and the general partner's."""

from collections.abc import Sequence

from fund.results.ilpa_form import VERSION, FormRow, form
from fund.results.ilpa_template import Columns, Note, general_columns
from lp_reports.facts import Periods
from lp_reports.gathering.whole import Whole
from lp_reports.ilpa_facts import Ilpa, IlpaCause, IlpaNote, IlpaRow
from lp_reports.rules import SOMEBODY, conceal


def ilpa(whole: Whole, *, partner_id: int, hidden: Sequence[str]) -> Ilpa:
    """Every row of the template; what a note says names none of the `hidden` partners."""
    general_id = next((one.id for one in whole.partners if one.is_general), None)
    yours, fund = (whole.template.columns(key) for key in (partner_id, None))
    general = general_columns(whole.template, general_id)
    rows = tuple(
        IlpaRow(
            row.number,
            row.label,
            row.formula,
            _amounts(row, yours),
            _amounts(row, fund),
            _amounts(row, general),
        )
        for row in form()
    )
    return Ilpa(VERSION, rows, tuple(_note(one, hidden) for one in whole.notes))


def _amounts(row: FormRow, columns: Columns) -> Periods | None:
    if row.is_heading:
        return None
    return Periods(**{period: column[row.number] for period, column in columns.items()})


def _note(note: Note, hidden: Sequence[str]) -> IlpaNote:
    causes = tuple(IlpaCause(conceal(one.says, hidden, SOMEBODY), one.amount) for one in note.causes)
    return IlpaNote(note.row, note.period, note.amount, note.expenses, causes)

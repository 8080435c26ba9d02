"""The ILPA Reporting Template of a partner: its own columns, the whole fund's and the general partner's."""

from collections.abc import Sequence
from datetime import datetime

from fund.partners import queries as partner_queries
from fund.partners.queries import PartnerSheet
from fund.results.ilpa_form import VERSION, FormRow, form
from fund.results.ilpa_template import Columns, Note, template
from kernel.db import Tx
from kernel.periods import Quarter
from lp_reports.facts import Periods
from lp_reports.ilpa_facts import Ilpa, IlpaCause, IlpaNote, IlpaRow
from lp_reports.rules import SOMEBODY, conceal


def ilpa(tx: Tx, *, own: PartnerSheet, quarter: Quarter, known_at: datetime, hidden: Sequence[str]) -> Ilpa:
    """Every row of the template; what a note says names none of the `hidden` partners."""
    partners = partner_queries.partners(tx, fund_id=own.fund_id, as_of=quarter.ends_on)
    found = template(
        tx,
        fund_id=own.fund_id,
        partner_id=own.id,
        general_id=next((one.id for one in partners if one.is_general), None),
        quarter=quarter,
        known_at=known_at,
    )
    rows = tuple(
        IlpaRow(
            row.number,
            row.label,
            row.formula,
            _amounts(row, found.yours),
            _amounts(row, found.fund),
            _amounts(row, found.general),
        )
        for row in form()
    )
    return Ilpa(VERSION, rows, tuple(_note(one, hidden) for one in found.notes))


def _amounts(row: FormRow, columns: Columns) -> Periods | None:
    if row.is_heading:
        return None
    return Periods(**{period: column[row.number] for period, column in columns.items()})


def _note(note: Note, hidden: Sequence[str]) -> IlpaNote:
    causes = tuple(IlpaCause(conceal(one.says, hidden, SOMEBODY), one.amount) for one in note.causes)
    return IlpaNote(note.row, note.period, note.amount, note.expenses, causes)

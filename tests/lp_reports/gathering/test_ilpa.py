"""A report's ILPA Reporting Template: whole, of its own partner, and absent from what was frozen before."""

import json
from datetime import timedelta
from io import BytesIO

import openpyxl

from fund.results.ilpa import tables
from fund.results.ilpa_form import form
from kernel.db import Tx
from lp_reports import snapshot
from lp_reports.canonical import fingerprint
from lp_reports.checks import inconsistencies
from lp_reports.facts import Periods
from lp_reports.gathering.names import known_names
from lp_reports.ilpa_facts import Ilpa
from lp_reports.models import ReportSnapshot
from lp_reports.queries import prove_reports
from lp_reports.workbook import workbook
from tests.builders.archive import AFTER, QUARTER, Archive, figures_of, frozen


def gathered(tx: Tx, archive: Archive, code: str) -> Ilpa:
    figures = figures_of(
        tx, fund_id=archive.fund_id, partner_id=archive.partners[code], quarter=QUARTER, now=AFTER
    )
    assert inconsistencies(figures) == []
    assert figures.ilpa
    return figures.ilpa


def test_every_row_is_that_of_the_books(tx: Tx, archive: Archive) -> None:
    known = tables(tx, fund_id=archive.fund_id, quarter=QUARTER, known_at=AFTER)
    found = gathered(tx, archive, "LP01")
    assert [(row.number, row.label, row.formula) for row in found.rows] == [
        (row.number, row.label, row.formula) for row in form()
    ]
    keys = {"yours": archive.partners["LP01"], "fund": None, "general": archive.partners["GP"]}
    for row in found.rows:
        for whose, key in keys.items():
            amounts = getattr(row, whose)
            if row.formula == "heading":
                assert amounts is None
            elif row.number <= 114:
                assert amounts == Periods(**{period: one[row.number] for period, one in known[key].items()})
            else:
                assert amounts == Periods(0, 0, 0)
    assert found.rows[83].number == 95
    assert found.rows[83].yours != found.rows[83].general


def test_it_holds_no_other_partners_figures_or_name(tx: Tx, archive: Archive) -> None:
    own, other = gathered(tx, archive, "LP01"), gathered(tx, archive, "LP02")
    told = {one for row in own.rows for one in (row.yours, row.fund, row.general)}
    apart = {
        row.yours for row in other.rows if row.yours not in {Periods(0, 0, 0), None, row.fund, row.general}
    }
    assert apart
    assert not apart & told
    names = known_names(tx, fund_id=archive.fund_id).others(archive.partners["LP01"])
    text = frozen(tx, archive).content
    assert names
    assert not any(name in text for name in names)


def test_rows_that_are_not_the_capital_accounts_are_found(tx: Tx, archive: Archive) -> None:
    plain = json.loads(frozen(tx, archive).content)
    row = next(row for row in plain["ilpa"]["rows"] if row["number"] == 95)
    row["fund"]["ytd"] += 1
    [found] = inconsistencies(snapshot.loads(json.dumps(plain).encode()))
    assert str(found).startswith("ILPA row 95, fund ytd: ")


def test_figures_frozen_before_still_prove_and_print(tx: Tx, archive: Archive) -> None:
    new = frozen(tx, archive)
    plain = json.loads(new.content)
    del plain["ilpa"]
    content = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    facts = {
        name: getattr(new, name) for name in ReportSnapshot.model_fields if name not in {"id", "version"}
    }
    sha256 = fingerprint(content.encode())
    facts |= {"content": content, "sha256": sha256, "reason": "as it was frozen before"}
    tx.add(ReportSnapshot(**facts | {"version": 2, "frozen_at": new.frozen_at - timedelta(seconds=1)}))
    tx.flush()
    assert prove_reports(tx) == []
    # None of those that come after the first with the template is without it.
    tx.add(ReportSnapshot(**facts | {"version": 3}))
    tx.flush()
    assert [one.what for one in prove_reports(tx)] == ["its ILPA rows are missing"]
    old, now = (
        openpyxl.load_workbook(BytesIO(workbook(snapshot.loads(one.encode()), sha256))).sheetnames
        for one in (content, new.content)
    )
    assert [*old, "ILPA"] == now

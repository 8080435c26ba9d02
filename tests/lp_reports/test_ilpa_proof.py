"""The ILPA rows of frozen figures against the books, read once for all partners of a quarter."""

import json
from collections.abc import Callable
from typing import Any

from fund.fees.actions import record_expense
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from lp_reports.canonical import fingerprint
from lp_reports.models import ReportSnapshot
from lp_reports.queries import prove_reports
from lp_reports.rules import SOMEBODY
from tests.builders.archive import AFTER, QUARTER, Archive, an_archive, frozen
from tests.builders.counting import counted
from tests.builders.ledger import locked

Plain = dict[str, Any]


def forged(tx: Tx, honest: ReportSnapshot, change: Callable[[Plain], None], version: int) -> ReportSnapshot:
    """The same figures with something changed in their ILPA template, under a fingerprint that fits."""
    plain = json.loads(honest.content)
    change(plain["ilpa"])
    content = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    facts = {name: getattr(honest, name) for name in ReportSnapshot.model_fields if name != "id"}
    row = ReportSnapshot(
        **facts
        | {
            "version": version,
            "reason": "forged",
            "content": content,
            "sha256": fingerprint(content.encode()),
        }
    )
    tx.add(row)
    tx.flush()
    return row


def amount(number: int, whose: str, period: str) -> Callable[[Plain], None]:
    def change(ilpa: Plain) -> None:
        [row] = [row for row in ilpa["rows"] if row["number"] == number]
        row[whose][period] += 1

    return change


def test_a_figure_that_is_not_the_books_is_named(tx: Tx) -> None:
    archive = an_archive(tx, closed=False)
    record_expense(
        tx,
        SYSTEM,
        fund_id=archive.fund_id,
        reference="EXP-1",
        ilpa_row=57,
        amount=90_000,
        payee="酒店",
        incurred_on=QUARTER.ends_on,
        now=AFTER,
    )
    locked(tx, archive.fund_id, QUARTER, now=AFTER)
    honest = frozen(tx, archive)
    assert json.loads(honest.content)["ilpa"]["notes"]
    assert prove_reports(tx) == []
    changes: list[tuple[Callable[[Plain], None], str]] = [
        (amount(57, "yours", "qtd"), "ILPA row 57, yours qtd, is -53999 and not -54000, as the books say"),
        (amount(93, "fund", "ytd"), "ILPA row 93, fund ytd, is "),
        (amount(108, "general", "itd"), "ILPA row 108, general itd, is "),
        (amount(131, "yours", "itd"), "ILPA row 131, yours itd, is 1 and not 0"),
        (lambda ilpa: ilpa["rows"][3].update(label="Something else"), "rows are not those of the template"),
        (lambda ilpa: ilpa["rows"].pop(), "rows are not those of the template"),
        (lambda ilpa: ilpa["rows"][-1].update(fund=None), "ILPA row 131, fund qtd, is None and not 0"),
        (lambda ilpa: ilpa["notes"].pop(), "notes are not what the books say"),
        (lambda ilpa: ilpa["notes"][0]["causes"][0].update(amount=1), "notes are not what the books say"),
        (lambda ilpa: ilpa["notes"][0]["causes"][0].update(says="差旅"), "notes are not what the books say"),
        (lambda ilpa: ilpa.update(version="of another year", notes=[]), "a version that there never was"),
    ]
    for version, (change, says) in enumerate(changes, start=2):
        row = forged(tx, honest, change, version)
        found = [one.what for one in prove_reports(tx) if one.row == f"report_snapshot {row.key}"]
        assert says in found[0]
        assert len(found) == (3 if "None" in says else 1)
    concealed = forged(
        tx, honest, lambda ilpa: ilpa["notes"][0]["causes"][0].update(says=f"{SOMEBODY}的酒店"), 99
    )
    assert f"report_snapshot {concealed.key}" not in {one.row for one in prove_reports(tx)}


def test_the_books_are_read_once_for_all_partners_of_a_quarter(tx: Tx, archive: Archive) -> None:
    asked = []
    for code in ("LP01", "LP02"):
        frozen(tx, archive, code=code)
        with counted(tx) as sent:
            assert prove_reports(tx) == []
        asked.append(len(sent))
    assert asked[0] == asked[1]

"""The proof that every report is what it says it is, from the rows alone.

Figures must match their fingerprint, add up, and equal what the books answer when asked again as they were known
at the instant of freezing; files must match the blobs they name; a published report must carry the approval of
somebody who did not prepare it.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter

import sqlalchemy as sa
from sqlmodel import col, select

from fund.results.accounts import CapitalAccount, capital_accounts
from fund.results.rules import NOTHING
from kernel.audit.rules import Break
from kernel.blobs.models import Blob
from kernel.db import Tx
from kernel.periods import Quarter
from lp_reports import snapshot
from lp_reports.canonical import fingerprint
from lp_reports.checks import inconsistencies
from lp_reports.facts import Line
from lp_reports.ilpa_proof import ilpa_books, ilpa_faults
from lp_reports.models import Report, ReportSnapshot, ReportStep
from lp_reports.notice_proof import prove_notices
from lp_reports.rules import READABLE, Verb
from lp_reports.sealing import prove_seals


def prove_reports(tx: Tx) -> list[Break]:
    """Every break in the archive: figures against fingerprints, sums and books, files, approvals, seals, notices."""
    return [
        *_prove_snapshots(tx),
        *_prove_files(tx),
        *_prove_approval(tx),
        *prove_seals(tx),
        *prove_notices(tx),
        *_prove_against_books(tx),
    ]


def _prove_snapshots(tx: Tx) -> Iterator[Break]:
    for row in tx.exec(select(ReportSnapshot).order_by(col(ReportSnapshot.id))):
        where = f"report_snapshot {row.key}"
        content = row.content.encode()
        if fingerprint(content) != row.sha256:
            yield Break(where, "its figures do not match their fingerprint")
            continue
        figures = snapshot.loads(content)
        if not snapshot.is_canonical(content):
            yield Break(where, "its figures are not in canonical form")
        yield from (Break(where, str(problem)) for problem in inconsistencies(figures))


def _prove_files(tx: Tx) -> Iterator[Break]:
    content = sa.func.encode(sa.func.sha256(col(Blob.content)), "hex")
    for column in (Report.pdf, Report.workbook):
        damaged = sa.select(col(Report.number), col(Report.language)).outerjoin(
            Blob, col(Blob.sha256) == col(column)
        )
        damaged = damaged.where(col(Blob.sha256).is_(None) | (content != col(column)))
        for number, language in tx.execute(damaged):
            yield Break(f"report {number} {language}", "its file is missing or damaged")


def _prove_approval(tx: Tx) -> Iterator[Break]:
    approved = sa.exists().where(
        col(ReportStep.report_id) == col(Report.id),
        col(ReportStep.verb) == Verb.APPROVE,
        col(ReportStep.by_id).is_not(None),
        col(ReportStep.by_id).is_distinct_from(col(Report.prepared_by)),
    )
    statement = select(Report).where(col(Report.state).in_(READABLE), ~approved)
    for row in tx.exec(statement.order_by(col(Report.id))):
        yield Break(f"report {row.number} {row.language}", "was published without another person's approval")


def _prove_against_books(tx: Tx) -> Iterator[Break]:
    """The capital account and the ILPA rows of each snapshot against the books as they were known when it was frozen.

    Reports of a quarter are frozen at one instant: the books are asked once for all of them, and then forgotten.
    Figures without the template are from before the fund's first with it.
    """
    first: dict[int, datetime] = {}
    bare: list[ReportSnapshot] = []
    order = (ReportSnapshot.fund_id, ReportSnapshot.quarter, ReportSnapshot.frozen_at, ReportSnapshot.id)
    rows = tx.exec(select(ReportSnapshot).order_by(*map(col, order)))
    for (fund_id, of, known_at), together in groupby(rows, key=attrgetter("fund_id", "quarter", "frozen_at")):
        asked = {"fund_id": fund_id, "quarter": Quarter.parse(of), "known_at": known_at}
        accounts, ilpa = capital_accounts(tx, **asked), ilpa_books(tx, **asked)
        for row in together:
            content = row.content.encode()
            if fingerprint(content) != row.sha256:
                continue  # told already, and nothing in it can be relied on
            figures = snapshot.loads(content)
            told = list(_unlike_accounts(figures.account, accounts[row.partner_id], accounts[None]))
            if figures.ilpa is None:
                bare.append(row)
            else:
                first[fund_id] = min(known_at, first.get(fund_id, known_at))
                told += ilpa_faults(figures.ilpa, ilpa, partner_id=row.partner_id)
            yield from (Break(f"report_snapshot {row.key}", one) for one in told)
    for row in bare:
        if row.fund_id in first and first[row.fund_id] <= row.frozen_at:
            yield Break(f"report_snapshot {row.key}", "its ILPA rows are missing")


def _unlike_accounts(lines: Sequence[Line], own: CapitalAccount, whole: CapitalAccount) -> Iterator[str]:
    is_apart = any(line.code == "given_back" for line in lines)
    for line in lines:
        if not _agrees(line, own, whole, is_apart=is_apart):
            yield f"its {line.code} is not what the books say"


def _agrees(line: Line, own: CapitalAccount, whole: CapitalAccount, *, is_apart: bool) -> bool:
    """Older snapshots counted distributions given back among the contributions; without any it makes no difference."""
    codes = [line.code]
    if line.code == "contributions" and not is_apart:
        codes.append("given_back")
    pairs = ((line.yours, own), (line.fund, whole))
    read = [(one, sum((book.row(code) for code in codes), start=NOTHING)) for one, book in pairs]
    return all((one.qtd, one.ytd, one.itd) == (other.qtd, other.ytd, other.itd) for one, other in read)

"""The reports of a quarter in which partners gave distributions back: a line of its own, and older snapshots hold."""

from dataclasses import fields, replace
from datetime import date

from kernel.db import Tx
from lp_reports import snapshot
from lp_reports.canonical import fingerprint
from lp_reports.checks import inconsistencies
from lp_reports.facts import Line, Periods
from lp_reports.figures import Figures, restated
from lp_reports.models import ReportSnapshot
from lp_reports.queries import prove_reports
from tests.builders.archive import figures_of
from tests.builders.capital import CapitalFund, noon
from tests.builders.indemnities import MILLION, QUARTER, YUAN, a_giveback, distributed, given_back
from tests.scenes import Scene

NOW = noon(date(2027, 1, 12))


def test_what_was_given_back_stands_on_a_line_of_its_own(scene: Scene) -> None:
    tx, fund = scene(distributed)
    given_back(tx, a_giveback(tx, fund))
    found = _gathered(tx, fund, "LP01")
    lines = {line.code: line for line in found.account}
    assert list(lines)[:4] == ["opening", "contributions", "given_back", "distributions"]
    assert lines["given_back"].yours.qtd == 1_200_000 * YUAN
    assert lines["given_back"].fund.itd == 2 * MILLION
    assert (lines["contributions"].yours.qtd, lines["contributions"].yours.itd) == (0, 12 * MILLION)
    # It is paid in all the same, and a step of the bridge.
    assert found.key.paid_in == 13_200_000 * YUAN
    assert {step.code: step.amount for step in found.bridge}["given_back"] == 1_200_000 * YUAN
    assert inconsistencies(found) == []


def test_a_snapshot_from_before_that_line_still_agrees_with_the_books(scene: Scene) -> None:
    tx, fund = scene(distributed)
    given_back(tx, a_giveback(tx, fund))
    _kept(tx, fund, _gathered(tx, fund, "LP01"))
    _kept(tx, fund, _as_before(_gathered(tx, fund, "LP02")))
    assert prove_reports(tx) == []
    lost = _gathered(tx, fund, "LP02", version=2)
    without = replace(lost, account=tuple(line for line in lost.account if line.code != "given_back"))
    _kept(tx, fund, without)
    assert any("contributions is not what the books say" in found.what for found in prove_reports(tx))


def test_a_version_told_the_older_way_is_not_restated_by_the_line_alone(scene: Scene) -> None:
    tx, fund = scene(distributed)
    none = ReportSnapshot(content=snapshot.dumps(_gathered(tx, fund, "LP01")).decode())
    given_back(tx, a_giveback(tx, fund))
    now = _gathered(tx, fund, "LP01", version=2)
    alike = ReportSnapshot(content=snapshot.dumps(_as_before(now)).decode())
    assert restated(alike, now.account) == ()
    told = {one.code: one.after - one.before for one in restated(none, now.account)}
    assert told == {"given_back": 1_200_000 * YUAN, "closing": 1_200_000 * YUAN}
    # Of a fund whose calls were all reversed no line of contributions is left.
    rest = [line for line in now.account if line.code not in {"contributions", "given_back"}]
    assert [one.code for one in restated(alike, rest)] == ["contributions"]


def _gathered(tx: Tx, fund: CapitalFund, code: str, version: int = 1) -> Figures:
    return figures_of(
        tx, fund_id=fund.fund_id, partner_id=fund[code], quarter=QUARTER, version=version, now=NOW
    )


def _kept(tx: Tx, fund: CapitalFund, figures: Figures) -> None:
    content = snapshot.dumps(figures)
    code = figures.partner.code
    tx.add(
        ReportSnapshot(
            fund_id=fund.fund_id,
            partner_id=fund[code],
            quarter=str(QUARTER),
            version=figures.document.version,
            sha256=fingerprint(content),
            content=content.decode(),
            reason="found wrong" if figures.document.version > 1 else None,
            frozen_at=NOW,
        )
    )
    tx.flush()


def _as_before(figures: Figures) -> Figures:
    """The same figures with what was given back among the contributions."""
    by_code = {line.code: line for line in figures.account}
    both = (by_code["contributions"], by_code["given_back"])
    yours, whole = (_sum(*(getattr(line, whose) for line in both)) for whose in ("yours", "fund"))
    mixed = Line("contributions", yours, whole)
    kept = (line for line in figures.account if line.code != "given_back")
    account = tuple(mixed if line.code == "contributions" else line for line in kept)
    return replace(figures, account=account)


def _sum(one: Periods, other: Periods) -> Periods:
    return Periods(*(getattr(one, name.name) + getattr(other, name.name) for name in fields(Periods)))

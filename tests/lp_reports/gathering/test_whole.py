"""What the reports of a quarter share is read once and says the same as read for each alone."""

from datetime import timedelta

import sqlalchemy as sa

from kernel.db import Tx
from lp_reports import snapshot
from lp_reports.figures import gather
from lp_reports.gathering.whole import Shared
from tests.builders.archive import AFTER, QUARTER, an_archive, figures_of


def test_each_partner_reads_what_it_would_read_alone(tx: Tx) -> None:
    archive, shared = an_archive(tx), Shared()
    for code in ("LP01", "LP02"):
        facts = {"fund_id": archive.fund_id, "partner_id": archive.partners[code]}
        whole = shared.of(tx, fund_id=archive.fund_id, quarter=QUARTER, now=AFTER)
        together = gather(tx, whole=whole, partner_id=archive.partners[code])
        assert snapshot.dumps(together) == snapshot.dumps(figures_of(tx, **facts))


def test_it_is_read_once_and_again_for_another_instant_or_quarter(tx: Tx) -> None:
    archive, shared = an_archive(tx), Shared()
    asked: list[str] = []
    connection = tx.connection()
    sa.event.listen(connection, "before_cursor_execute", lambda *facts: asked.append(facts[2]))
    first = shared.of(tx, fund_id=archive.fund_id, quarter=QUARTER, now=AFTER)
    assert asked
    asked.clear()
    assert shared.of(tx, fund_id=archive.fund_id, quarter=QUARTER, now=AFTER) is first
    assert not asked
    later = shared.of(tx, fund_id=archive.fund_id, quarter=QUARTER, now=AFTER + timedelta(hours=1))
    assert later is not first
    assert later.account.rows == first.account.rows
    before = shared.of(tx, fund_id=archive.fund_id, quarter=QUARTER.previous, now=AFTER)
    assert before.quarter == QUARTER.previous

"""The names that are written in nobody's file but the partner's own."""

import sqlalchemy as sa

from kernel.db import Tx
from lp_reports.gathering.names import Names, known_names
from tests.builders.ledger import books


def test_the_others_names_without_ones_own_and_the_general_partners() -> None:
    names = Names({1: ("甲", "A"), 2: ("乙", "A"), 3: ("丙",)}, frozenset({3}))
    assert names.others(1) == ("乙",)
    assert names.others(2) == ("甲",)
    assert names.others(3) == ("甲", "A", "乙")


def test_a_thousand_partners_are_asked_after_at_once(tx: Tx) -> None:
    asked: list[int] = []
    sa.event.listen(tx.connection(), "before_cursor_execute", lambda *_: asked.append(1))
    counts = []
    for code, partners in (("AF1", ["LP01", "LP02"]), ("AF2", [f"LP{number:02}" for number in range(1, 9)])):
        opened = books(tx, *partners, code=code)
        asked.clear()
        names = known_names(tx, fund_id=opened.fund_id)
        counts.append(len(asked))
        assert set(names.of) >= set(opened.partners.values())
    assert counts[0] == counts[1] > 0

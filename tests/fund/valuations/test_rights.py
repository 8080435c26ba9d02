"""Class rights on record: by day, brought in from a sheet, taken over by files, and kept by those that used them."""

from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction

import pytest

from fund.holdings.queries import HoldingSheet
from fund.holdings.rules import ChangeInFuture
from fund.valuations.actions import prepare
from fund.valuations.file import Converting, OnRecord, RightsMethod
from fund.valuations.queries import file_of
from fund.valuations.right_imports import import_rights
from fund.valuations.right_rules import (
    AntiDilution,
    ClassKind,
    ClassRights,
    RightsTooEarly,
    RightsUnknown,
    RightsUnsourced,
    terms_of,
)
from fund.valuations.rights import keep_rights, rights_on, rights_versions, with_classes
from kernel.db import Tx
from kernel.identity.rules import RoleMissing
from kernel.sheets.reading import SheetRefused
from tests.builders.holdings import committed, held, the_analyst
from tests.builders.people import an_actor
from tests.builders.valuations import MILLION, OPTION, a_file
from tests.fund.valuations.test_right_rules import COMMON, POOL, B

FIRST, SECOND, MARKED = date(2025, 1, 10), date(2025, 4, 1), date(2025, 6, 30)
A = replace(B, name="A", invested=5 * MILLION, is_participating=False, cap_multiple=None, seniority=1)
CLASSES = (COMMON, replace(A, conversion=Fraction(1)), replace(B, conversion=Fraction(1)))


def kept(tx: Tx, sheet: HoldingSheet, on: date, now: datetime, *classes: object) -> None:
    facts = {"effective_on": on, "classes": classes or CLASSES, "source": " 股东协议 ", "now": now}
    keep_rights(tx, the_analyst(tx), holding=sheet, **facts)


def test_the_latest_set_of_a_day_holds_and_all_stay(tx: Tx, now: datetime) -> None:
    sheet = held(tx, committed(tx).fund_id)
    assert rights_on(tx, party_id=sheet.party_id, on=MARKED) is None
    kept(tx, sheet, SECOND, now)
    kept(tx, sheet, FIRST, now, COMMON)
    kept(tx, sheet, SECOND, now, *CLASSES, POOL)
    then, later = (rights_on(tx, party_id=sheet.party_id, on=day) for day in (FIRST, SECOND))
    assert then is not None
    assert later is not None
    assert (then.kept.number, then.kept.classes, then.kept.source) == (2, (COMMON,), "股东协议")
    assert (later.kept.number, later.kept.classes[-1]) == (3, POOL)
    assert len(rights_versions(tx, party_id=sheet.party_id)) == 3


def test_what_cannot_be_kept_is_refused(tx: Tx, now: datetime) -> None:
    sheet = held(tx, committed(tx).fund_id)
    facts = {"holding": sheet, "classes": CLASSES, "effective_on": FIRST, "source": "x", "now": now}
    with pytest.raises(RightsUnsourced):
        keep_rights(tx, the_analyst(tx), **facts | {"source": " "})
    with pytest.raises(ChangeInFuture):
        keep_rights(tx, the_analyst(tx), **facts | {"effective_on": date(2990, 1, 1)})
    with pytest.raises(RightsTooEarly):
        keep_rights(tx, the_analyst(tx), **facts | {"effective_on": date(26, 3, 1)})
    with pytest.raises(RoleMissing):
        keep_rights(tx, an_actor(tx, login="reads.nothing", now=now), **facts)


def test_a_file_takes_the_rights_on_record_and_keeps_them(tx: Tx, now: datetime) -> None:
    sheet = held(tx, committed(tx).fund_id)
    bare = a_file(rights=replace(OPTION, classes=(), held_shares=Fraction(1)), milestones=())
    facts = {"holding_id": sheet.id, "marked_on": MARKED, "value": 24 * MILLION, "file": bare, "now": now}
    with pytest.raises(RightsUnknown):
        prepare(tx, the_analyst(tx), **facts)
    kept(tx, sheet, SECOND, now)
    made = prepare(tx, the_analyst(tx), **facts)
    assert made.file.rights is not None
    assert made.file.rights.classes == tuple(terms_of(one) for one in CLASSES)
    assert made.file.rights.record == OnRecord(1, SECOND, "股东协议")
    kept(tx, sheet, MARKED, now, *CLASSES, POOL)
    assert file_of(tx, mark_id=made.mark_id).file == made.file


def test_a_cheaper_round_changes_what_a_later_file_takes(tx: Tx, now: datetime) -> None:
    """A at 2.50 with a full ratchet; B at 1.00: a share of A becomes 2.5 common ones, and the file says so."""
    sheet = held(tx, committed(tx).fund_id)
    a = replace(A, anti_dilution=AntiDilution.FULL_RATCHET, conversion=Fraction(1))
    b = ClassRights("B", ClassKind.PREFERRED, Fraction(1_000_000), MILLION)
    kept(tx, sheet, FIRST, now, COMMON, a)
    kept(tx, sheet, SECOND, now, COMMON, a, replace(b, shares=Fraction(10)))
    kept(tx, sheet, SECOND, now, COMMON, a, b)
    before, after = (rights_on(tx, party_id=sheet.party_id, on=day) for day in (FIRST, MARKED))
    assert before is not None
    assert after is not None
    assert (before.adjustments, before.converting) == ((), ())
    [worked] = after.adjustments
    assert (worked.price_before, worked.price, worked.conversion) == (250, 100, Fraction(5, 2))
    rights = replace(OPTION, classes=(), held="A", held_shares=Fraction(1))
    bare = a_file(rights=rights, milestones=())
    facts = {"holding_id": sheet.id, "marked_on": MARKED, "value": 24 * MILLION, "file": bare, "now": now}
    made = prepare(tx, the_analyst(tx), **facts)
    assert made.file.rights is not None
    assert made.file.rights.record is not None
    assert made.file.rights.record.conversions == (Converting("A", Fraction(1), Fraction(5, 2)),)
    assert {one.name: one.shares for one in made.file.rights.classes}["A"] == 5_000_000
    # One share of A is 2.5 of those 5m: its part of the class is what it was.
    assert made.file.rights.held_shares == Fraction(5, 2)
    solved = replace(rights, method=RightsMethod.BACKSOLVE, equity=None, priced="A", price=Fraction(250))
    asked = with_classes(tx, file=replace(bare, rights=solved), holding=sheet, on=MARKED).rights
    assert asked is not None
    assert asked.price == 100
    # What is put on record later changes no file.
    kept(tx, sheet, SECOND, now, COMMON, a, replace(b, is_exempt=True))
    assert file_of(tx, mark_id=made.mark_id).file == made.file
    exempt = rights_on(tx, party_id=sheet.party_id, on=MARKED)
    assert exempt is not None
    assert exempt.converting == ()


HEADS = "权利所属持仓,权利生效日,股权类别,类别性质,股数,投入金额（元）,参与分配,参与上限倍数,清算顺位"
SHEET = f"""{HEADS},反稀释,行权价,依据文件
H01,2025-04-01,普通股,普通股,6000000,,,,,,,股东协议
h01,2025-04-01,B,优先股,2000000,10000000,是,3,2,加权平均,,股东协议
H01,2025-04-01,期权池,期权,500000,,,,,,1.5,股东协议
H01,2025-01-10,普通股,普通股,6000000,,,,,,,章程
"""


def test_a_sheet_brings_whole_sets_in_or_none(tx: Tx, now: datetime) -> None:
    sheet = held(tx, committed(tx).fund_id)
    facts = {"fund_id": sheet.fund_id, "filename": "r.csv", "now": now}
    content = SHEET.encode()
    import_rights(tx, the_analyst(tx), content=content, dry_run=True, **facts)
    assert rights_versions(tx, party_id=sheet.party_id) == []
    (done,) = import_rights(tx, the_analyst(tx), content=content, **facts)
    assert done.rows == 2
    first, second = rights_versions(tx, party_id=sheet.party_id)
    assert (first.effective_on, first.classes, first.source) == (FIRST, (COMMON,), "章程")
    assert second.classes == (COMMON, replace(B, conversion=Fraction(1)), POOL)
    for broken, says in (
        (SHEET.replace("3,2,加权平均", ",200,加权平均"), "row 3"),
        (SHEET.replace("期权,500000,,", "期权,500000,9,"), "only preferred shares have a preference"),
        (SHEET.replace("1.5,股东协议", "1.5,章程"), "name different documents"),
    ):
        with pytest.raises(SheetRefused) as refused:
            import_rights(tx, the_analyst(tx), content=broken.encode(), **facts)
        assert any(says in str(one) for one in refused.value.problems)
    assert len(rights_versions(tx, party_id=sheet.party_id)) == 2

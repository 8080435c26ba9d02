from datetime import date

import pytest

from fund.fees.accrual_rules import Settled, SettlementWay
from fund.fees.release_rules import ReleasedSince, ReleaseStillCounts, check_release, check_release_undo

PAID, RELEASED = SettlementWay.PAID, SettlementWay.RELEASED


def day(number: int) -> date:
    return date(2026, 6, number)


def test_releases_of_one_thing_go_by_days() -> None:
    settled = [
        Settled(1, RELEASED, 5, day(10)),
        Settled(2, PAID, 5, day(20)),
        Settled(3, RELEASED, 5, day(12)),
    ]
    check_release(settled, reference="E1", on=day(12))
    with pytest.raises(ReleasedSince, match="Release 3 of E1 on 2026-06-12"):
        check_release(settled, reference="E1", on=day(11))


def test_one_that_was_taken_back_counts_until_then_or_was_never_seen() -> None:
    settled = [Settled(1, RELEASED, 5, day(10), 0, day(15)), Settled(2, RELEASED, 5, day(20), 0, day(20))]
    check_release(settled, reference="E1", on=day(15))
    with pytest.raises(ReleaseStillCounts, match="until 2026-06-15"):
        check_release(settled, reference="E1", on=day(14))


def test_one_is_taken_back_before_a_later_one_goes_by_what_it_left() -> None:
    settled = [
        Settled(1, RELEASED, 5, day(10)),
        Settled(2, RELEASED, 5, day(20)),
        Settled(3, PAID, 5, day(25)),
    ]
    check_release_undo(settled, reference="E1", number=1, on=day(21))
    check_release_undo(settled, reference="E1", number=2, on=day(20))
    check_release_undo(settled, reference="E1", number=3, on=day(1))
    with pytest.raises(ReleasedSince, match="Release 2 of E1 on 2026-06-20"):
        check_release_undo(settled, reference="E1", number=1, on=day(20))

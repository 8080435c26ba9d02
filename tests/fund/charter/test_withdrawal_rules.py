"""A version is withdrawn before it holds, the last one first, and never once something was worked out under it."""

from datetime import date
from typing import Any

import pytest

from fund.charter.withdrawal_rules import (
    MOST_NAMED,
    Use,
    VersionFollowed,
    VersionInForce,
    VersionUsed,
    VersionWithdrawn,
    WithdrawalReasonMissing,
    check_withdrawal,
)
from kernel.errors import Refusal

TODAY, DAY = date(2026, 3, 31), date(2026, 4, 1)
GOOD: dict[str, Any] = {
    "version": 3,
    "effective_on": DAY,
    "is_withdrawn": False,
    "latest": 3,
    "today": TODAY,
    "used": (),
    "reason": "mistyped",
}
USE = Use("CALL-003", DAY, "withdraw the call")


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"is_withdrawn": True}, VersionWithdrawn),
        ({"effective_on": TODAY}, VersionInForce),
        ({"latest": 4}, VersionFollowed),
        ({"reason": " "}, WithdrawalReasonMissing),
        ({"used": (USE,)}, VersionUsed),
    ],
)
def test_what_may_not_be_withdrawn(change: dict[str, object], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        check_withdrawal(**(GOOD | change))


def test_the_last_version_that_does_not_hold_yet_may_and_what_is_in_the_way_is_named() -> None:
    check_withdrawal(**GOOD)
    with pytest.raises(VersionUsed) as found:
        check_withdrawal(**(GOOD | {"used": (USE,) * 9}))
    assert [str(one) for one in found.value.problems] == [
        "CALL-003, 2026-04-01: withdraw the call"
    ] * MOST_NAMED

"""Withdrawing a version of the terms before it holds, as long as nothing was worked out under it.

What was worked out under a version is what was written down after it and takes effect on a day on which it would
hold: drafts of calls and distributions, calls issued, whatever stands in the books, and the fee of the quarter in
which it begins, which is charged in advance by the terms of each day.
"""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import col, select

from fund.capital.acts import lock_capital
from fund.capital.models import Call, Distribution
from fund.capital.rules import CallState
from fund.capital.sharing import DistributionState
from fund.charter.actions import withdraw_version
from fund.charter.queries import VersionSheet, written_versions
from fund.charter.withdrawal_rules import Use, VersionUnknown
from fund.ledger.stamps import lock_books
from fund.ledger.undo_rules import OWN_UNDO, own_undo
from fund.ledger.undone import standing_since
from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from kernel.periods import Quarter


def _n(says: str) -> str:
    return says


REVERSE = _n("reverse the entry")


def withdraw_terms(
    tx: Tx, actor: Actor, *, fund_id: int, version: int, reason: str, now: datetime
) -> VersionSheet:
    """Withdraw a version of the terms as `fund.charter.actions.withdraw_version` does; it stays on record.

    Refused: as there, above all a version that holds, and one under which something was worked out that stands.
    """
    actor.require(Role.MANAGER)
    hold_promises(tx, fund_id=fund_id)
    meant = _version(tx, fund_id, version)
    used = worked_out(tx, fund_id=fund_id, effective_on=meant.effective_on, recorded_at=meant.recorded_at)
    withdraw_version(tx, actor, fund_id=fund_id, version=version, reason=reason, used=used, now=now)
    return _version(tx, fund_id, version)


def hold_promises(tx: Tx, *, fund_id: int) -> None:
    """Held until the end, so that nothing is worked out under a version between the question and the answer.

    Calls and distributions wait for the lock on capital from their draft on, and take that on the books after it.
    """
    lock_capital(tx, fund_id=fund_id)
    lock_books(tx, fund_id=fund_id)


def worked_out(tx: Tx, *, fund_id: int, effective_on: date, recorded_at: datetime) -> list[Use]:
    """What takes effect on that day or later and was written down at that instant or later, by its day."""
    calls = select(Call).where(
        Call.fund_id == fund_id,
        Call.due_on >= effective_on,
        # Notice was given by the terms of the due date, though the draft may be older than the version.
        sa.or_(col(Call.recorded_at) >= recorded_at, col(Call.issued_at) >= recorded_at),
        Call.state != CallState.CANCELLED,
    )
    paid = select(Distribution).where(
        Distribution.fund_id == fund_id,
        Distribution.pay_on >= effective_on,
        Distribution.recorded_at >= recorded_at,
        Distribution.state != DistributionState.CANCELLED,
    )
    found = {Use(one.code, one.due_on, OWN_UNDO["call"]) for one in tx.exec(calls)}
    found |= {Use(one.code, one.pay_on, OWN_UNDO["distribution"]) for one in tx.exec(paid)}
    begins = Quarter.containing(effective_on).starts_on
    for one in standing_since(tx, fund_id=fund_id, effective_on=begins, recorded_at=recorded_at):
        # A call and a distribution are named by their code above.
        is_named = one.act.startswith(("call:", "distribution:"))
        if not is_named and (one.effective_on >= effective_on or one.act.startswith("fee:")):
            found.add(Use(one.act or one.reference, one.effective_on, own_undo(one.act) or REVERSE))
    return sorted(found, key=lambda one: (one.on, one.what))


def _version(tx: Tx, fund_id: int, version: int) -> VersionSheet:
    found = [one for one in written_versions(tx, fund_id=fund_id) if one.version == version]
    if not found:
        raise VersionUnknown(version=version)
    return found[0]

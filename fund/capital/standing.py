"""Which calls, receipts and distributions stand on a day, as known at an instant.

What was taken back counts until the day from which it was, and until the instant at which that was written down: a
receipt reversed in April stands in a report on March, and one reversed today stands in what was known yesterday.
Without a day or an instant all that has happened, and all that is known, counts.
"""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from fund.capital.models import Call, Distribution, Receipt


def call_stands(as_of: date | None = None, known_at: datetime | None = None) -> sa.ColumnElement[bool]:
    """Calls that were issued, and not withdrawn."""
    issued: sa.ColumnElement[bool] = col(Call.notice_on).is_not(None)
    if known_at is not None:
        issued &= col(Call.issued_at) <= known_at
    return issued & ~_gone(Call.cancelled_on, Call.cancelled_at, as_of, known_at)


def receipt_stands(as_of: date | None = None, known_at: datetime | None = None) -> sa.ColumnElement[bool]:
    """Receipts of money that had come in, and were not reversed."""
    came: sa.ColumnElement[bool] = sa.true() if as_of is None else col(Receipt.received_on) <= as_of
    if known_at is not None:
        came &= col(Receipt.recorded_at) <= known_at
    return came & ~_gone(Receipt.reversed_on, Receipt.reversed_at, as_of, known_at)


def distribution_stands(
    as_of: date | None = None, known_at: datetime | None = None
) -> sa.ColumnElement[bool]:
    """Distributions that were paid, and not taken back."""
    paid: sa.ColumnElement[bool] = col(Distribution.paid_at).is_not(None)
    if as_of is not None:
        paid &= col(Distribution.pay_on) <= as_of
    if known_at is not None:
        paid &= col(Distribution.paid_at) <= known_at
    return paid & ~_gone(Distribution.cancelled_on, Distribution.cancelled_at, as_of, known_at)


def _gone(on: Any, at: Any, as_of: date | None, known_at: datetime | None) -> sa.ColumnElement[bool]:
    gone: sa.ColumnElement[bool] = col(on).is_not(None)
    if as_of is not None:
        gone &= sa.func.coalesce(col(on) <= as_of, sa.false())
    if known_at is not None:
        gone &= sa.func.coalesce(col(at) <= known_at, sa.false())
    return gone

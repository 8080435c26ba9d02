"""What every act on capital needs: the fund's lock, the locked row, the next number, the partners' codes."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date
from enum import StrEnum
from typing import TypeVar

import sqlalchemy as sa
from psycopg.errors import ForeignKeyViolation
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from fund.capital.gone_closes import check_days
from fund.capital.models import Call, CapitalClose, Distribution
from fund.capital.newcomers import share_with_newcomers
from fund.capital.passing_back import pass_back
from fund.capital.rules import CallState, CallUnknown, WrongState
from fund.capital.shared_anew import SHARED_ANEW
from fund.capital.sharing import DistributionState, DistributionUnknown
from fund.deliveries.models import DeliveryLine
from fund.givebacks.models import CarryReturn, EscrowRelease
from fund.givebacks.queries import in_hand
from fund.indemnities.models import Indemnity
from fund.interests.models import Transfer
from fund.ledger.cash import lowest_cash
from fund.ledger.chart import Account
from fund.ledger.following import follow_bookings
from fund.ledger.queries import total
from fund.ledger.resting import PASSES_ON
from fund.nettings.models import Netting
from kernel.db import Tx, lock
from kernel.errors import Invalid, NotFound, Words
from kernel.numbering import next_number


class HoldingNotOfFund(Invalid):
    code = "holding_not_of_fund"
    says = "The fund has no holding with the number {holding}; what is called or paid for a deal names one of its own."


# Who makes closes, books income and expenses or trades comes by here: none books before this is said. Who holds the
# interests comes before who joined later.
_SHARED_OUT = (*SHARED_ANEW, Account.INVESTMENTS_AT_COST)
follow_bookings(check_days, accounts=(*_SHARED_OUT, Account.CONTRIBUTIONS, Account.DISTRIBUTIONS))
follow_bookings(pass_back, accounts=PASSES_ON)
follow_bookings(share_with_newcomers, accounts=_SHARED_OUT)

# What is drafted by one person and approved by another, under the fund's lock.
L = TypeVar("L", Call, Distribution, Netting, Indemnity, Transfer, CarryReturn, EscrowRelease)


def lock_capital(tx: Tx, *, fund_id: int) -> None:
    """Let all acts on a fund's capital wait for each other, so that two at once end as one after the other."""
    lock(tx, f"capital:{fund_id}")


def locked(tx: Tx, *, model: type[L], key: int, needed: Collection[StrEnum], unknown: type[NotFound]) -> L:
    """A row, read after the fund's lock is held; refused as `unknown`, or in a state other than `needed`."""
    fund_id = tx.exec(select(model.fund_id).where(col(model.id) == key)).one_or_none()
    if fund_id is None:
        raise unknown()
    lock_capital(tx, fund_id=fund_id)
    row = tx.get_one(model, key, populate_existing=True)
    if row.state not in needed:
        raise WrongState(what=row.code, state=row.state, needed=Words(needed))
    return row


def locked_call(tx: Tx, *, call_id: int, needed: Collection[CallState]) -> Call:
    """The call, under the fund's lock."""
    return locked(tx, model=Call, key=call_id, needed=needed, unknown=CallUnknown)


def locked_distribution(
    tx: Tx, *, distribution_id: int, needed: Collection[DistributionState]
) -> Distribution:
    """The distribution, under the fund's lock."""
    return locked(tx, model=Distribution, key=distribution_id, needed=needed, unknown=DistributionUnknown)


@contextmanager
def naming_a_holding(tx: Tx, *, holding_id: int | None) -> Iterator[None]:
    """Write a row that may name a holding; refused when the fund has no such holding.

    Holdings stand above capital, so the database is asked, which knows them by their fund.
    """
    try:
        with tx.begin_nested():
            yield
    except IntegrityError as broken:
        if holding_id is not None and isinstance(broken.orig, ForeignKeyViolation):
            raise HoldingNotOfFund(holding=holding_id) from broken
        raise


def next_of_fund(tx: Tx, *, model: type[L] | type[CapitalClose], fund_id: int) -> int:
    """The next number of a kind of row, counted per fund; the fund's lock is held."""
    return next_number(tx, of=model.number, within=col(model.fund_id) == fund_id)


def promised(tx: Tx, *, fund_id: int, without: int | None = None) -> int:
    """The cash that approved distributions will take, `without` one of them, tax withheld that is to be paid, and carry
    returned that is to be paid on.
    """
    approved = [
        col(Distribution.fund_id) == fund_id,
        col(Distribution.state) == DistributionState.APPROVED,
        *([] if without is None else [col(Distribution.id) != without]),
    ]
    summed = sa.select(sa.func.coalesce(sa.func.sum(Distribution.amount), 0)).where(*approved)
    in_kind = (
        sa.select(sa.func.coalesce(sa.func.sum(DeliveryLine.value), 0))
        .join(Distribution, col(Distribution.id) == col(DeliveryLine.distribution_id))
        .where(*approved)
    )
    tax = total(tx, fund_id=fund_id, as_of=date.max, accounts=[Account.TAX_WITHHELD])
    money = int(tx.execute(summed).scalar_one()) - int(tx.execute(in_kind).scalar_one())
    return money + tax + in_hand(tx, fund_id=fund_id)


def cash(tx: Tx, *, fund_id: int, on: date) -> int:
    """The cash that can be spent on a day: the least of what is there then and on every day after it."""
    return lowest_cash(tx, fund_id=fund_id, since=on)

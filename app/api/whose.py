"""Which fund a request is about, and as of when."""

from datetime import MAXYEAR, MINYEAR, date, datetime
from typing import Annotated

from fastapi import Depends, Query
from pydantic import AfterValidator

from app.deps import Now, TxDep
from fund.charter.queries import FundSheet, fund_by_code, only_fund
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing
from kernel.periods import Quarter, check_begun, check_come


def fund_meant(
    tx: TxDep,
    fund: Annotated[
        str | None,
        Query(max_length=16, description="The fund's code; not needed while there is one", examples=["AF1"]),
    ] = None,
) -> FundSheet:
    """The fund named in the request, or the only one."""
    return fund_by_code(tx, code=fund) if fund else only_fund(tx)


def effective_day(
    now: Now,
    as_of: Annotated[
        date | None, Query(description="Last effective day that counts; today when left out")
    ] = None,
) -> date:
    """The effective day asked for, or today in Beijing."""
    return as_of or day_in_beijing(now)


def asked_quarter(
    now: Now,
    quarter: Annotated[str, Query(pattern="^(19|20)[0-9]{2}Q[1-4]$", examples=["2026Q3"])],
) -> Quarter:
    """The quarter asked for; refused while it is still to come."""
    found = Quarter.parse(quarter)
    check_begun(found, today=day_in_beijing(now))
    return found


def within_reach(at: datetime | None) -> datetime | None:
    """Refuse an instant that has no place in every time zone: at the ends of the calendar."""
    if at is not None and not MINYEAR < at.year < MAXYEAR:
        raise ValueError("expected an instant of the years 2 to 9998")
    return at


# Who reads the whole fund's books.
BOOK_READERS = (Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT, Role.AUDITOR)
FundDep = Annotated[FundSheet, Depends(fund_meant)]
AskedQuarter = Annotated[Quarter, Depends(asked_quarter)]
AsOf = Annotated[date, Depends(effective_day)]
KnownAt = Annotated[
    datetime | None,
    AfterValidator(within_reach),
    Query(description="Only what had been recorded by this instant; all when left out"),
]


def told_day(now: Now, as_of: AsOf) -> date:
    """The day asked for, or today in Beijing; refused while it is still to come."""
    check_come(as_of, today=day_in_beijing(now))
    return as_of


def ended_quarter(now: Now, quarter: AskedQuarter) -> Quarter:
    """The quarter asked for, of which the figures of its end are told; refused until it is over."""
    check_come(quarter.ends_on, today=day_in_beijing(now))
    return quarter


ToldOn = Annotated[date, Depends(told_day)]
EndedQuarter = Annotated[Quarter, Depends(ended_quarter)]

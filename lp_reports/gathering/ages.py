"""How old each value is, and how exits did against the marks before them, as partners read of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from fund.valuations import ages as valuations
from fund.valuations.watch import last_marks_tested
from kernel.db import Tx
from lp_reports.gathering.charter import ratio
from lp_reports.gathering.companies import Schedule
from lp_reports.portfolio import Age, BackTested
from lp_reports.vocabulary import bilingual, without


def ages(tx: Tx, *, fund_id: int, schedule: Schedule) -> tuple[Age, ...]:
    """What is held, in the order of the schedule, a reason as it was written: to be `concealed` before anybody reads
    it. Of what happened since a mark only the days are told: the words are the house's own.
    """
    return tuple(
        Age(
            code=one.code,
            transacted_on=one.transacted_on,
            valued_on=one.valued_on,
            days_allowed=one.days_allowed,
            is_old=one.is_old,
            since=one.since,
            is_unchanged=one.is_unchanged,
            unchanged=bilingual(one.unchanged),
        )
        for one in valuations.ages(tx, fund_id=fund_id, as_of=schedule.quarter.ends_on)
    )


def concealed(age: Age, hidden: Sequence[str]) -> Age:
    """The age whose reason says "a partner" where it names one of the `hidden` ones."""
    return replace(age, unchanged=without(age.unchanged, hidden))


def back_tests(tx: Tx, *, fund_id: int, schedule: Schedule) -> tuple[BackTested, ...]:
    """Every exit up to the quarter's end that has a mark before it, by day."""
    codes: Mapping[int, str] = {sheet.id: sheet.code for sheet in schedule.now}
    return tuple(
        BackTested(
            code=codes[key],
            left_on=one.left_on,
            price=round(one.price),
            marked_on=one.marked_on,
            mark=round(one.mark),
            ratio=ratio(round(one.price), round(one.mark)),
        )
        for key, one in last_marks_tested(tx, fund_id=fund_id, as_of=schedule.quarter.ends_on)
        if key in codes
    )

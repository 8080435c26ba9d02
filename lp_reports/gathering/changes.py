"""What differs from the last report: companies, calls, distributions, terms."""

from collections.abc import Iterator, Sequence

from fund.capital.sheets import CallSheet
from fund.charter import queries as charter
from fund.holdings.queries import HoldingSheet
from fund.indemnities.queries import due_between
from kernel.db import Tx
from kernel.periods import Quarter
from lp_reports.facts import Change, Text
from lp_reports.gathering.companies import Schedule

GONE = {"realised": "exit", "written_off": "write_off"}


def changes(
    tx: Tx, *, fund_id: int, schedule: Schedule, calls: Sequence[CallSheet], quarter: Quarter
) -> tuple[Change, ...]:
    """Events of the quarter, whole fund; companies first in the order of the schedule."""
    return (
        *_companies(schedule),
        *_calls(calls, quarter),
        *_givebacks(tx, fund_id, quarter),
        *_terms(tx, fund_id, quarter),
    )


def _companies(schedule: Schedule) -> Iterator[Change]:
    end = schedule.quarter.ends_on
    for now in schedule.now:
        before = schedule.before(now.id)
        name = Text(now.name, now.name_en)
        if before is None:
            yield Change("new_holding", name, now.acquired_on, None, now.value)
        elif now.status != before.status and now.status.value in GONE:
            yield Change(GONE[now.status.value], name, end, before.value, now.value)
        else:
            yield from _moved(now, before, name, schedule.quarter)


def _moved(now: HoldingSheet, before: HoldingSheet, name: Text, quarter: Quarter) -> Iterator[Change]:
    """Marked up or down, beyond what was put in or taken out."""
    own = (now.value - now.cost) - (before.value - before.cost)
    if own:
        kind = "mark_up" if own > 0 else "mark_down"
        yield Change(kind, name, quarter.ends_on, before.value, now.value)
    if now.invested != before.invested:
        yield Change("follow_on", name, None, before.invested, now.invested)


def _calls(calls: Sequence[CallSheet], quarter: Quarter) -> Iterator[Change]:
    for sheet in calls:
        if sheet.call.due_on >= quarter.starts_on:
            yield Change("call", Text(sheet.call.code), sheet.call.due_on, None, sheet.call.amount)


def _givebacks(tx: Tx, fund_id: int, quarter: Quarter) -> Iterator[Change]:
    for code, due_on, amount in due_between(
        tx, fund_id=fund_id, since=quarter.starts_on, as_of=quarter.ends_on
    ):
        yield Change("giveback", Text(code), due_on, None, amount)


def _terms(tx: Tx, fund_id: int, quarter: Quarter) -> Iterator[Change]:
    for version in charter.versions(tx, fund_id=fund_id):
        if version.version > 1 and quarter.starts_on <= version.effective_on <= quarter.ends_on:
            number = Text(f"合伙协议第 {version.version} 版", f"Agreement, version {version.version}")
            yield Change("terms", number, version.effective_on)

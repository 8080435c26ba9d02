"""What may be called of the partner next: its part of the one estimate that the fund published, and nothing else.

The methods that an estimate may be made by stand in `fund.forecasts`, which no report reads.
"""

from fund.estimates.queries import EstimateSheet
from kernel.instants import day_in_beijing
from kernel.periods import Quarter
from lp_reports.estimates import CallEstimate, CallRange
from lp_reports.facts import ExpectedCall


def expected_calls(
    found: EstimateSheet | None, *, partner_id: int, quarter: Quarter
) -> tuple[ExpectedCall, ...]:
    """The quarters after the report's in which anything is estimated, be it only as the high end of a range."""
    if found is None:
        return ()
    return tuple(
        ExpectedCall(str(one.quarter), one.fee, one.investment)
        for one in found.calls(after=quarter, partner_id=partner_id)
        if one.is_told
    )


def call_estimate(found: EstimateSheet | None, *, partner_id: int, quarter: Quarter) -> CallEstimate | None:
    """How it was made; None where nothing was published that tells the partner a quarter to come."""
    calls = found.calls(after=quarter, partner_id=partner_id) if found else ()
    if found is None or not calls:
        return None
    return CallEstimate(
        found.number,
        str(found.quarter),
        str(found.method),
        day_in_beijing(found.recorded_at),
        found.scenario,
        found.seed,
        tuple(
            CallRange(str(one.quarter), one.low, one.high)
            for one in calls
            if one.low is not None and one.high is not None and one.is_told
        ),
    )

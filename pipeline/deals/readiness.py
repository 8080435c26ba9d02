"""The portfolio by technology readiness: cost and value under each level, which sum to what is held."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from fund.holdings.mark_rules import MarkState
from fund.holdings.queries import HoldingSheet, holdings, marks
from fund.results.reading import see
from fund.valuations.queries import files_of
from kernel.db import Tx
from pipeline.channel.queries import assessments, elements
from pipeline.channel.rules import Scale, project_level
from pipeline.deals.queries import deal_by_code
from valuation.exposure import Position, hhi, shares

LEVEL = "readiness"
UNSAID = "0"


@dataclass(frozen=True)
class LevelSlice:
    """What lies at one level, None where none is known. Amounts in minor units; `share` of the value, exact."""

    level: int | None
    cost: int
    value: int
    share: Fraction
    names: tuple[str, ...]


@dataclass(frozen=True)
class ReadinessSpread:
    """The portfolio by level, the readiest first. `concentration` is the HHI of shares in percent, 0-10000."""

    as_of: date
    slices: tuple[LevelSlice, ...]
    concentration: float | None


def readiness_spread(tx: Tx, *, fund_id: int, as_of: date) -> ReadinessSpread:
    """The portfolio on a day under the levels assessed by then, for whoever reads the whole fund.

    A company's level is that of the achievement behind its deal, its least ready critical element; without one, the
    level that its last approved valuation file gives. A portfolio worth nothing has no shares.
    """
    see(tx, fund_id=fund_id, partner_id=None)
    held = [one for one in holdings(tx, fund_id=fund_id, as_of=as_of) if one.cost or one.value]
    if sum(one.value for one in held) <= 0:
        return ReadinessSpread(as_of, (), None)
    keys = {one.code: str(_level(tx, one, as_of) or UNSAID) for one in held}
    found = shares([Position(one.name, one.value, {LEVEL: keys[one.code]}) for one in held], LEVEL)
    costs: dict[str, int] = {}
    for one in held:
        costs[keys[one.code]] = costs.get(keys[one.code], 0) + one.cost
    slices = [
        LevelSlice(
            None if one.key == UNSAID else int(one.key),
            costs[one.key],
            int(one.value),
            one.share,
            one.names,
        )
        for one in sorted(found, key=lambda one: -int(one.key))
    ]
    return ReadinessSpread(as_of, tuple(slices), hhi([100 * one.share for one in found]))


def _level(tx: Tx, sheet: HoldingSheet, as_of: date) -> int | None:
    deal = deal_by_code(tx, code=sheet.deal_code) if sheet.deal_code else None
    if deal is not None and deal.achievement_id is not None:
        made = assessments(tx, achievement_id=deal.achievement_id)
        known = [one for one in made if one.assessed_on <= as_of]
        level = project_level(elements(tx, achievement_id=deal.achievement_id), known, Scale.TRL)
        if level is not None:
            return level
    valued = [
        one
        for one in marks(tx, holding_id=sheet.id)
        if one.state is MarkState.APPROVED and one.marked_on <= as_of
    ]
    files = files_of(tx, mark_ids=[one.id for one in valued])
    told = [files[one.id].file.readiness for one in valued if one.id in files]
    return next((level for level in told if level is not None), None)

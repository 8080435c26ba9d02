"""How ready the technology of a company is that the fund holds: one answer, wherever it is told.

The level is that of the achievement behind the company's deal, its least ready critical element as assessed by a day.
Only of a company without one does the last approved valuation file tell it, with the source that the file names.
"""

from dataclasses import dataclass, replace
from datetime import date

from fund.holdings.mark_rules import MarkState
from fund.holdings.queries import HoldingSheet, marks
from fund.valuations.file import File
from fund.valuations.queries import files_of
from kernel.db import Tx
from kernel.errors import Conflict
from pipeline.channel.queries import binding_assessment
from pipeline.channel.rules import Scale
from pipeline.deals.queries import deal_by_code


@dataclass(frozen=True)
class Level:
    """A level, of what it was judged and by whom, on which day, and the evidence.

    is_assessed: of the achievement; otherwise a valuation file said so.
    """

    level: int
    on: date
    who: str
    evidence: str
    subject: str = ""
    is_assessed: bool = True

    @property
    def source(self) -> str:
        """Where it comes from, in a line: what was assessed, the evidence, who judged and when."""
        told = " · ".join(part for part in (self.subject, self.evidence, self.who) if part)
        return f"{told} {self.on.isoformat()}"


class ReadinessDiffers(Conflict):
    code = "valuation_readiness_differs"
    says = (
        "Readiness is {assessed} as assessed on {on} by {who}, and the file says {said}: leave it out of the file, or "
        "have the achievement assessed anew first."
    )


def settled(file: File, assessed: Level | None) -> File:
    """The file with the readiness that was assessed and its source; without an assessment as it is.

    Refused: ReadinessDiffers.
    """
    if assessed is None:
        return file
    if file.readiness not in (None, assessed.level):
        on = assessed.on.isoformat()
        raise ReadinessDiffers(assessed=assessed.level, on=on, who=assessed.who, said=file.readiness)
    return replace(file, readiness=assessed.level, readiness_source=assessed.source)


def assessed_level(
    tx: Tx, *, sheet: HoldingSheet, as_of: date | None, scale: Scale = Scale.TRL
) -> Level | None:
    """What the assessments of the achievement behind a holding say by a day; None where they do not say it."""
    deal = deal_by_code(tx, code=sheet.deal_code) if sheet.deal_code else None
    if deal is None or deal.achievement_id is None or as_of is None:
        return None
    found = binding_assessment(tx, achievement_id=deal.achievement_id, as_of=as_of, scale=scale)
    if found is None:
        return None
    return Level(found.level, found.assessed_on, found.assessor, found.evidence, found.element)


def level_on(tx: Tx, *, sheet: HoldingSheet, as_of: date | None) -> Level | None:
    """The technology's level on a day, as exposure and reports tell it; None where nothing says it."""
    if as_of is None:
        return None
    return assessed_level(tx, sheet=sheet, as_of=as_of) or _valued_level(tx, sheet, as_of)


def _valued_level(tx: Tx, sheet: HoldingSheet, as_of: date) -> Level | None:
    valued = [
        one
        for one in marks(tx, holding_id=sheet.id)
        if one.state is MarkState.APPROVED and one.marked_on <= as_of
    ]
    files = files_of(tx, mark_ids=[one.id for one in valued])
    for one in valued:
        kept = files.get(one.id)
        if kept is not None and kept.file.readiness is not None:
            said = kept.file
            return Level(
                kept.file.readiness, one.marked_on, kept.prepared_by, said.readiness_source, is_assessed=False
            )
    return None

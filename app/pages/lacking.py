"""What a deal lacks before its next stage, each with the page on which it can be mended."""

from dataclasses import dataclass

from app.pages.desk import Desk
from kernel.errors import Problem
from kernel.instants import day_in_beijing
from pipeline.deals.gates import missing_before
from pipeline.deals.rules import Stage, is_forward, possible_moves
from pipeline.deals.sheets import DealSheet
from pipeline.spinouts.queries import SpinoutSheet, spinout


@dataclass(frozen=True)
class Lack:
    """One thing that is missing, and where to mend it ("" where the deal's own page is the place)."""

    problem: Problem
    href: str
    is_right: bool = False


def company_of(desk: Desk, sheet: DealSheet) -> SpinoutSheet | None:
    """The deal's company, where it names one."""
    return spinout(desk.tx, spinout_id=sheet.spinout_id) if sheet.spinout_id is not None else None


def lacks(desk: Desk, sheet: DealSheet, company: SpinoutSheet | None) -> tuple[Stage | None, list[Lack]]:
    """The deal's next stage and everything that is missing before it; a company is asked for early."""
    ahead = [stage for stage in possible_moves(sheet.stage) if is_forward(sheet.stage, stage)]
    if not ahead:
        return None, []
    found = missing_before(desk.tx, about=sheet, target=ahead[0], on=day_in_beijing(desk.now))
    return ahead[0], [
        Lack(problem, _mend(problem, sheet, company), not hasattr(sheet, problem.where)) for problem in found
    ]


def _mend(problem: Problem, sheet: DealSheet, company: SpinoutSheet | None) -> str:
    if problem.where == "spinout_id":
        return f"/channel/spinouts/new?deal={sheet.code}"
    if problem.where == "trl":
        return "/channel/achievements"
    if problem.where == "score":
        return ""
    if hasattr(sheet, problem.where):
        return f"/deals/{sheet.code}/edit"
    return f"/channel/spinouts/{company.code}#rights" if company else ""

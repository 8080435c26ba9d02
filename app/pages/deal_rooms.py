"""What the other rooms know of a deal, for the deal's own page."""

from collections.abc import Mapping

from app.pages.board import MOVERS
from app.pages.desk import Desk
from app.pages.who import organisation_names, people_choices
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing
from pipeline.committee.queries import approval, motions
from pipeline.deals.rules import Stage, Status
from pipeline.deals.sheets import DealSheet
from pipeline.diligence.queries import workstreams
from pipeline.diligence.rules import Subject
from pipeline.screening.queries import rounds_of, scorecards
from pipeline.screening.rules import RoundState

# The form on the deal's page that asks the room behind a gate to let the deal through.
GATEWAYS: Mapping[Stage, str] = {
    Stage.PROJECT_APPROVAL: "to-approval",
    Stage.DUE_DILIGENCE: "to-diligence",
    Stage.COMMITTEE: "to-committee",
}


def rooms(desk: Desk, sheet: DealSheet) -> dict[str, object]:
    """Rounds, workstreams and motions that the viewer may know of, and what may be opened."""
    runs = desk.actor.has(*MOVERS) and sheet.status is Status.ACTIVE
    rounds = rounds_of(desk.tx, deal_id=sheet.id, actor=desk.actor)
    sees_motions = desk.actor.reach == "all" or desk.actor.has(Role.COMMITTEE)
    is_running = any(one.state is RoundState.OPEN for one in rounds)
    may_open_stream = runs and sheet.stage in {Stage.DUE_DILIGENCE, Stage.COMMITTEE}
    return {
        "rounds": rounds,
        "streams": workstreams(desk.tx, actor=desk.actor, deal_id=sheet.id),
        "motions": motions(desk.tx, actor=desk.actor, deal_id=sheet.id).items if sees_motions else (),
        "may_open_round": runs and sheet.stage is Stage.SCREENING and not is_running,
        "may_open_stream": may_open_stream,
        "cards": _cards(desk),
        "subjects": [(one, desk.label(one)) for one in Subject],
        "leads": people_choices(desk) if may_open_stream else [],
        "enterprises": list(organisation_names(desk).items()) if may_open_stream else [],
        "gateways": _gateways(desk, sheet),
    }


def _gateways(desk: Desk, sheet: DealSheet) -> Mapping[Stage, str]:
    """The gates that may be asked from the deal's page; a deal that is approved already needs no second motion."""
    if sheet.stage is not Stage.COMMITTEE:
        return GATEWAYS
    held = approval(desk.tx, deal_id=sheet.id, as_of=day_in_beijing(desk.now))
    return GATEWAYS if held is None else {**GATEWAYS, Stage.CLOSING: "to-closing"}


def _cards(desk: Desk) -> list[tuple[str, str]]:
    names = dict.fromkeys(one.name for one in scorecards(desk.tx))
    return [(name, name) for name in names]

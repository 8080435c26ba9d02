"""What to do first where there is no fund yet, or one without partners, committee, scorecard or deals."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.pages.desk import Desk
from fund.partners.queries import partners
from kernel.identity.queries import somebody_has
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing
from pipeline.committee.standing import policies, seats
from pipeline.deals.filters import Wanted
from pipeline.deals.queries import table
from pipeline.screening.queries import scorecards


@dataclass(frozen=True)
class Step:
    """One thing to do: what, why, and where."""

    what: str
    more: str
    href: str


def first_steps(desk: Desk) -> list[Step]:
    """What the viewer can do next to set the fund up; nothing once all of it is done."""
    return [*_of_administrator(desk), *_of_manager(desk)]


def _of_administrator(desk: Desk) -> Iterator[Step]:
    if desk.actor.has(Role.ADMINISTRATOR) and not somebody_has(desk.tx, role=Role.MANAGER):
        more = desk.say("The manager opens the fund; you give each person a sign-in name and roles.")
        yield Step(desk.say("Add the manager and the others"), more, "/users")


def _of_manager(desk: Desk) -> Iterator[Step]:
    if not desk.actor.has(Role.MANAGER):
        return
    if not desk.funds:
        more = desk.say("Name, dates and terms; the books are opened with it.")
        yield Step(desk.say("Open the fund"), more, "/fund/new")
        return
    fund_id, on = desk.fund.id, day_in_beijing(desk.now)
    if not partners(desk.tx, fund_id=fund_id):
        more = desk.say("One list with codes, names, commitments, contacts and accounts.")
        yield Step(desk.say("Import the partners"), more, "/import")
    if not seats(desk.tx, fund_id=fund_id, on=on) or not policies(desk.tx, fund_id=fund_id):
        more = desk.say("Who sits on it, and by which rules it votes.")
        yield Step(desk.say("Set up the committee"), more, "/committee/seats")
    if not scorecards(desk.tx):
        more = desk.say("What deals are scored by, and the mark to pass.")
        yield Step(desk.say("Adopt a scorecard"), more, "/screening/cards")
    if not table(desk.tx, actor=desk.actor, fund_id=fund_id, now=desk.now, wanted=Wanted(), limit=1).items:
        more = desk.say("By hand, or from a list: the board is empty.")
        yield Step(desk.say("Register the first deal"), more, "/deals")

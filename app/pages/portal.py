"""The partner's own pages: its capital account, what it owes, what it was paid, its reports. Nothing of others."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from app.pages.calls import FAR
from app.pages.desk import Desk, DeskDep
from app.pages.fund import account_page
from fund.capital.queries import calls, distributions, due_calls
from fund.capital.reminders import reminders
from fund.partners.queries import PartnerSheet, partners
from fund.partners.rules import PartnerUnknown
from kernel.identity.rules import Role
from lp_reports.queries import reports

router = APIRouter(include_in_schema=False, prefix="/portal")


def own_partners(desk: Desk) -> list[PartnerSheet]:
    """The partners whose people the viewer is among."""
    desk.actor.require(Role.LP_USER)
    found = partners(desk.tx, fund_id=desk.fund.id, actor=desk.actor)
    return [one for one in found if one.id in desk.actor.partner_ids]


@router.get("")
def portal(desk: DeskDep) -> HTMLResponse:
    """The account of the viewer's partner; the first one where there are several."""
    found = own_partners(desk)
    wanted = desk.query.raw("partner").upper()
    chosen = next((one for one in found if one.code == wanted or not wanted), None)
    if chosen is None:
        raise PartnerUnknown()
    owed = due_calls(desk.tx, fund_id=desk.fund.id, as_of=FAR, actor=desk.actor)
    return account_page(
        desk,
        chosen,
        home=f"/portal?partner={chosen.code}",
        template="portal.html",
        partners=found,
        due=[one for one in owed if one.partner_id == chosen.id],
        reminded={
            one.call_id: note.recorded_at
            for one in owed
            for note in reminders(desk.tx, call_id=one.call_id, actor=desk.actor)
            if note.partner_id == chosen.id
        },
        calls=calls(desk.tx, fund_id=desk.fund.id, actor=desk.actor).items,
        distributions=distributions(desk.tx, fund_id=desk.fund.id, actor=desk.actor).items,
        reports=reports(desk.tx, actor=desk.actor, partner_id=chosen.id, limit=8).items,
    )

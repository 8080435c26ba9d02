"""The partner's own pages: its capital account, what it owes, what it was paid, its reports. Nothing of others."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from app.pages.calls import FAR
from app.pages.desk import Desk, DeskDep
from app.pages.fund import account_page
from app.pages.side_letters import excuse_words
from app.pages.terms_form import IN_WORDS
from fund.capital.netted import nettings
from fund.capital.queries import calls, distributions, due_calls
from fund.capital.reminders import reminders
from fund.charter.queries import terms
from fund.defaults.queries import uncured
from fund.estimates.queries import published
from fund.givebacks.queries import carry_returns
from fund.indemnities.queries import IndemnitySheet, indemnities
from fund.indemnities.rules import IndemnityState
from fund.mandates.veto_rules import VetoState
from fund.mandates.vetoes import QuestionSheet, questions
from fund.partners.queries import PartnerSheet, partners
from fund.partners.rules import PartnerUnknown
from fund.side_letters.queries import in_force, letters
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing
from kernel.periods import Quarter
from lp_reports.gathering.notices import is_given
from lp_reports.queries import reports
from lp_reports.rules import Act

router = APIRouter(include_in_schema=False, prefix="/portal")


def own_partners(desk: Desk) -> list[PartnerSheet]:
    """The partners whose people the viewer is among."""
    desk.actor.require(Role.LP_USER)
    found = partners(desk.tx, fund_id=desk.fund.id, actor=desk.actor)
    return [one for one in found if one.id in desk.actor.partner_ids]


def _on_paper(
    desk: Desk, whose: Sequence[PartnerSheet], found: Mapping[Act, Collection[int]]
) -> set[tuple[str, int]]:
    """The acts of which a notice can be had here; where there are several partners, from the pages of the acts only."""
    if len(whose) > 1:
        return set()
    return {
        (act.value, key)
        for act, keys in found.items()
        for key in keys
        if is_given(desk.tx, act=act, act_id=key)
    }


def _giving_back(found: Iterable[IndemnitySheet], partner_id: int) -> list[tuple[IndemnitySheet, int]]:
    """What a partner still has to give back of distributions, each with how much."""
    open_ = [one for one in found if one.state is IndemnityState.APPROVED]
    return [(one, line.outstanding) for one in open_ if (line := one.line(partner_id)) and line.outstanding]


def _asked(desk: Desk, whose: PartnerSheet) -> list[QuestionSheet]:
    """The questions about a partner's veto that it has not answered."""
    found = questions(desk.tx, fund_id=desk.fund.id, partner_ids=[whose.id])
    return [one for one in found if one.state is VetoState.ASKED]


@router.get("/letter")
def letter(desk: DeskDep) -> HTMLResponse:
    """What the viewer's partner was promised beside the charter, version by version; of no other partner anything."""
    found = own_partners(desk)
    wanted = desk.query.raw("partner").upper()
    chosen = next((one for one in found if one.code == wanted or not wanted), None)
    if chosen is None:
        raise PartnerUnknown()
    today = day_in_beijing(desk.now)
    own = letters(desk.tx, fund_id=desk.fund.id, partner_id=chosen.id, actor=desk.actor)
    return desk.show(
        "portal_letter.html",
        whose=chosen,
        partners=found,
        holding=in_force(own, partner_id=chosen.id, as_of=today),
        found=own[::-1],
        charter=terms(desk.tx, fund_id=desk.fund.id, as_of=today),
        excuse=lambda one: excuse_words(desk, one),
        reads=lambda one: desk.say(IN_WORDS[one]),
        today=today,
    )


def _coming(desk: Desk, whose: PartnerSheet) -> dict[str, object]:
    """The questions that a partner has to answer; the estimate of calls that holds, and the quarter that runs."""
    running = Quarter.containing(day_in_beijing(desk.now))
    found = published(desk.tx, fund_id=desk.fund.id, quarter=running, actor=desk.actor)
    return {"vetoes_asked": _asked(desk, whose), "estimate": found, "running": running}


@router.get("")
def portal(desk: DeskDep) -> HTMLResponse:
    """The account of the viewer's partner; the first one where there are several."""
    found = own_partners(desk)
    wanted = desk.query.raw("partner").upper()
    chosen = next((one for one in found if one.code == wanted or not wanted), None)
    if chosen is None:
        raise PartnerUnknown()
    called = calls(desk.tx, fund_id=desk.fund.id, actor=desk.actor).items
    paid = distributions(desk.tx, fund_id=desk.fund.id, actor=desk.actor).items
    asked = indemnities(desk.tx, fund_id=desk.fund.id, actor=desk.actor).items
    netted = [
        one
        for one in nettings(desk.tx, fund_id=desk.fund.id, actor=desk.actor).items
        if any(part.partner_id == chosen.id for part in one.parts)
    ]
    owed = due_calls(desk.tx, fund_id=desk.fund.id, as_of=FAR, actor=desk.actor)
    standing = uncured(desk.tx, fund_id=desk.fund.id, on=day_in_beijing(desk.now), actor=desk.actor)
    return account_page(
        desk,
        chosen,
        home=f"/portal?partner={chosen.code}",
        template="portal.html",
        partners=found,
        due=[one for one in owed if one.partner_id == chosen.id and one.to_pay],
        netted=netted,
        on_paper=_on_paper(
            desk,
            found,
            {
                Act.CALL: [one.id for one in called],
                Act.DISTRIBUTION: [one.id for one in paid],
                Act.NETTING: [one.id for one in netted],
                Act.INDEMNITY: [one.id for one in asked if one.line(chosen.id)],
            },
        ),
        reminded={
            one.call_id: note.recorded_at
            for one in owed
            for note in reminders(desk.tx, call_id=one.call_id, actor=desk.actor)
            if note.partner_id == chosen.id
        },
        noticed=[one for one in standing if one.partner_id == chosen.id],
        calls=called,
        **_coming(desk, chosen),
        distributions=paid,
        returns=carry_returns(desk.tx, fund_id=desk.fund.id, actor=desk.actor).items,
        givebacks=[one for one in asked if one.line(chosen.id)],
        giving_back=_giving_back(asked, chosen.id),
        reports=reports(desk.tx, actor=desk.actor, partner_id=chosen.id, limit=8).items,
    )

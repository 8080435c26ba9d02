"""Today: what waits for the person who has signed in, by role, the most pressing first."""

from collections.abc import Iterator
from datetime import date

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from app.formats import money, percent, traditional_day
from app.pages.committee import asks_words
from app.pages.desk import Desk, DeskDep
from app.pages.first_steps import first_steps
from app.pages.frame import STAFF
from app.pages.keys import key_words
from app.pages.tasks import Task
from app.pages.vote_state import uncounted_words
from app.pages.waiting import about_deals, in_default, netted, off_days, on_statements, on_valuations
from app.pages.waiting_back import carry_back, distributions_back
from app.pages.who import company_names, partner_names
from fund.capital.queries import calls, distributions, due_calls
from fund.capital.reminders import reminders
from fund.capital.rules import CallKind, CallState
from fund.capital.sharing import DistributionState
from fund.defaults.queries import uncured
from fund.defaults.rules import DefaultState
from fund.holdings.queries import holding_labels, marks_waiting
from fund.interests.queries import transfers
from fund.interests.rules import TransferState
from fund.nettings.queries import joined_pairs
from fund.valuations.asked import undecided
from fund.valuations.watch import stale_marks
from fund.watch.queries import alerts
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing
from lp_reports.progress import needing_help
from lp_reports.queries import reports
from lp_reports.rules import State
from pipeline.committee.queries import waiting
from pipeline.committee.uncounted import uncounted
from pipeline.deals.filters import Sort, Wanted
from pipeline.deals.queries import table
from pipeline.diligence.queries import workstreams
from pipeline.diligence.rules import WorkstreamState
from pipeline.screening.queries import waiting_for

router = APIRouter(include_in_schema=False)

BOOKERS = (Role.MANAGER, Role.ACCOUNTANT)
MANY = 12


@router.get("/today")
def today(desk: DeskDep) -> HTMLResponse:
    """What waits for this person."""
    of_nothing = (_uncounted, _committee, _scores, _work)
    of_a_fund = (
        _failed,
        *of_nothing,
        _own_calls,
        _books,
        in_default,
        on_statements,
        on_valuations,
        _alerts,
        _stale,
        about_deals,
        _deals,
    )
    tasks = [task for asks in (of_a_fund if desk.funds else of_nothing) for task in asks(desk)]
    on, steps = day_in_beijing(desk.now), first_steps(desk)
    return desk.show("today.html", tasks=tasks, steps=steps, day=traditional_day(on, desk.language))


def _failed(desk: Desk) -> Iterator[Task]:
    """Work of the last quarters that could not be done and that only a person can help on."""
    if not desk.actor.has(*BOOKERS):
        return
    for one in needing_help(desk.tx, fund=desk.fund):
        is_close = one.status.job == "quarter_close"
        kind = desk.say("Close refused") if is_close else desk.say("Reports refused")
        failure = one.failures[0]
        more = desk.say(failure.says, **failure.facts)
        if one.step is not None:
            more = desk.say(
                "Stopped at “{step}”: {reason}", step=desk.label(one.step, "CloseStep"), reason=more
            )
        yield Task(kind, one.quarter, more, "/reports#work", one.status.asked_at, is_late=True)


def _uncounted(desk: Desk) -> Iterator[Task]:
    """Votes that are over and that nobody has counted, for those who can have them counted."""
    if not desk.actor.has(Role.MANAGER, Role.ANALYST, Role.COMMITTEE):
        return
    for one in uncounted(desk.tx, actor=desk.actor, now=desk.now):
        more = f"{one.motion.code} · {uncounted_words(desk, one)}"
        href = f"/committee/{one.motion.id}#count"
        kind = desk.say("The vote was not counted")
        yield Task(kind, one.motion.title, more, href, one.motion.closes_at, is_late=True)


def _alerts(desk: Desk) -> Iterator[Task]:
    """Limits that are exceeded, for as long as they are."""
    if not desk.actor.has(Role.MANAGER):
        return
    for one in alerts(desk.tx, fund_id=desk.fund.id, actor=desk.actor):
        what = f"{desk.label(one.dimension)} · {key_words(desk, one.dimension, one.key)}"
        more = desk.say(
            "{current} against a limit of {maximum}",
            current=percent(one.current),
            maximum=percent(one.maximum),
        )
        says = desk.say("Limit exceeded")
        yield Task(says, what, more, "/fund/portfolio#limits", one.found_on, is_late=True)


def _stale(desk: Desk) -> Iterator[Task]:
    """Marks to be looked at again, for those who prepare them."""
    if not desk.actor.has(Role.MANAGER, Role.ANALYST):
        return
    for one in stale_marks(desk.tx, fund_id=desk.fund.id, as_of=day_in_beijing(desk.now)):
        happened = [desk.half(what.what) for what in one.since]
        more = " · ".join([desk.say("{days} days old", days=one.days), *happened])
        href = f"/fund/portfolio/{one.code}/marks/{one.mark_id}"
        yield Task(desk.say("Stale mark"), f"{one.code} {one.name}", more, href, one.marked_on, is_late=True)


def _committee(desk: Desk) -> Iterator[Task]:
    if not desk.actor.has(Role.COMMITTEE):
        return
    words = asks_words(desk)
    for one in waiting(desk.tx, actor=desk.actor, now=desk.now):
        more = f"{one.motion.code} · {desk.label(one.motion.matter)}"
        href = f"/committee/{one.motion.id}"
        yield Task(words[one.asks], one.motion.title, more, href, one.motion.closes_at)


def _scores(desk: Desk) -> Iterator[Task]:
    for one in waiting_for(desk.tx, actor=desk.actor):
        href = f"/screening/{one.round_id}"
        yield Task(
            desk.say("Score"), f"{one.deal} {desk.half(one.deal_name)}", desk.half(one.technology), href
        )


def _own_calls(desk: Desk) -> Iterator[Task]:
    """What the viewer's own partners owe."""
    if not desk.actor.has(Role.LP_USER):
        return
    on = day_in_beijing(desk.now)
    for one in uncured(desk.tx, fund_id=desk.fund.id, on=on, actor=desk.actor):
        more, href = (
            desk.say("{to_cure} cures it today", to_cure=money(one.to_cure)),
            f"/fund/calls/{one.call_id}",
        )
        late = one.state is DefaultState.PAST_CURE
        yield Task(desk.say("Cure the default"), one.call, more, href, one.cure_until, late)
    for line in due_calls(desk.tx, fund_id=desk.fund.id, as_of=date(9999, 12, 31), actor=desk.actor):
        noted = reminders(desk.tx, call_id=line.call_id, actor=desk.actor)
        told = [desk.say("reminded on {on}", on=day_in_beijing(one.recorded_at)) for one in noted[-1:]]
        if not line.to_pay:
            continue
        more, href = " · ".join([money(line.to_pay), *told]), f"/fund/calls/{line.call_id}"
        yield Task(desk.say("To pay"), line.call, more, href, line.due_on, line.due_on < on)


def _books(desk: Desk) -> Iterator[Task]:
    """Calls, distributions, marks and reports that wait for approval or for the next step."""
    if not desk.actor.has(*BOOKERS):
        return
    fund_id, on = desk.fund.id, day_in_beijing(desk.now)
    approve, issue = desk.say("Approve the call"), desk.say("Issue the call")
    steps = ((CallState.DRAFT, approve), (CallState.APPROVED, issue))
    back = {CallState.DRAFT: desk.say("Approve the return"), CallState.APPROVED: desk.say("Pay it back")}
    joined, _ = joined_pairs(desk.tx, fund_id=fund_id)
    for state, says in steps:
        for call in calls(desk.tx, fund_id=fund_id, actor=desk.actor, state=state).items:
            if call.id in joined or (state is CallState.DRAFT and call.prepared_by == desk.actor.user_id):
                continue
            more = f"{call.code} · {money(call.amount)}"
            what = back[state] if call.kind is CallKind.RETURN else says
            yield Task(what, call.purpose, more, f"/fund/calls/{call.id}", call.due_on)
    yield from _distributions(desk)
    yield from netted(desk)
    yield from off_days(desk)
    yield from _transfers(desk)
    yield from carry_back(desk)
    yield from distributions_back(desk)
    names = partner_names(desk)
    for line in due_calls(desk.tx, fund_id=fund_id, as_of=on, actor=desk.actor):
        if not line.to_pay:
            continue
        more = f"{line.call} · {money(line.to_pay)}"
        what, href = names.get(line.partner_id, ""), f"/fund/calls/{line.call_id}"
        yield Task(desk.say("Owed"), what, more, href, line.due_on, line.due_on < on)
    if desk.actor.has(Role.MANAGER):
        yield from _approvals(desk)
    else:
        for row in reports(desk.tx, actor=desk.actor, state=State.DRAFT, limit=MANY).items:
            if row.prepared_by != desk.actor.user_id:
                what = desk.name(row.partner_name_zh, row.partner_name_en)
                yield Task(desk.say("Review the report"), row.number, what, f"/reports/{row.id}")


def _distributions(desk: Desk) -> Iterator[Task]:
    approve, pay = desk.say("Approve the distribution"), desk.say("Pay the distribution")
    steps = ((DistributionState.DRAFT, approve), (DistributionState.APPROVED, pay))
    _, joined = joined_pairs(desk.tx, fund_id=desk.fund.id)
    for state, says in steps:
        for row in distributions(desk.tx, fund_id=desk.fund.id, actor=desk.actor, state=state).items:
            if row.id in joined or (
                state is DistributionState.DRAFT and row.prepared_by == desk.actor.user_id
            ):
                continue
            more, href = f"{row.code} · {money(row.amount)}", f"/fund/distributions/{row.id}"
            yield Task(says, row.source, more, href, row.pay_on)


def _transfers(desk: Desk) -> Iterator[Task]:
    waiting = transfers(desk.tx, fund_id=desk.fund.id, actor=desk.actor, state=TransferState.DRAFT)
    for row in waiting.items:
        if row.prepared_by != desk.actor.user_id:
            more, href = f"{row.code} · {money(row.commitment)}", f"/fund/transfers/{row.id}"
            yield Task(desk.say("Approve the transfer"), row.reason, more, href, row.effective_on)


def _approvals(desk: Desk) -> Iterator[Task]:
    labels = holding_labels(desk.tx, fund_id=desk.fund.id, actor=desk.actor)
    open_files = undecided(desk.tx, fund_id=desk.fund.id, on=day_in_beijing(desk.now), actor=desk.actor)
    drafts = marks_waiting(desk.tx, fund_id=desk.fund.id, actor=desk.actor)
    names = company_names(desk) if drafts else {}
    for mark in drafts:
        if mark.prepared_by_id != desk.actor.user_id and mark.id not in open_files:
            code, name = labels[mark.holding_id]
            more = f"{money(mark.value)} · {mark.prepared_by}"
            href = f"/fund/portfolio/{code}"
            what = f"{code} {names.get(name, name)}"
            yield Task(desk.say("Approve the mark"), what, more, href, mark.marked_on)
    approve, publish = desk.say("Approve the report"), desk.say("Publish the report")
    steps = ((State.DRAFT, approve), (State.REVIEWED, approve), (State.APPROVED, publish))
    for state, says in steps:
        for row in reports(desk.tx, actor=desk.actor, state=state, limit=MANY).items:
            if state is not State.APPROVED and row.prepared_by == desk.actor.user_id:
                continue
            what = desk.name(row.partner_name_zh, row.partner_name_en)
            yield Task(says, row.number, what, f"/reports/{row.id}")


def _work(desk: Desk) -> Iterator[Task]:
    """Open workstreams: those the viewer leads, and for an enterprise all of its own."""
    on = day_in_beijing(desk.now)
    if not desk.actor.has(*STAFF, Role.LP_USER, Role.LP_EXPERT):
        return
    for one in workstreams(desk.tx, actor=desk.actor):
        is_mine = one.lead_id == desk.actor.user_id if desk.actor.reach == "all" else True
        if one.state is WorkstreamState.OPEN and is_mine:
            late = one.due_on is not None and one.due_on < on
            what = f"{one.deal_code} {desk.label(one.subject)}"
            yield Task(desk.say("Diligence"), what, one.party_name, f"/diligence/{one.id}", one.due_on, late)


def _deals(desk: Desk) -> Iterator[Task]:
    """The next steps of the deals that the viewer leads; for a manager, deals that have stayed too long."""
    if not desk.actor.has(Role.MANAGER, Role.ANALYST):
        return
    own = Wanted(owner_id=desk.actor.user_id)
    late = Wanted(is_late=True)
    seen: set[str] = set()
    for choice, says in ((own, desk.say("Next step")), (late, desk.say("Too long in its stage"))):
        if choice is late and not desk.actor.has(Role.MANAGER):
            continue
        found = table(
            desk.tx,
            actor=desk.actor,
            fund_id=desk.fund.id,
            now=desk.now,
            wanted=choice,
            sort=Sort.NEXT_STEP,
            limit=MANY,
        )
        for card in found.items:
            if card.code in seen or (choice is own and not card.next_step):
                continue
            seen.add(card.code)
            more = " · ".join(filter(None, (desk.label(card.stage), desk.half(card.next_step))))
            href = f"/deals/{card.code}"
            what, due = f"{card.code} {desk.half(card.name)}", card.next_step_on
            yield Task(says, what, more, href, due, card.next_step_late)

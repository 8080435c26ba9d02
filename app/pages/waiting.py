"""What waits about deals (evidence, exceptions, closings, documents), valuation files, bank lines and defaults."""

from collections.abc import Iterator

from app.formats import money
from app.pages.desk import Desk
from app.pages.tasks import Task
from app.pages.who import company_names, partner_names
from fund.bank.queries import count_open, open_lines
from fund.capital.due_days import dues_off
from fund.capital.netted import nettings
from fund.defaults.queries import uncured
from fund.defaults.rules import DefaultState
from fund.defaults.sharing import payable_by_partner
from fund.nettings.rules import NettingState
from fund.valuations.asked import files_to_answer
from fund.valuations.committee import MEMBERS
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing
from pipeline.closing.waiting import Waiting, closings_to_settle, conditions_to_confirm, exceptions_to_approve
from pipeline.diligence.waiting import documents_offered

CONFIRMERS = (Role.MANAGER, Role.ANALYST, Role.COMMITTEE)


def about_deals(desk: Desk) -> Iterator[Task]:
    """Every such thing that this person may do; nobody is asked to be the second person to their own act."""
    tx, actor = desk.tx, desk.actor
    if actor.has(*CONFIRMERS):
        yield from _second(desk, desk.say("Confirm the condition"), conditions_to_confirm(tx, actor=actor))
    if actor.has(Role.MANAGER):
        yield from _second(desk, desk.say("Approve the exception"), exceptions_to_approve(tx, actor=actor))
    if actor.has(Role.MANAGER, Role.ACCOUNTANT):
        for one in closings_to_settle(tx, actor=actor, fund_id=desk.fund.id):
            yield _task(desk, desk.say("Settle the closing"), one)
    if actor.has(Role.MANAGER, Role.ANALYST):
        for offer in documents_offered(tx, actor=actor):
            folder = f"/diligence/{offer.workstream_id}"
            href = folder if offer.workstream_id else f"/deals/{offer.deal_code}"
            more = " · ".join((offer.deal_code, offer.folder, offer.uploaded_by))
            yield Task(desk.say("Accept or decline the document"), offer.title, more, href, offer.offered_at)


def on_valuations(desk: Desk) -> Iterator[Task]:
    """Valuation files that wait for the answer of this member of the committee."""
    if not desk.actor.has(*MEMBERS):
        return
    on = day_in_beijing(desk.now)
    files = files_to_answer(desk.tx, fund_id=desk.fund.id, on=on, actor=desk.actor)
    names = company_names(desk) if files else {}
    for one in files:
        more = " · ".join((one.mark.marked_on.isoformat(), money(one.mark.value), one.mark.prepared_by))
        href = f"/fund/portfolio/{one.code}/marks/{one.mark.id}#committee"
        what = f"{one.code} {names.get(one.name, one.name)}"
        yield Task(desk.say("Answer the valuation file"), what, more, href, one.mark.prepared_at)


def on_statements(desk: Desk) -> Iterator[Task]:
    """The lines of bank statements that nobody has said anything of, as one thing to do, since the oldest."""
    if not desk.actor.has(Role.MANAGER, Role.ACCOUNTANT):
        return
    oldest = open_lines(desk.tx, fund_id=desk.fund.id, limit=1)
    if oldest:
        count = count_open(desk.tx, fund_id=desk.fund.id)
        what = desk.say("Lines of the bank's statements: {count}", count=count)
        more = desk.say("the oldest of {on}", on=oldest[0].booked_on)
        yield Task(desk.say("Match"), what, more, "/fund/bank", oldest[0].booked_on)


def off_days(desk: Desk) -> Iterator[Task]:
    """What falls due on a day that a notice of holidays entered since has made no business day."""
    for one in dues_off(desk.tx, fund_id=desk.fund.id, today=day_in_beijing(desk.now)):
        href = f"/fund/calls/{one.id}" if one.is_call else f"/fund/indemnities/{one.id}"
        more = desk.say("no business day; the next one is {next}", next=one.next_on)
        yield Task(desk.say("Check the due date"), one.code, more, href, one.due_on)


def netted(desk: Desk) -> Iterator[Task]:
    """Nettings that wait for approval, for their notice, or on their day to be settled."""
    on = day_in_beijing(desk.now)
    steps = {
        NettingState.DRAFT: desk.say("Approve the netting"),
        NettingState.APPROVED: desk.say("Give notice of the netting"),
        NettingState.ISSUED: desk.say("Settle the netting"),
    }
    for row in nettings(desk.tx, fund_id=desk.fund.id, actor=desk.actor).items:
        is_own = row.state is NettingState.DRAFT and row.prepared_by == desk.actor.user_id
        to_come = row.state is NettingState.ISSUED and on < row.on
        if row.state in steps and not is_own and not to_come:
            more = f"{row.code} · {money(row.set_off)}"
            href, is_late = f"/fund/nettings/{row.id}", row.on < on
            yield Task(steps[row.state], f"{row.call} · {row.distribution}", more, href, row.on, is_late)


def in_default(desk: Desk) -> Iterator[Task]:
    """Defaults whose days to cure are over, and interest that waits to be paid on."""
    if not desk.actor.has(Role.MANAGER, Role.ACCOUNTANT):
        return
    fund_id, today = desk.fund.id, day_in_beijing(desk.now)
    names = partner_names(desk)
    for one in uncured(desk.tx, fund_id=fund_id, on=today, actor=desk.actor):
        late = one.state is DefaultState.PAST_CURE
        more = f"{one.call} · {money(one.to_cure)}"
        says = desk.say("Default not cured") if late else desk.say("Default to be cured")
        what = names.get(one.partner_id, "")
        yield Task(says, what, more, f"/fund/defaults#default-{one.id}", one.cure_until, late)
    owed = sum(payable_by_partner(desk.tx, fund_id=fund_id).values())
    if owed:
        what = desk.say("Interest on defaults")
        yield Task(desk.say("Pay on"), what, money(owed), "/fund/defaults#payable")


def _second(desk: Desk, says: str, found: list[Waiting]) -> Iterator[Task]:
    for one in found:
        if one.begun_by_id is None or one.begun_by_id != desk.actor.user_id:
            yield _task(desk, says, one)


def _task(desk: Desk, says: str, one: Waiting) -> Task:
    amount = money(one.amount) if one.amount is not None else ""
    more = " · ".join(filter(None, (one.says, amount, one.begun_by)))
    what = f"{one.deal_code} {desk.half(one.deal_name)}"
    return Task(says, what, more, f"/deals/{one.deal_code}/closing", one.since)

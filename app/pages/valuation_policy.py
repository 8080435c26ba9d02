"""The fund's valuation policy with its versions, the marks that have grown stale, and how marks did at exits."""

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.pages.desk import Desk, DeskDep
from app.pages.fields import Fields
from app.pages.frame import STAFF
from app.pages.portfolio import asked_day
from fund.holdings.mark_rules import Technique
from fund.holdings.queries import holdings
from fund.valuations.policy import Policy
from fund.valuations.queries import policy_on, versions
from fund.valuations.records import set_policy
from fund.valuations.watch import back_tested, stale_marks
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing

router = APIRouter(include_in_schema=False, prefix="/fund/valuation")
BEGUN = Policy()


@router.get("")
def policy(desk: DeskDep) -> HTMLResponse:
    """What the fund laid down, and what that says of its marks."""
    return policy_page(desk)


def policy_page(desk: Desk) -> HTMLResponse:
    """The policy in force, its versions, stale marks and the back-test."""
    desk.actor.require(*STAFF, Role.COMMITTEE)
    on, fund_id = asked_day(desk), desk.fund.id
    kept = policy_on(desk.tx, fund_id=fund_id, on=on)
    held = holdings(desk.tx, fund_id=fund_id, as_of=on)
    begun = kept.policy if kept else BEGUN
    return desk.show(
        "fund/valuation.html",
        as_of=on,
        kept=kept,
        begun=begun,
        versions=versions(desk.tx, fund_id=fund_id),
        stages=sorted({one.stage for one in held} | set(begun.techniques)),
        techniques=[(one, desk.label(one)) for one in Technique],
        stale=stale_marks(desk.tx, fund_id=fund_id, as_of=on),
        tested=back_tested(desk.tx, fund_id=fund_id, as_of=on),
        may_set=desk.actor.has(Role.MANAGER),
        today=day_in_beijing(desk.now),
    )


@router.post("")
def lay_down(desk: DeskDep) -> Response:
    """Lay down how the fund values from a day on."""

    def act() -> None:
        fields = desk.fields
        effective_on, note = fields.day("effective_on"), fields.text("note")
        read = read_policy(fields)
        fields.check()
        set_policy(
            desk.tx,
            desk.actor,
            fund_id=desk.fund.id,
            policy=read,
            effective_on=effective_on,
            note=note,
            now=desk.now,
        )

    return desk.act("policy", act, then="/fund/valuation", done="valuation.policy_set", again=policy_page)


def read_policy(fields: Fields) -> Policy:
    """The policy that was typed; a stage with no technique ticked may use all."""
    techniques: dict[str, tuple[Technique, ...]] = {}
    for line, stage in enumerate(fields.many("stage"), 1):
        ticked = tuple(one for one in Technique if one in set(fields.many(f"allowed{line}")))
        if ticked:
            techniques[stage] = ticked
    return Policy(
        stale_days=fields.whole("stale_days"),
        milestone_days=fields.whole("milestone_days"),
        rounding=fields.percent("rounding"),
        file_from=fields.maybe_money("file_from"),
        needs_minute=fields.ticked("needs_minute"),
        approvers=_names(fields, "approvers"),
        techniques=techniques,
        committee=_names(fields, "committee"),
        quorum=fields.share("quorum") if fields.raw("quorum") else BEGUN.quorum,
        threshold=fields.share("threshold") if fields.raw("threshold") else BEGUN.threshold,
    )


def _names(fields: Fields, name: str) -> tuple[str, ...]:
    """Sign-in names typed one after the other, with or without commas."""
    return tuple(word for word in fields.raw(name).replace("，", ",").replace(",", " ").split())

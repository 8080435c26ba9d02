"""Remedies by page, on the page of defaults: proposed, resolved on, carried out after it was shown, undone."""

from collections.abc import Callable

from fastapi import APIRouter, Response

from app.pages.costs import undo_fields
from app.pages.defaults import HOME, defaults_page
from app.pages.desk import Desk, DeskDep
from app.pages.frame import STAFF
from app.pages.rehearsal import act_after_showing
from app.uploads import content_of
from fund.defaults import remedies as acts
from fund.defaults.promise_rules import Remedy
from fund.defaults.remedied import remedy
from fund.defaults.remedy_rules import Proposal, RemedyUnknown, Say, Vote
from kernel.blobs.queries import get


def _n(says: str) -> str:
    return says


router = APIRouter(include_in_schema=False, prefix="/fund/defaults")
# As many lines for votes as the form has.
MEMBERS = 5


@router.post("/{default_id:int}/remedy")
def propose(desk: DeskDep, default_id: int) -> Response:
    """Propose a remedy."""

    def act() -> None:
        fields = desk.fields
        chosen, reason = fields.choice("remedy", Remedy), fields.text("reason")
        share = fields.percent("share") if fields.raw("share") else None
        buyer_id, price = fields.maybe_whole("buyer_id"), fields.maybe_money("price")
        fields.check()
        proposal = Proposal(chosen, share, buyer_id, price, reason)
        acts.propose(desk.tx, desk.actor, default_id=default_id, proposal=proposal, now=desk.now)

    form = f"remedy-{default_id}"
    return desk.act(form, act, then=HOME, done="remedy.proposed", again=defaults_page)


@router.post("/remedies/{remedy_id:int}/resolution")
def resolve(desk: DeskDep, remedy_id: int) -> Response:
    """Record what the advisory committee resolved."""

    def act() -> None:
        fields = desk.fields
        resolved_on, votes = fields.day("resolved_on"), _votes(desk)
        file = fields.file("minutes")
        fields.check()
        acts.resolve(
            desk.tx,
            desk.actor,
            remedy_id=remedy_id,
            resolved_on=resolved_on,
            votes=votes,
            minutes=content_of(file, field="minutes") if file else b"",
            minutes_name=(file.filename or "") if file else "",
            now=desk.now,
        )

    form = f"resolve-{remedy_id}"
    return desk.act(form, act, then=HOME, done="remedy.resolved", again=defaults_page)


@router.post("/remedies/{remedy_id:int}/execute")
def execute(desk: DeskDep, remedy_id: int) -> Response:
    """Carry a remedy out."""

    def act() -> None:
        on = desk.fields.day("effective_on")
        desk.fields.check()
        acts.execute(desk.tx, desk.actor, remedy_id=remedy_id, effective_on=on, now=desk.now)

    form = f"execute-{remedy_id}"
    return _shown(desk, form, act, _n("Carry the remedy out"), _n("Carry it out"), "remedy.executed")


@router.post("/remedies/{remedy_id:int}/undo")
def undo(desk: DeskDep, remedy_id: int) -> Response:
    """Take a remedy back."""

    def act() -> None:
        reason, on = undo_fields(desk)
        acts.undo_remedy(desk.tx, desk.actor, remedy_id=remedy_id, reason=reason, undone_on=on, now=desk.now)

    form = f"undo-remedy-{remedy_id}"
    return _shown(desk, form, act, _n("Take the remedy back"), _n("Take it back"), "act.undone")


@router.get("/remedies/{remedy_id:int}/minutes")
def minutes(desk: DeskDep, remedy_id: int) -> Response:
    """The minutes, as they were handed in."""
    desk.actor.require(*STAFF)
    found = remedy(desk.tx, remedy_id=remedy_id, actor=desk.actor).resolution
    if found is None:
        raise RemedyUnknown()
    headers = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}
    return Response(
        get(desk.tx, sha256=found.minutes_sha256).content, media_type=acts.MINUTES, headers=headers
    )


def _votes(desk: Desk) -> list[Vote]:
    """The lines of the form that name a member."""
    fields = desk.fields
    return [
        Vote(
            fields.raw(f"member-{line}"),
            fields.maybe_whole(f"partner-{line}"),
            fields.choice(f"say-{line}", Say),
        )
        for line in range(1, MEMBERS + 1)
        if fields.raw(f"member-{line}")
    ]


def _shown(desk: Desk, form: str, act: Callable[[], object], says: str, button: str, done: str) -> Response:
    return act_after_showing(
        desk, form, act, says=says, button=button, back=HOME, then=HOME, done=done, again=defaults_page
    )

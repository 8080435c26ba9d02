"""Settling what others owe the fund of costs that it paid, from the page of fees and expenses."""

from fastapi import APIRouter, Response

from app.pages.costs import HOME, costs_page, undo_fields
from app.pages.desk import Desk, DeskDep
from app.pages.rehearsal import act_after_showing
from fund.fees import recoveries as acts
from fund.fees.recovery_rules import RecoveryWay


def _n(says: str) -> str:
    return says


router = APIRouter(include_in_schema=False, prefix="/fund/costs/recoveries")


@router.post("/{reference}")
def recover(desk: DeskDep, reference: str) -> Response:
    """Book what became of something owed back."""

    def act() -> None:
        fields = desk.fields
        way, amount = fields.choice("way", RecoveryWay), fields.money("amount")
        settled_on = fields.day("settled_on")
        fields.check()
        acts.recover(
            desk.tx,
            desk.actor,
            fund_id=desk.fund.id,
            reference=reference,
            way=way,
            amount=amount,
            settled_on=settled_on,
            now=desk.now,
        )

    return act_after_showing(
        desk,
        f"recover-{reference}",
        act,
        says=_n("Settle what is owed back"),
        button=_n("Settle it"),
        back=HOME,
        then=HOME,
        done="expense.recovered",
        again=costs_page,
    )


@router.post("/{reference}/undo/{number}")
def undo(desk: DeskDep, reference: str, number: int) -> Response:
    """Take a settlement back."""
    return _undone(desk, reference, number)


def _undone(desk: Desk, reference: str, number: int) -> Response:
    def act() -> None:
        reason, on = undo_fields(desk)
        acts.undo_recovery(
            desk.tx,
            desk.actor,
            fund_id=desk.fund.id,
            reference=reference,
            number=number,
            reason=reason,
            undone_on=on,
            now=desk.now,
        )

    return act_after_showing(
        desk,
        f"undo-recovery-{reference}.{number}",
        act,
        says=_n("Take the settlement back"),
        button=_n("Take it back"),
        back=HOME,
        then=HOME,
        done="act.undone",
        again=costs_page,
    )

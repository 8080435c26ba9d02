"""The investment that the page of the portfolio is asked about before any money is promised."""

from dataclasses import replace

from app.pages.desk import Desk
from app.pages.fields import FieldsWrong
from fund.results.exposure_rules import WhatIf


def tried_deal(desk: Desk) -> tuple[Desk, WhatIf | None]:
    """The investment that is asked about, if any; where it is refused, the desk that says so beside the form."""
    try:
        return desk, asked_deal(desk)
    except FieldsWrong as refusal:
        return replace(desk, form="what-if", refusal=refusal, entered=desk.query.typed()), None


def asked_deal(desk: Desk) -> WhatIf | None:
    """The investment that the address asks "what if?" about. Refused: an amount that is none, or not above zero."""
    asked = desk.query
    if not asked.raw("amount"):
        return None
    amount = asked.money("amount")
    if amount <= 0 and not asked.problems:
        asked.wrong("amount", "the amount must be above zero")
    asked.check()
    return WhatIf(
        name=asked.raw("name") or desk.say("the new deal"),
        amount=amount,
        sector=asked.raw("sector"),
        chain_position=asked.raw("chain_position"),
        stage=asked.raw("stage"),
        origin=asked.raw("origin"),
        city=asked.raw("city"),
    )

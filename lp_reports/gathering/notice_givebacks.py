"""Notices of a giveback: what each partner gives back of its distributions, and what limits it."""

from collections.abc import Mapping
from datetime import datetime

from fund.capital.positions import unfunded
from fund.indemnities.queries import GivebackLine, IndemnitySheet, indemnity
from kernel.db import Tx
from lp_reports.gathering.notice_frame import frame
from lp_reports.notice import Figure, Moved, Notice, Table
from lp_reports.rules import NoticeKind, NoticeNotGiven

STEPS = ("received", "given", "within", "most")


def check_given(tx: Tx, *, act_id: int) -> None:
    """Refuse a giveback of which no notice was given."""
    _given(indemnity(tx, indemnity_id=act_id))


def _given(sheet: IndemnitySheet) -> datetime:
    """The instant at which notice of a giveback was given. Refused: one that is drafted only."""
    if sheet.approved_at is None:
        raise NoticeNotGiven(act=sheet.code)
    return sheet.approved_at


def gather(tx: Tx, *, act_id: int) -> dict[int, Notice]:
    """The notice of a giveback to each partner that has a part in it, by what was known when it was given."""
    sheet = indemnity(tx, indemnity_id=act_id)
    of = frame(tx, fund_id=sheet.fund_id, act=sheet.code, at=_given(sheet))
    own, promised = of.own_account(), of.promised(sheet.due_on)
    wholes = {field: sum(getattr(line, field) for line in sheet.lines) for field in (*STEPS, "amount")}
    before, after = (
        unfunded(tx, fund_id=sheet.fund_id, as_of=sheet.due_on, known_at=known)
        for known in (of.just_before, of.at)
    )
    return {
        line.partner_id: Notice(
            **of.head(line.partner_id, NoticeKind.GIVEBACK, sheet.due_on),
            purpose=of.told(sheet.reason, line.partner_id),
            pays=True,
            amount=line.amount,
            fund_amount=sheet.amount,
            tables=(_table(wholes, line),),
            moved=(Moved("unfunded", before.get(line.partner_id, 0), after.get(line.partner_id, 0)),),
            account=own,
            **promised,
        )
        for line in sheet.lines
    }


def _table(wholes: Mapping[str, int], line: GivebackLine) -> Table:
    """What the partner received and what limits its part, beside the sums of all who give back."""

    def figure(code: str, field: str, *, sign: int = 1, is_sum: bool = False) -> Figure:
        return Figure(code, sign * getattr(line, field), sign * wholes[field], is_sum=is_sum)

    steps = [figure(code, code, sign=-1 if code == "given" else 1) for code in STEPS]
    return Table("giveback", (*steps, figure("given_back", "amount", is_sum=True)))

"""What a company that is held asks of industry: said by the manager, from a day on, and printed only as it was said."""

from datetime import date, datetime

from sqlmodel import col, select

from fund.holdings.models import HelpWanted, Holding
from fund.holdings.rules import HoldingUnknown, check_help
from kernel.audit.actions import record
from kernel.db import Tx
from kernel.identity.rules import Actor, Role


def say_help_wanted(
    tx: Tx, actor: Actor, *, holding_id: int, says: str, wanted_on: date, now: datetime
) -> tuple[str, ...]:
    """Put on record what help a company asks for from `wanted_on` on, a line for each wish; nothing ends it.

    A line may be written in both languages, as "中文 / English". Refused: a text that is too long.
    """
    actor.require(Role.MANAGER, Role.ANALYST)
    lines = check_help(says)
    if tx.exec(select(Holding.id).where(Holding.id == holding_id)).first() is None:
        raise HoldingUnknown()
    row = HelpWanted(
        holding_id=holding_id,
        wanted_on=wanted_on,
        says="\n".join(lines),
        recorded_by=actor.name,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    detail = {"wanted_on": wanted_on.isoformat(), "lines": len(lines)}
    subject = f"holding:{holding_id}"
    record(tx, actor, action="holding.help_wanted", subject=subject, detail=detail, now=now)
    return lines


def help_wanted(tx: Tx, *, holding_id: int, as_of: date, known_at: datetime | None = None) -> tuple[str, ...]:
    """The wishes that hold on a day, as they were said; none where nobody said any."""
    statement = select(HelpWanted.says).where(
        HelpWanted.holding_id == holding_id, HelpWanted.wanted_on <= as_of
    )
    if known_at is not None:
        statement = statement.where(HelpWanted.recorded_at <= known_at)
    order = (col(HelpWanted.wanted_on).desc(), col(HelpWanted.id).desc())
    says = tx.exec(statement.order_by(*order).limit(1)).first()
    return tuple(says.splitlines()) if says else ()

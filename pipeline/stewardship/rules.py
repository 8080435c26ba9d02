"""When the exit from a company may be recorded. Pure.

An exit is recorded once the fund holds nothing of the company any more: everything was sold, redeemed or written
off. The committee decided on it; the record says what kind of exit it was and into whose industrial chain it led.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from fund.holdings.position import Status
from kernel.errors import Conflict, Invalid, NotFound, Problem
from pipeline.committee.motion_rules import Matter, has_lapsed


class ExitKind(StrEnum):
    """How the fund left the company."""

    SALE_TO_LP = "sale_to_lp"
    LICENCE = "licence"
    JOINT_VENTURE = "joint_venture"
    REDEMPTION = "redemption"
    TRADE_SALE = "trade_sale"
    IPO = "ipo"
    SECONDARY = "secondary"
    LIQUIDATION = "liquidation"


# Kinds with nobody on the other side who could be named: the market, or nobody at all.
WITHOUT_COUNTERPARTY = frozenset({ExitKind.IPO, ExitKind.LIQUIDATION})
GONE = frozenset({Status.REALISED, Status.WRITTEN_OFF})


class ExitBlocked(Conflict):
    code = "exit_blocked"
    says = "The exit from {deal} cannot be recorded:"


class ExitInvalid(Invalid):
    code = "exit_invalid"
    says = "The exit cannot be recorded as it is told:"


class ExitRecorded(Conflict):
    code = "exit_recorded"
    says = "The exit from {deal} was recorded on {recorded_on} already."


class ExitUnknown(NotFound):
    code = "exit_unknown"
    says = "No exit from {deal} has been recorded."


@dataclass(frozen=True)
class Told:
    """An exit as it is told: its kind, its day, who is on the other side and whether a partner's chain takes it up."""

    kind: ExitKind
    exited_on: date
    has_counterparty: bool
    into_partner_chain: bool
    counterparty_is_partner: bool


@dataclass(frozen=True)
class Standing:
    """Where the holding stands on the day of the exit, and when the last of it left."""

    status: Status | None
    last_left_on: date | None


@dataclass(frozen=True)
class Behind:
    """The decision behind an exit: what was decided, whether it approves, and from when until when it holds."""

    matter: Matter
    approves: bool
    decided_on: date
    expires_on: date | None


def matter_for(kind: ExitKind) -> Matter:
    """What the committee decides on: a liquidation is written off, everything else is an exit."""
    return Matter.WRITE_OFF if kind == ExitKind.LIQUIDATION else Matter.EXIT


def check_told(told: Told, today: date) -> None:
    """Refuse an exit in the future, one without its counterparty, and a partner's chain without a partner."""
    problems = []
    if told.exited_on > today:
        problems.append(Problem("exited_on", "an exit is recorded when it has happened"))
    if told.kind not in WITHOUT_COUNTERPARTY and not told.has_counterparty:
        problems.append(Problem("counterparty", "name the other side of the exit"))
    if told.kind == ExitKind.SALE_TO_LP and told.has_counterparty and not told.counterparty_is_partner:
        problems.append(
            Problem("counterparty", "this is not a partner of the fund, nor of a partner's group")
        )
    if told.into_partner_chain and not told.counterparty_is_partner:
        problems.append(
            Problem(
                "into_partner_chain", "it leads into a partner's chain when the other side is of its group"
            )
        )
    if problems:
        raise ExitInvalid(problems=problems)


def blocking(standing: Standing, behind: Behind | None, told: Told) -> list[Problem]:
    """Everything that keeps an exit from being recorded."""
    problems = []
    if standing.status not in GONE:
        problems.append(
            Problem("holding", "the fund still holds something of the company; sell it or write it off")
        )
    elif standing.last_left_on is not None and standing.last_left_on > told.exited_on:
        left = {"on": standing.last_left_on}
        problems.append(Problem("exited_on", "the last of the holding left on {on}, after this day", left))
    wanted = matter_for(told.kind)
    if behind is None or not behind.approves:
        problems.append(Problem("motion", "no approval of the committee stands behind it"))
    elif behind.matter != wanted:
        facts = {"matter": behind.matter, "wanted": wanted}
        problems.append(Problem("motion", "the motion decides on {matter}, not on {wanted}", facts))
    elif behind.decided_on > told.exited_on:
        problems.append(
            Problem("motion", "the committee decided on {on}, after the exit", {"on": behind.decided_on})
        )
    elif has_lapsed(behind.expires_on, told.exited_on):
        problems.append(Problem("motion", "the approval lapsed on {on}", {"on": behind.expires_on}))
    return problems

"""Taking commitments: at the first close freely, at a later one by settling the newcomers with the earlier."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction

from sqlmodel import col, select

from fund.capital.acts import lock_capital, next_of_fund
from fund.capital.carry import accrued_on
from fund.capital.commitment_sheets import CloseSheet, CommitmentSheet
from fund.capital.due_days import check_due_day
from fund.capital.gone_closes import counted
from fund.capital.models import Call, CapitalClose, Commitment, Distribution
from fund.capital.positions import committed_in_all, standing_commitments
from fund.capital.premiums import CloseBasis, check_basis
from fund.capital.queries import closes, commitment_sheets, commitments
from fund.capital.rules import CallState, CommitmentRefused
from fund.capital.settlement import Fee, settle
from fund.capital.sharing import DistributionState
from fund.charter.queries import terms
from fund.charter.rules import Terms
from fund.interests.queries import transfers_until
from fund.ledger.queries import locked_through
from fund.ledger.rules import check_day_open
from fund.ledger.stamps import stamp
from fund.partners.queries import named
from kernel.audit.actions import record
from kernel.db import Tx
from kernel.errors import Conflict, Problem
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing
from kernel.money import format_amount


class CallsMade(Conflict):
    code = "calls_made"
    says = (
        "{call} has been issued; whoever joins now joins by a later close, which settles the earlier calls."
    )


class NoFirstClose(Conflict):
    code = "no_first_close"
    says = "There are no commitments yet; take them at the first close."


class DistributionsMade(Conflict):
    code = "distributions_made"
    says = "{distribution} stands; a later close after a distribution would have to settle that too."


class HeldOtherwise(Conflict):
    code = "close_before_transfer"
    says = (
        "The interest of {transfer} changes hands as {on} ends, which is after the close; "
        "date the close on a day after {on}."
    )


def commit(
    tx: Tx, actor: Actor, *, fund_id: int, partner_id: int, amount: int, closed_on: date, now: datetime
) -> CommitmentSheet:
    """Take a partner's commitment at the first close.

    Refused: once a call was issued, a second commitment of the same partner, a stranger, nothing, more than the
    fund's size, a day outside the charter's closing period, before the partner's admission or locked.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    lock_capital(tx, fund_id=fund_id)
    issued = select(Call.code).where(Call.fund_id == fund_id, Call.state == CallState.ISSUED)
    call = tx.exec(issued.limit(1)).first()
    if call is not None:
        raise CallsMade(call=call)
    _check(tx, fund_id, {partner_id: amount}, closed_on)
    first = select(CapitalClose).where(CapitalClose.fund_id == fund_id, CapitalClose.number == 1)
    close = tx.exec(first).first() or _open_close(tx, actor, fund_id, closed_on, now)
    _write(tx, close, {partner_id: amount}, closed_on)
    _record(tx, actor, close, {partner_id: amount}, now)
    return commitment_sheets(tx, fund_id=fund_id, partner_id=partner_id)[-1]


def later_close(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    newcomers: Mapping[int, int],
    closed_on: date,
    due_on: date,
    fees: tuple[Fee, ...] = (),
    interest_rate: Fraction | None = None,
    basis: CloseBasis = CloseBasis.COST,
    now: datetime,
) -> CloseSheet:
    """Admit `newcomers` (partner to commitment) and settle them with the earlier partners, payable on `due_on`.

    The newcomers are called for their share of every earlier call and for `fees` since the first close, which
    `fund.fees.closes.later_close` works out; interest (the charter's rate unless another is agreed) runs on the
    share alone. On the `basis` of net asset value they pay for the gains that come to them instead of interest (see
    `premiums`). Earlier partners get all of it, see their contributions reduced and can be called for it again. Past
    income and expenses are shared anew on the same accounts. Refused: as `commit`; once something was distributed;
    before the day of a transfer that is known, or on it; net asset value where the charter does not let a close go by
    it, or together with a rate of interest.
    """
    actor.require(Role.MANAGER)
    lock_capital(tx, fund_id=fund_id)
    if not commitments(tx, fund_id=fund_id, as_of=closed_on):
        raise NoFirstClose()
    _check_nothing_distributed(tx, fund_id)
    charter = _check(tx, fund_id, newcomers, closed_on, due_on)
    _check_held_alike(tx, fund_id, closed_on, due_on)
    check_due_day(tx, notice_on=due_on, due_on=due_on, notice_business_days=0)
    check_basis(
        basis,
        may_be_nav=charter.close_at_nav,
        has_rate=interest_rate is not None,
        on=closed_on,
        today=day_in_beijing(now),
    )
    carry = accrued_on(tx, fund_id=fund_id, on=closed_on) if basis is CloseBasis.NAV else {}
    close = _open_close(tx, actor, fund_id, closed_on, now)
    close.due_on, close.basis = due_on, basis
    usual = Fraction(0) if basis is CloseBasis.NAV else charter.equalisation_rate
    close.interest_rate = usual if interest_rate is None else interest_rate
    standing = commitments(tx, fund_id=fund_id, as_of=date.max)
    there = commitments(tx, fund_id=fund_id, as_of=closed_on)
    earlier = {key: amount for key, amount in there.items() if key in standing}
    _write(tx, close, newcomers, closed_on)
    settle(tx, actor, close=close, earlier=earlier, newcomers=newcomers, fees=fees, carry=carry, now=now)
    _record(tx, actor, close, newcomers, now)
    return next(sheet for sheet in closes(tx, fund_id=fund_id) if sheet.id == close.id)


def _check_nothing_distributed(tx: Tx, fund_id: int) -> None:
    live = [DistributionState.DRAFT, DistributionState.APPROVED, DistributionState.PAID]
    made = select(Distribution.code).where(Distribution.fund_id == fund_id, col(Distribution.state).in_(live))
    distribution = tx.exec(made.limit(1)).first()
    if distribution is not None:
        raise DistributionsMade(distribution=distribution)


def _check_held_alike(tx: Tx, fund_id: int, closed_on: date, due_on: date) -> None:
    """Refuse a close before a transfer that is known, or on its day: who paid and gained by then would not be who is
    paid for it. An interest passes as its day ends; one taken back goes back so, with what was shared until then.
    """
    for one in transfers_until(tx, fund_id=fund_id, as_of=date.max):
        gone_on = one.cancelled_on or date.max
        days = (closed_on, due_on, date.max - timedelta(days=1))
        is_between = one.effective_on < gone_on != date.max and closed_on <= gone_on
        if is_between or len({one.effective_on < day <= gone_on for day in days}) > 1:
            facts = {"transfer": one.code, "on": one.cancelled_on or one.effective_on}
            raise HeldOtherwise(problems=[Problem("closed_on", HeldOtherwise.says, facts)], **facts)


def _check(
    tx: Tx, fund_id: int, newcomers: Mapping[int, int], closed_on: date, due_on: date | None = None
) -> Terms:
    check_day_open(closed_on, locked_through(tx, fund_id=fund_id), what="commitment")
    charter = terms(tx, fund_id=fund_id, as_of=closed_on)
    # Nothing here reads every partner: a list of a thousand is taken one by one.
    known = named(tx, fund_id=fund_id, partner_ids=newcomers)
    committed = standing_commitments(tx, fund_id=fund_id, partner_ids=newcomers)
    faults = []
    for partner_id, amount in newcomers.items():
        where = known[partner_id].code if partner_id in known else str(partner_id)
        if partner_id not in known:
            faults.append(Problem(where, "is not a partner of this fund"))
        elif closed_on < known[partner_id].admitted_on:
            day = {"admitted_on": known[partner_id].admitted_on}
            faults.append(Problem(where, "is a partner from {admitted_on} only", day))
        if partner_id in committed:
            facts = {"amount": format_amount(committed[partner_id])}
            faults.append(Problem(where, "has committed {amount} already", facts))
        if amount <= 0:
            faults.append(Problem(where, "the commitment must be above zero"))
    if not newcomers:
        faults.append(Problem("", "nobody joins"))
    in_all = committed_in_all(tx, fund_id=fund_id) + sum(newcomers.values())
    faults += _sum_and_day_faults(charter, in_all, closed_on)
    if due_on is not None:
        faults += _later_faults(tx, fund_id, closed_on, due_on)
    if faults:
        raise CommitmentRefused(problems=faults)
    return charter


def _later_faults(tx: Tx, fund_id: int, closed_on: date, due_on: date) -> list[Problem]:
    """What is wrong with the days of a later close: it settles what was called before it, so it comes after that."""
    faults = []
    if due_on < closed_on:
        faults.append(Problem("due_on", "the newcomers cannot pay before they are admitted"))
    known = closes(tx, fund_id=fund_id)
    last = [one for one in known if one.undone_on is None][-1]
    if closed_on < last.closed_on:
        day = {"number": last.number, "day": last.closed_on}
        says = (
            "close {number} was on {day}; date this one on that day or later, or take that close back first"
        )
        faults.append(Problem("closed_on", says, day))
    if last.due_on is not None and due_on < last.due_on:
        due = {"number": last.number, "day": last.due_on}
        says = "close {number} is due on {day}; the newcomers of a later one pay on that day or later"
        faults.append(Problem("due_on", says, due))
    for gone in counted(tx, fund_id=fund_id):
        if gone.undone_on is not None and closed_on < gone.undone_on:
            says = "close {number} counts until {day}; date this one on that day or later"
            faults.append(Problem("closed_on", says, {"number": gone.number, "day": gone.undone_on}))
    issued = select(Call).where(
        Call.fund_id == fund_id, Call.state == CallState.ISSUED, col(Call.due_on) > due_on
    )
    call = tx.exec(issued.order_by(col(Call.due_on).desc()).limit(1)).first()
    if call is not None:
        says = "{call} is due on {day}; the newcomers pay their share of it on that day or later"
        faults.append(Problem("due_on", says, {"call": call.code, "day": call.due_on}))
    return faults


def _sum_and_day_faults(charter: Terms, committed: int, closed_on: date) -> list[Problem]:
    faults = []
    if committed > charter.size:
        facts = {"sum": format_amount(committed), "size": format_amount(charter.size)}
        faults.append(Problem("", "the commitments would sum to {sum}, more than the fund's {size}", facts))
    if not charter.first_close_on <= closed_on <= charter.final_close_on:
        days = {"first": charter.first_close_on, "last": charter.final_close_on}
        faults.append(Problem("closed_on", "the charter lets partners join from {first} to {last}", days))
    return faults


def _open_close(tx: Tx, actor: Actor, fund_id: int, closed_on: date, now: datetime) -> CapitalClose:
    number = next_of_fund(tx, model=CapitalClose, fund_id=fund_id)
    return CapitalClose(
        fund_id=fund_id,
        number=number,
        closed_on=closed_on,
        recorded_by=actor.name,
        # What stands in the books by that instant is what a later close finds there.
        recorded_at=stamp(tx, fund_id=fund_id, now=now),
    )


def _write(tx: Tx, close: CapitalClose, newcomers: Mapping[int, int], closed_on: date) -> None:
    tx.add(close)
    tx.flush()
    for partner_id, amount in newcomers.items():
        tx.add(
            Commitment(
                fund_id=close.fund_id,
                close_id=close.key,
                partner_id=partner_id,
                amount=amount,
                effective_on=closed_on,
                recorded_at=close.recorded_at,
            )
        )
    tx.flush()


def _record(tx: Tx, actor: Actor, close: CapitalClose, newcomers: Mapping[int, int], now: datetime) -> None:
    known = named(tx, fund_id=close.fund_id, partner_ids=newcomers)
    detail: dict[str, object] = {
        "close": close.number,
        "closed_on": close.closed_on.isoformat(),
        "commitments": {known[partner_id].code: amount for partner_id, amount in newcomers.items()},
    }
    if close.basis is CloseBasis.NAV:
        detail["basis"] = close.basis.value
    action = "capital.committed" if close.number == 1 else "capital.later_close"
    record(tx, actor, action=action, subject=f"fund:{close.fund_id}", detail=detail, now=now)

"""The ILPA Performance Template at a quarter's end, read from the books as known at an instant, entry by entry."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from fund.charter.queries import FormSheet, performance_form
from fund.charter.template_rules import TemplateForm, check_same
from fund.holdings.queries import HoldingSheet, cash_flows, holdings
from fund.ledger.chart import CAPITAL_ACCOUNTS, Account
from fund.ledger.queries import EntrySheet, flows
from fund.results.accounts import navs
from fund.results.gross_rules import Gross, gross_of
from fund.results.performance import net_flows
from fund.results.reading import Scope, entries, fee_paying, see
from fund.results.template_rules import (
    FlowSide,
    Line,
    StageReturn,
    TransactionType,
    TransactionTypeUnknown,
    stage_returns,
    type_of,
)
from fund.results.transaction_types import transaction_types
from kernel.db import Tx
from kernel.periods import Quarter

VALUE, CARRY_ACCRUED = "net_asset_value", "carry_accrued"
# What a subscription facility would cost. The chart has no account for borrowed money: none can be booked.
FACILITY_COSTS = (
    Account.SUBSCRIPTION_FACILITY_FEES,
    Account.SUBSCRIPTION_FACILITY_INTEREST,
    Account.OTHER_FACILITY_FEES,
    Account.OTHER_FACILITY_INTEREST,
)


@dataclass(frozen=True)
class PortfolioReturn:
    """The fund's return on one company, before fees and carry."""

    holding: HoldingSheet
    gross: Gross


@dataclass(frozen=True)
class Template:
    """The template in one form. `chosen` is None until the fund has chosen one for its life.

    `has_facility_costs`: whether FACILITY_COSTS were booked; the figures are those with their effect, and none others
    can be told.
    """

    fund_id: int
    quarter: Quarter
    form: TemplateForm
    chosen: FormSheet | None
    known_at: datetime | None
    partner_ids: tuple[int, ...]
    lines: tuple[Line, ...]
    stages: tuple[StageReturn, ...]
    portfolio: tuple[PortfolioReturn, ...]
    realised: Gross
    unrealised: Gross
    whole: Gross
    has_facility_costs: bool

    @property
    def sold(self) -> tuple[HoldingSheet, ...]:
        """The companies of which nothing is held any more."""
        return tuple(one.holding for one in self.portfolio if not one.holding.cost)

    @property
    def held(self) -> tuple[HoldingSheet, ...]:
        """The companies of which something is held."""
        return tuple(one.holding for one in self.portfolio if one.holding.cost)

    @property
    def gross(self) -> StageReturn:
        """Before fees, expenses and carry."""
        return self.stages[0]

    @property
    def net(self) -> StageReturn:
        """What the partners have."""
        return self.stages[-1]

    def totals(self) -> list[tuple[TransactionType, int, int]]:
        """Every transaction type that occurs, how often, and what its lines come to."""
        found = []
        for one in transaction_types().values():
            amounts = [line.amount for line in self.lines if line.type == one.code]
            if amounts:
                found.append((one, len(amounts), sum(amounts)))
        return found


@dataclass(frozen=True)
class TypeEntries:
    """A transaction type's total and the entries that it is the sum of, each with what it adds."""

    type: TransactionType
    amount: int
    entries: tuple[tuple[EntrySheet, int], ...]


def performance_template(
    tx: Tx,
    *,
    fund_id: int,
    quarter: Quarter,
    form: TemplateForm | None = None,
    known_at: datetime | None = None,
) -> Template:
    """The template at the end of a quarter; without a `form` in the one chosen, else granular.

    Refused: whoever reads only a part of the fund, and another form than the one chosen.
    """
    sheets = fee_paying(see(tx, fund_id=fund_id, partner_id=None))
    chosen = performance_form(tx, fund_id=fund_id)
    wanted = form or (chosen.form if chosen else TemplateForm.GRANULAR)
    check_same(
        asked=wanted,
        chosen=chosen.form if chosen else None,
        chosen_by=chosen.chosen_by if chosen else "",
    )
    on = quarter.ends_on
    scope = Scope.of(fund_id, sheets)
    lines = tuple(_lines(tx, scope, wanted, on, known_at))
    portfolio, realised, unrealised, whole = _portfolio(tx, fund_id, on, known_at)
    costs = flows(tx, fund_id=fund_id, accounts=FACILITY_COSTS, as_of=on, known_at=known_at)
    return Template(
        fund_id=fund_id,
        quarter=quarter,
        form=wanted,
        chosen=chosen,
        known_at=known_at,
        partner_ids=tuple(sheet.id for sheet in sheets),
        lines=lines,
        stages=stage_returns(lines, transaction_types(), wanted, on),
        portfolio=portfolio,
        realised=realised,
        unrealised=unrealised,
        whole=whole,
        has_facility_costs=bool(costs),
    )


def type_entries(
    tx: Tx, *, fund_id: int, quarter: Quarter, code: str, known_at: datetime | None = None
) -> TypeEntries:
    """From which entries? Those that a transaction type's total is the sum of, what was taken back with its reversal;
    of the value all that stands on the partners' capital accounts.
    """
    found = transaction_types().get(code)
    if found is None:
        raise TransactionTypeUnknown(transaction_type=code)
    sheets = fee_paying(see(tx, fund_id=fund_id, partner_id=None))
    scope = Scope.of(fund_id, sheets)
    on = quarter.ends_on
    if not found.kind:
        accounts = found.accounts or [str(account) for account in CAPITAL_ACCOUNTS]
        sign = 1 if code == VALUE else -1
        told = entries(tx, scope=scope, accounts=accounts, as_of=on, known_at=known_at)
        rows = tuple((entry, sign * amount) for entry, amount in told)
        return TypeEntries(found, sum(amount for _, amount in rows), rows)
    money = net_flows(tx, scope=scope, as_of=on, known_at=known_at)
    own = [flow for flow in money if type_of(flow, transaction_types()) is found]
    named: dict[str, int] = {}
    for flow in own:
        named[str(flow.reference)] = named.get(str(flow.reference), 0) + flow.amount
    read = flows(tx, fund_id=fund_id, accounts=found.accounts, as_of=on, known_at=known_at)
    rows = tuple((entry, named[entry.reference]) for entry in read if entry.reference in named)
    return TypeEntries(found, sum(flow.amount for flow in own), rows)


def _lines(tx: Tx, scope: Scope, form: TemplateForm, on: date, known_at: datetime | None) -> list[Line]:
    types = transaction_types()
    found = [
        Line(flow.on, type_of(flow, types).code, flow.amount, flow.reference)
        for flow in net_flows(tx, scope=scope, as_of=on, known_at=known_at)
    ]
    added = [one for one in types.values() if one.side is FlowSide.ADDED_BACK and one.counts(form)]
    # What was charged before anybody paid in is added back with the first call: there is nothing to earn on before it.
    began = min((line.on for line in found), default=date.min)
    for one in added:
        told = entries(tx, scope=scope, accounts=one.accounts, as_of=on, known_at=known_at)
        found += [
            Line(max(began, entry.effective_on), one.code, -amount, entry.reference) for entry, amount in told
        ]
    accrued = entries(tx, scope=scope, accounts=[Account.CARRY_ACCRUED], as_of=on, known_at=known_at)
    worth = navs(tx, fund_id=scope.fund_id, as_of=on, known_at=known_at)
    ends = {
        CARRY_ACCRUED: -sum(amount for _, amount in accrued),
        VALUE: sum(amount for partner_id, amount in worth.items() if partner_id in scope.partner_ids),
    }
    found.sort(key=lambda line: (line.on, line.amount > 0, line.reference or ""))
    return [*found, *(Line(on, code, amount, None) for code, amount in ends.items() if amount)]


def _portfolio(
    tx: Tx, fund_id: int, on: date, known_at: datetime | None
) -> tuple[tuple[PortfolioReturn, ...], Gross, Gross, Gross]:
    """Each company; then those that nothing is held of any more, those still held, and all."""
    held = holdings(tx, fund_id=fund_id, as_of=on, known_at=known_at)
    moves = defaultdict(list)
    for one in cash_flows(tx, fund_id=fund_id, as_of=on, known_at=known_at):
        moves[one.holding_id].append(one)
    gone = [sheet for sheet in held if sheet.invested and not sheet.cost]
    still = [sheet for sheet in held if sheet not in gone]
    each = tuple(PortfolioReturn(sheet, gross_of([sheet], moves, on)) for sheet in held if sheet.invested)
    return (
        each,
        gross_of(gone, moves, on),
        gross_of(still, moves, on),
        gross_of(held, moves, on),
    )

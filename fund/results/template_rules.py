"""Gross to net as the ILPA Performance Template (2025) tells it, in both of its forms. Pure.

Over the partners who pay fees, since inception. Net is the same in both forms. Granular: gross is told on what was
called for investments (the multiple is MOIC); calls for fees and expenses join on the way to net. Gross-up: gross is
told on all that was called (the multiple is TVPI), with fees and expenses added back on the days on which they were
charged. In both, carried interest is added back, paid or accrued. What a transaction type is and where it counts stands
in `transaction_types.json`, not here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from fund.charter.template_rules import TemplateForm
from fund.results.rules import Flow, has_full_year, rate, with_value
from kernel.errors import Conflict, NotFound
from valuation.irr import Rate


class ReturnStage(StrEnum):
    """From gross to net, one deduction after the other."""

    GROSS = "gross"
    AFTER_FEES = "after_fees"
    AFTER_EXPENSES = "after_expenses"
    NET = "net"


class FlowSide(StrEnum):
    """In which part of a multiple an amount stands: what was paid in, or one of three above the line."""

    PAID_IN = "paid_in"
    DISTRIBUTED = "distributed"
    ADDED_BACK = "added_back"
    VALUE = "value"


class TransactionTypeUnknown(NotFound):
    code = "transaction_type_unknown"
    says = "There is no transaction type {transaction_type}."


class FlowUntyped(Conflict):
    code = "flow_untyped"
    says = "No transaction type fits {reference} ({kind} {part}); it has to be added to the list of types."


@dataclass(frozen=True)
class TransactionType:
    """A kind of flow: its names, where it is read from, and in which stages of each form it counts."""

    code: str
    name_zh: str
    name_en: str
    side: FlowSide
    kind: str
    parts: tuple[str, ...]
    accounts: tuple[str, ...]
    granular: tuple[ReturnStage, ...]
    gross_up: tuple[ReturnStage, ...]

    def counts(self, form: TemplateForm) -> tuple[ReturnStage, ...]:
        """The stages in which it counts."""
        return self.granular if form is TemplateForm.GRANULAR else self.gross_up


@dataclass(frozen=True)
class Line:
    """One flow of the template, as the investors see it: paid in is negative. `reference` is its entry's."""

    on: date
    type: str
    amount: int
    reference: str | None


@dataclass(frozen=True)
class StageReturn:
    """The return at one stage. Amounts in minor units; `multiple` is exact, None while nothing counts as paid in."""

    stage: ReturnStage
    paid_in: int
    distributed: int
    added_back: int
    value: int
    irr: Rate
    is_full_year: bool
    flows: tuple[Flow, ...]

    @property
    def multiple(self) -> Fraction | None:
        """What came back, was added back and is still there, on what was paid in."""
        if self.paid_in <= 0:
            return None
        return Fraction(self.distributed + self.added_back + self.value, self.paid_in)


Types = Mapping[str, TransactionType]


def type_of(flow: Flow, types: Types) -> TransactionType:
    """The type of a net flow, by what it is and what it was for. Refused: one that no type fits."""
    kind = flow.kind
    if kind == "transfer":
        kind = "transfer_out" if flow.amount > 0 else "transfer_in"
    of_kind = [one for one in types.values() if one.kind == kind]
    found = [one for one in of_kind if flow.part in one.parts] or [one for one in of_kind if not one.parts]
    if not found:
        raise FlowUntyped(reference=flow.reference, kind=flow.kind, part=flow.part)
    return found[0]


def stage_return(
    lines: Sequence[Line], types: Types, form: TemplateForm, stage: ReturnStage, as_of: date
) -> StageReturn:
    """The return on the lines that count at a stage."""
    counted = [line for line in lines if stage in types[line.type].counts(form)]
    sums = dict.fromkeys(FlowSide, 0)
    for line in counted:
        sums[types[line.type].side] += line.amount
    money = [
        Flow(line.on, line.amount, line.type, line.reference)
        for line in counted
        if types[line.type].side is not FlowSide.VALUE
    ]
    flows = with_value(money, on=as_of, value=sums[FlowSide.VALUE])
    return StageReturn(
        stage=stage,
        paid_in=-sums[FlowSide.PAID_IN],
        distributed=sums[FlowSide.DISTRIBUTED],
        added_back=sums[FlowSide.ADDED_BACK],
        value=sums[FlowSide.VALUE],
        irr=rate(flows),
        is_full_year=has_full_year(flows, as_of),
        flows=flows,
    )


def stage_returns(
    lines: Sequence[Line], types: Types, form: TemplateForm, as_of: date
) -> tuple[StageReturn, ...]:
    """Gross, after fees, after expenses, net."""
    return tuple(stage_return(lines, types, form, stage, as_of) for stage in ReturnStage)

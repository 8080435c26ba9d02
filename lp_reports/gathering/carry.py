"""Section 7: the form of carry, its roll-forward, and what would be given back."""

from fund.capital.clawbacks import PartnerClawback
from fund.charter.queries import terms
from fund.givebacks.escrow import held
from fund.results.carry import CarryAccount, carry_account
from kernel.db import Tx
from lp_reports.facts import Carry, Clawback, Line, Periods, Tier
from lp_reports.gathering.charter import decimal
from lp_reports.gathering.whole import Whole


def carry_facts(tx: Tx, *, whole: Whole, partner_id: int) -> Carry:
    """What one partner bears of carry, the fund's beside it, as known at an instant."""
    fund_id, on, known_at = whole.fund_id, whole.quarter.ends_on, whole.now
    promised = terms(tx, fund_id=fund_id, as_of=on, known_at=known_at)
    own = carry_account(tx, fund_id=fund_id, partner_id=partner_id, quarter=whole.quarter, known_at=known_at)
    found = whole.clawbacks
    mine = next((one for one in found.partners if one.partner_id == partner_id), None)
    return Carry(
        form=promised.carry_form.value,
        tiers=tuple(
            Tier(one.measure.value, decimal(one.threshold), decimal(one.carry)) for one in promised.further
        ),
        lines=_lines(own, whole.carry),
        clawback=_clawback(mine) if mine else None,
        is_ended=found.is_ended,
        received=found.received,
        potential=found.potential,
        actual=found.actual,
        escrow_share=decimal(promised.carry_escrow),
        escrow=held(tx, fund_id=fund_id, as_of=on, known_at=known_at),
    )


def _lines(own: CarryAccount, whole: CarryAccount) -> tuple[Line, ...]:
    rows = [
        (mine.code, mine.amounts, all_of.amounts) for mine, all_of in zip(own.rows, whole.rows, strict=True)
    ]
    rows.append(("paid", own.paid, whole.paid))
    if whole.escrowed.itd or whole.escrowed.qtd or whole.escrowed.ytd:
        rows.append(("escrowed", own.escrowed, whole.escrowed))
    if whole.returned.itd or whole.returned.qtd:
        rows.append(("returned", own.returned, whole.returned))
    return tuple(Line(code, Periods(**vars(mine)), Periods(**vars(all_of))) for code, mine, all_of in rows)


def _clawback(one: PartnerClawback) -> Clawback:
    parts = one.potential
    return Clawback(
        parts.received,
        parts.entitled,
        parts.excess,
        parts.shortfall,
        parts.taxes,
        parts.due,
        one.worthless.due,
    )

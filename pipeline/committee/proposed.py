"""A deal as the investment that it would be, for limits and mandates to be held against."""

from datetime import date

from fund.holdings.queries import HoldingSheet, holdings
from fund.mandates.veto_rules import Proposal
from fund.parties.queries import party
from fund.results.exposure_rules import WhatIf
from kernel.db import Tx
from pipeline.deals.models import Deal
from pipeline.deals.sheets import DealSheet


def held_already(tx: Tx, *, about: DealSheet, company: int, on: date) -> HoldingSheet | None:
    """The fund's holding of the company, from an earlier round or tranche."""
    every = holdings(tx, fund_id=about.fund_id, as_of=on)
    return next((sheet for sheet in every if sheet.party_id == company), None)


def more_of(held: HoldingSheet, amount: int) -> WhatIf:
    """Buying more of a company that is held."""
    return WhatIf(held.name, amount, held.sector, held.chain_position, held.stage, held.origin, held.city)


def what_if_of(tx: Tx, *, about: DealSheet, company: int, amount: int, on: date) -> WhatIf:
    """The deal as the investment that it would be; more of a company that is held counts under what is held."""
    held = held_already(tx, about=about, company=company, on=on)
    return (
        more_of(held, amount)
        if held is not None
        else first_of(tx, about=about, company=company, amount=amount)
    )


def first_of(tx: Tx, *, about: Deal | DealSheet, company: int, amount: int) -> WhatIf:
    """Buying into a company of which nothing is held, under the labels of its deal."""
    return WhatIf(
        name=party(tx, party_id=company).name_zh,
        amount=amount,
        sector=about.sector,
        chain_position=about.chain_position or "",
        stage=about.development_stage,
        origin=about.origin,
        city=about.city,
    )


def proposal_of(tx: Tx, *, about: DealSheet, company: int, amount: int, on: date, rest: int = 0) -> Proposal:
    """The deal as mandates look at it; `rest` of it is approved and not paid with the amount."""
    what_if = what_if_of(tx, about=about, company=company, amount=amount, on=on)
    return Proposal(what_if.tidy.part, company, amount, rest)

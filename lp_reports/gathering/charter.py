"""Fund, partner and document as the cover names them."""

from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from fund.charter import queries as charter
from fund.partners import queries as partner_queries
from fund.partners.queries import PartnerSheet
from kernel.db import Tx
from kernel.periods import Quarter
from lp_reports.facts import Document, Fund, Partner, Text
from lp_reports.rules import document_number

PLACES = 8
"""Decimals that frozen ratios and rates keep."""


def decimal(value: Fraction) -> Decimal:
    """A ratio as it is frozen: rounded half to even once, to eight decimals, the same on every machine."""
    return Decimal(round(value * 10**PLACES)).scaleb(-PLACES)


def ratio(part: int, whole: int) -> Decimal | None:
    """`part` of `whole`; of nothing there is none."""
    return decimal(Fraction(part, whole)) if whole else None


def fund_facts(tx: Tx, *, fund_id: int, quarter: Quarter) -> Fund:
    """The fund under the terms in force at the quarter's end; its manager is the general partner."""
    sheet = charter.fund(tx, fund_id=fund_id)
    terms = charter.terms(tx, fund_id=fund_id, as_of=quarter.ends_on)
    general = partner_queries.general_partner(tx, fund_id=fund_id)
    return Fund(
        code=sheet.code,
        name=Text(sheet.name_zh, sheet.name_en),
        currency=sheet.currency,
        is_example=sheet.is_example,
        manager=Text(general.name_zh, general.name_en),
        size=terms.size,
        first_close_on=terms.first_close_on,
        final_close_on=terms.final_close_on,
        commitment_period_ends_on=terms.commitment_period_ends_on,
        term_ends_on=terms.term_ends_on,
        fee_rate=decimal(terms.fee_rate),
        fee_basis=terms.fee_basis.value,
        hurdle=decimal(terms.hurdle),
        compounding=terms.compounding.value,
        catch_up=decimal(terms.catch_up),
        carry=decimal(terms.carry),
        notice_business_days=terms.notice_business_days,
    )


def partner_facts(partner: PartnerSheet, *, commitment: int, committed: int) -> Partner:
    """The partner; `committed` is what all partners have promised together."""
    return Partner(
        code=partner.code,
        name=Text(partner.name_zh, partner.name_en),
        kind=partner.kind.value,
        commitment=commitment,
        share=ratio(commitment, committed) or Decimal(0),
        admitted_on=partner.admitted_on,
    )


def document_facts(
    *,
    fund: str,
    partner: str,
    quarter: Quarter,
    version: int,
    now: datetime,
    supersedes: str | None = None,
) -> Document:
    """What this file is. `supersedes` is the fingerprint of the version it replaces, if any."""
    return Document(
        number=document_number(fund, str(quarter), partner, version),
        version=version,
        quarter=str(quarter),
        starts_on=quarter.starts_on,
        ends_on=quarter.ends_on,
        frozen_at=now,
        supersedes=supersedes,
        restates=document_number(fund, str(quarter), partner, version - 1) if supersedes else None,
    )

"""The partner's own mandate: its clauses with their figures, its vetoes, what was reinvested for it."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from fund.charter.rules import Dimension
from fund.mandates.claimed import claims
from fund.mandates.queries import Answer, ClauseSheet, answers, clauses
from fund.mandates.rules import Measure, labels_in
from fund.mandates.vetoes import questions
from kernel.db import Tx
from kernel.instants import day_in_beijing
from kernel.periods import Quarter
from lp_reports.facts import Text
from lp_reports.gathering.charter import decimal
from lp_reports.portfolio import Mandate, MandateLine, Reinvested, VetoSaid
from lp_reports.vocabulary import place, value


def mandate(
    tx: Tx,
    *,
    fund_id: int,
    partner_id: int,
    quarter: Quarter,
    known_at: datetime,
    names: Mapping[str, Text],
) -> Mandate | None:
    """The mandate as it stood at the quarter's end; None for a partner that asks nothing. `names` are those of the
    companies in both languages, by the name under which exposure counts them.
    """
    asked: dict[str, Any] = {"fund_id": fund_id, "as_of": quarter.ends_on, "known_at": known_at}
    measured = answers(tx, partner_id=partner_id, **asked)
    standing = [one for one in clauses(tx, **asked) if one.partner_id == partner_id]
    vetoes = [one for one in standing if one.terms.measure is Measure.VETO]
    claimed = claims(tx, partner_id=partner_id, **asked)
    found = Mandate(
        tuple(_clause(one, names) for one in measured) + tuple(_veto(one) for one in vetoes),
        tuple(
            Reinvested(
                Text(one.company, one.company_en),
                one.facts.kind.value,
                one.facts.place,
                one.facts.amount,
                one.facts.whole,
                one.facts.claimed_on,
            )
            for one in claimed
        ),
        _said(tx, fund_id, partner_id, quarter.ends_on, known_at),
    )
    return found if found != Mandate() else None


def _clause(one: Answer, names: Mapping[str, Text]) -> MandateLine:
    key = names.get(one.figure.key) or _key(one.clause.terms.dimension, one.figure.key)
    return _line(one.clause, key, decimal(one.figure.share), one.kept)


def _veto(one: ClauseSheet) -> MandateLine:
    return _line(one, _key(one.terms.dimension, one.terms.key), None, None)


def _line(clause: ClauseSheet, key: Text, current: Decimal | None, kept: bool | None) -> MandateLine:
    terms = clause.terms
    return MandateLine(
        clause.number,
        terms.measure.value,
        terms.dimension.value if terms.dimension else None,
        key,
        terms.wording,
        terms.bound.value,
        terms.basis.value,
        None if kept is None else decimal(terms.share),
        terms.above,
        None if kept is None else current,
        kept,
        terms.effect.value,
    )


def _said(tx: Tx, fund_id: int, partner_id: int, on: date, known_at: datetime) -> tuple[VetoSaid, ...]:
    found = []
    for one in questions(tx, fund_id=fund_id, partner_ids=[partner_id], until=on):
        known = [said for said in one.answers if said.answered_on <= min(on, day_in_beijing(known_at))]
        last = known[-1] if known else None
        state = "asked" if last is None else "exercised" if last.exercised else "not_exercised"
        answered = last.answered_on if last else None
        company = Text(one.company, one.company_en)
        found.append(VetoSaid(one.subject, company, one.amount, one.asked_on, state, answered))
    return tuple(found)


def _key(dimension: Dimension | None, key: str) -> Text:
    if not key or dimension is None or dimension is Dimension.COMPANY:
        several = labels_in(key)
        return Text("、".join(several), ", ".join(several)) if len(several) > 1 else Text(key)
    said = [place(one) if dimension is Dimension.CITY else value(one) for one in labels_in(key)]
    return Text("、".join(one.zh for one in said), ", ".join(one.en or one.zh for one in said))

"""What partners' mandates say to a deal: each clause with its figure as the deal would leave it, each veto over it.

With the papers of a motion the answers are kept as they are that day; at the closing they are read anew, before money.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from fund.charter.rules import Dimension
from fund.mandates import vetoes
from fund.mandates.queries import Answer, answers
from fund.mandates.rules import Bound, ClauseTerms, Consequence, Measure
from fund.mandates.veto_rules import Proposal, VetoState
from fund.mandates.vetoes import QuestionSheet, VetoAnswered
from fund.parties.queries import party
from fund.results.exposure_rules import Promised
from kernel.db import Tx
from kernel.errors import Problem
from kernel.identity.rules import Actor
from kernel.money import format_percent
from pipeline.deals.sheets import DealSheet


@dataclass(frozen=True)
class MandateLine:
    """One clause beside a deal. `before` and `after` are shares, None of a veto, which has a `state` instead.

    `partner` is its code and `wording` the clause as written; both are empty where the reader may not know of them.
    """

    partner_id: int
    partner: str
    number: int
    measure: Measure
    dimension: Dimension | None
    key: str
    wording: str
    bound: Bound
    asked: Fraction
    above: int | None
    before: Fraction | None
    after: Fraction | None
    kept: bool
    effect: Consequence
    holds_back: bool
    state: VetoState | None
    question_id: int | None = None


def mandate_lines(
    tx: Tx,
    *,
    fund_id: int,
    subject: str,
    proposal: Proposal,
    on: date,
    whole: int | None = None,
    promised: Sequence[Promised] = (),
) -> tuple[MandateLine, ...]:
    """Every clause of every mandate as an investment would leave it beside what else is `promised`, and every veto that
    covers it, which looks at all that it is to cost (`whole`; the amount where nothing else is said). For whoever reads
    the whole fund.
    """
    found = answers(tx, fund_id=fund_id, as_of=on, proposal=proposal, promised=promised)
    asked = replace(proposal, amount=whole or proposal.amount)
    said = vetoes.answered(tx, fund_id=fund_id, subject=subject, as_of=on, proposal=asked)
    return (*map(_clause, found), *map(_veto, said))


def ask_vetoes(
    tx: Tx, actor: Actor, *, about: DealSheet, proposal: Proposal, now: datetime
) -> list[QuestionSheet]:
    """Ask every partner whose veto covers the deal. Refused: nobody is left to be asked."""
    named = party(tx, party_id=proposal.party_id)
    return vetoes.ask(
        tx,
        actor,
        fund_id=about.fund_id,
        subject=about.code,
        proposal=proposal,
        company=(named.name_zh, named.name_en),
        told=" · ".join(part for part in (about.sector, about.development_stage, about.city) if part),
        now=now,
    )


def mandate_problems(found: Iterable[MandateLine]) -> list[Problem]:
    """What keeps the money back: clauses that block and would be broken further, vetoes exercised or not answered."""
    return [_problem(one) for one in found if one.holds_back]


def kept_with_papers(found: Sequence[MandateLine], *, on: date) -> dict[str, object]:
    """The answers as they are kept with the papers of a motion."""
    lines = [
        {name: str(value) if isinstance(value, Fraction) else value for name, value in asdict(one).items()}
        for one in found
    ]
    return {"on": on.isoformat(), "lines": lines} if lines else {}


def as_kept(kept: Mapping[str, Any], actor: Actor) -> tuple[MandateLine, ...]:
    """The same read again; whoever does not read the whole fund learns no other partner's name and words."""
    return tuple(_concealed(_read(one), actor) for one in kept.get("lines", ()))


def _clause(one: Answer) -> MandateLine:
    terms = one.clause.terms
    return replace(
        _line(one.partner.id, one.partner.code, one.clause.number, terms),
        key=one.figure.key,
        before=one.before.share,
        after=one.figure.share,
        kept=one.kept,
        holds_back=one.holds_back,
    )


def _veto(one: VetoAnswered) -> MandateLine:
    return replace(
        _line(one.partner_id, one.partner, one.number, one.terms),
        kept=one.state is not VetoState.EXERCISED,
        holds_back=one.holds_back,
        state=one.state,
        question_id=one.question.id if one.question else None,
    )


def _line(partner_id: int, partner: str, number: int, terms: ClauseTerms) -> MandateLine:
    return MandateLine(
        partner_id,
        partner,
        number,
        terms.measure,
        terms.dimension,
        terms.key,
        terms.wording,
        terms.bound,
        terms.share,
        terms.above,
        before=None,
        after=None,
        kept=True,
        effect=terms.effect,
        holds_back=False,
        state=None,
    )


def _read(saved: Mapping[str, Any]) -> MandateLine:
    shares = {name: Fraction(saved[name]) if saved[name] else None for name in ("before", "after")}
    kinds = {
        "measure": Measure(saved["measure"]),
        "dimension": Dimension(saved["dimension"]) if saved["dimension"] else None,
        "bound": Bound(saved["bound"]),
        "asked": Fraction(saved["asked"]),
        "effect": Consequence(saved["effect"]),
        "state": VetoState(saved["state"]) if saved["state"] else None,
    }
    return MandateLine(**{**saved, **shares, **kinds})


def _concealed(line: MandateLine, actor: Actor) -> MandateLine:
    if actor.reach == "all" or line.partner_id in actor.partner_ids:
        return line
    return replace(line, partner="", wording="")


def _problem(one: MandateLine) -> Problem:
    facts: dict[str, object] = {"partner": one.partner, "number": one.number}
    if one.state is VetoState.EXERCISED:
        return Problem("veto", "{partner} has exercised its veto (clause {number})", facts)
    if one.state is not None:
        says = "{partner} has not said whether it exercises its veto (clause {number})"
        return Problem("veto", says, facts)
    sign = "≥" if one.bound is Bound.AT_LEAST else "≤"
    facts |= {
        "asked": f"{sign} {format_percent(one.asked)}",
        "before": format_percent(one.before or Fraction(0)),
        "after": format_percent(one.after or Fraction(0)),
    }
    says = "clause {number} of {partner} asks for {asked}; this deal takes it from {before} to {after}"
    return Problem("mandate", says, facts)

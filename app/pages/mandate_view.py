"""What the page of exposure shows of mandates: clauses answered, vetoes, claims of reinvestment, and their forms."""

from datetime import date
from typing import Any

from app.pages.desk import Desk
from app.pages.keys import key_words
from fund.charter.rules import Basis, Dimension
from fund.holdings.queries import holdings
from fund.mandates.claim_rules import ClaimKind
from fund.mandates.claimed import claims
from fund.mandates.queries import answers, clauses
from fund.mandates.rules import Bound, Consequence, Measure
from fund.partners.queries import partners
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing
from pipeline.closing.promised import promised


def mandates(desk: Desk, on: date, partner_id: int | None) -> dict[str, object]:
    """The answers to the clauses, the vetoes, what was claimed, and for a manager what the forms offer."""
    asked: dict[str, Any] = {"fund_id": desk.fund.id, "as_of": on}
    whose = {one.id: one for one in partners(desk.tx, fund_id=desk.fund.id)}
    standing = [
        one
        for one in clauses(desk.tx, actor=desk.actor, **asked)
        if partner_id is None or one.partner_id == partner_id
    ]
    return {
        "answers": answers(
            desk.tx, partner_id=partner_id, promised=promised(desk.tx, fund_id=desk.fund.id, on=on), **asked
        ),
        "vetoes": [one for one in standing if one.terms.measure is Measure.VETO],
        "claims": claims(desk.tx, partner_id=partner_id, actor=desk.actor, **asked),
        "code_of": {key: one.code for key, one in whose.items()},
        "key_words": key_words,
        "may_write": desk.actor.has(Role.MANAGER),
        "ending": [
            (f"{code}/{one.number}", f"{code} · {one.number} · {desk.label(one.terms.measure)}")
            for one in standing
            if one.ended_on is None and (code := whose[one.partner_id].code)
        ],
        "today": day_in_beijing(desk.now),
        **_choices(desk, on),
    }


def _choices(desk: Desk, on: date) -> dict[str, object]:
    """What the forms offer to choose from."""
    whose = partners(desk.tx, fund_id=desk.fund.id)
    held = holdings(desk.tx, fund_id=desk.fund.id, as_of=on) if desk.actor.has(Role.MANAGER) else []
    return {
        "limited": [(one.code, one.code) for one in whose if not one.is_general],
        "measures": [(one, desk.label(one)) for one in Measure],
        "bounds": [(one, desk.label(one)) for one in Bound],
        "effects": [(one, desk.label(one)) for one in Consequence],
        "bases": [(one, desk.label(one)) for one in Basis],
        "dimension_words": [(one, desk.label(one)) for one in Dimension],
        "kinds": [(one, desk.label(one)) for one in ClaimKind],
        "companies": [(one.code, f"{one.code} {desk.name(one.name, one.name_en)}") for one in held],
    }

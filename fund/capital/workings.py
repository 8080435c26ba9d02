"""The working of a waterfall as plain JSON, as it is kept with a distribution or an accrual and printed. Pure.

What a charter without further tiers, or with the whole-fund form, does not need is left out.
"""

from fund.capital.deal_by_deal import Counted, DealWorking
from fund.capital.division import needed
from fund.capital.hurdle import half_up
from fund.capital.waterfall import WaterfallTerms, Working
from fund.charter.carry_rules import CarryForm, FurtherTier

Json = dict[str, object]


def working_json(working: Working | DealWorking) -> Json:
    """The working: terms, where the partner stood, what counted deal by deal, and the tiers in their order.

    `due` is what a tier would take in full, of a further tier what the partner still lacked before it began; the
    last takes whatever is left. `flows` are those that count, each payment with what of it stands against them;
    `fourth`, `fourth_gp` and `further` are what the tiers above the catch-up had divided before.
    """
    if isinstance(working, DealWorking):
        return _plain(working.working) | {
            "form": CarryForm.DEAL_BY_DEAL.value,
            "deal": working.deal,
            "counted": [_counted(one) for one in working.counted],
        }
    return _plain(working)


def _plain(working: Working) -> Json:
    before, split = working.before, working.split
    return {
        "on": working.on.isoformat(),
        "distributed": working.distributed,
        "terms": _terms(working.terms),
        "before": {
            "contributed": before.contributed,
            "returned": before.returned,
            "preferred_paid": before.preferred_paid,
            "catch_up": before.catch_up,
            "residual": before.residual + sum(before.further),
            "catch_up_full": before.catch_up_full,
            "fourth": before.residual,
            "fourth_gp": before.residual_gp,
            "further": list(before.further),
        },
        "flows": [
            {"on": one.on.isoformat(), "in": one.paid_in, "out": one.paid_out} for one in working.moves
        ],
        "layers": [
            {
                "since": layer.opened_on.isoformat(),
                "capital": half_up(layer.capital),
                "preferred": half_up(layer.preferred),
            }
            for layer in before.layers
            if layer.capital or layer.preferred
        ],
        "tiers": _tiers(working),
        "lp": split.lp,
        "gp": split.gp,
    }


def _terms(terms: WaterfallTerms) -> Json:
    said: Json = {
        "hurdle": str(terms.hurdle),
        "compounding": terms.compounding.value,
        "catch_up": str(terms.catch_up),
        "carry": str(terms.carry),
    }
    return said | {"further": [_promised(tier) for tier in terms.further]} if terms.further else said


def _promised(tier: FurtherTier) -> Json:
    return {"measure": tier.measure.value, "threshold": str(tier.threshold), "carry": str(tier.carry)}


def _tiers(working: Working) -> list[Json]:
    before, split, divided = working.before, working.split, working.divided
    further_gp = sum(divided.further_gp)
    further_lp = sum(divided.further) - further_gp
    residual_lp, residual_gp = split.residual_lp - further_lp, split.residual_gp - further_gp
    found = [
        _tier("return_of_capital", before.unreturned, split.return_of_capital, 0),
        _tier("preferred", before.preferred_due, split.preferred, 0),
        _tier("catch_up", working.catch_up_due, split.catch_up_lp, split.catch_up_gp),
        _tier("residual", None, residual_lp, residual_gp),
    ]
    parts = zip(
        working.terms.further,
        needed(working.terms, before),
        divided.further,
        divided.further_gp,
        strict=True,
    )
    return found + [
        _tier("further", max(0, lacking), both - gp, gp) | _promised(tier)
        for tier, lacking, both, gp in parts
    ]


def _tier(name: str, due: int | None, lp: int, gp: int) -> Json:
    return {"tier": name, "due": due, "lp": lp, "gp": gp}


def _counted(one: Counted) -> Json:
    return {"deal": one.deal, "contributed": one.contributed, "counted": one.counted}

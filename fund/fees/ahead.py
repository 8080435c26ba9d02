"""The fee of quarters to come: by the terms and letters known on a day, for those who are partners on it."""

from datetime import date
from fractions import Fraction

from fund.capital.participation import participation
from fund.capital.positions import commitments, contributions
from fund.charter.queries import in_quarter, versions
from fund.charter.rules import FeeBasis
from fund.fees.ahead_rules import FeeAhead
from fund.fees.rules import own_terms, stretches
from fund.partners.queries import partners
from fund.side_letters.queries import letters
from fund.side_letters.rules import LetterTerms
from kernel.db import Tx
from kernel.periods import Quarter


def fees_ahead(tx: Tx, *, fund_id: int, as_of: date, quarters: int) -> tuple[FeeAhead, ...]:
    """The fees of the quarters after that of a day: on commitments until the commitment period ends, then on what is
    invested, or as the charter has it; at each partner's own rate; none after the term.

    What is paid in counts as it stands on the day. Of invested cost every partner bears the part that it has in the
    holdings of the day (of its commitment, while nothing is held).
    """
    by_day = {one.effective_on: one.terms for one in versions(tx, fund_id=fund_id)}
    written: dict[int, list[tuple[date, LetterTerms]]] = {}
    for letter in letters(tx, fund_id=fund_id):
        written.setdefault(letter.partner_id, []).append((letter.effective_on, letter.terms))
    promised = commitments(tx, fund_id=fund_id, as_of=as_of)
    paid = contributions(tx, fund_id=fund_id, as_of=as_of)
    weights = participation(tx, fund_id=fund_id, as_of=as_of) or promised
    whole = sum(weights.values())
    bearing = [
        one.id
        for one in partners(tx, fund_id=fund_id)
        if one.bears_fee and (one.id in promised or one.id in weights)
    ]
    found, quarter = [], Quarter.containing(as_of)
    for _ in range(quarters):
        quarter = quarter.next
        terms = in_quarter(by_day, quarter)
        usual = stretches(terms, quarter)
        fixed, on_cost = Fraction(0), Fraction(0)
        for key in bearing:
            own = written.get(key)
            for part in stretches(own_terms(terms, own, quarter), quarter) if own else usual:
                rate = part.rate / 4 * part.days / quarter.days
                if part.base is FeeBasis.INVESTED:
                    on_cost += rate * Fraction(weights.get(key, 0), whole or 1)
                else:
                    base = promised if part.base is FeeBasis.COMMITMENT else paid
                    fixed += rate * base.get(key, 0)
        found.append(FeeAhead(quarter, fixed, on_cost))
    return tuple(found)

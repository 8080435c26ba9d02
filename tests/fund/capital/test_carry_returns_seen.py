"""Who reads a return of carry, and what the proof sees of one that the books do not bear out."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from fund.capital.carry_returns import approve_return
from fund.givebacks.queries import carry_return_by_code, carry_returns
from fund.givebacks.rules import CarryReturnUnknown
from fund.results.proof import prove
from kernel.identity.rules import Actor, Role
from tests.builders.capital import MANAGER, noon
from tests.fund.capital.test_carry_returns import CAME, drafted, ended, paid, received
from tests.scenes import Scene


def test_a_partners_people_see_their_own_line_once_it_is_owed(scene: Scene) -> None:
    tx, fund = scene(ended)
    own = Actor(user_id=9, name="LP", roles=frozenset({Role.LP_USER}), partner_ids=frozenset({fund["LP02"]}))
    draft = drafted(tx, fund)
    with pytest.raises(CarryReturnUnknown):
        carry_return_by_code(tx, fund_id=fund.fund_id, code=draft.code, actor=own)
    approve_return(tx, MANAGER, return_id=draft.id, now=noon(CAME))
    received(tx, draft)
    seen = carry_return_by_code(tx, fund_id=fund.fund_id, code=draft.code, actor=own)
    assert [line.partner_id for line in seen.lines] == [fund["LP02"]]
    assert (seen.bank_reference, seen.received_on) == (None, CAME)
    assert [one.code for one in carry_returns(tx, fund_id=fund.fund_id, actor=own).items] == [draft.code]
    other = replace(own, partner_ids=frozenset({fund["GP"]}))
    assert not carry_returns(tx, fund_id=fund.fund_id, actor=other).items


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ("state = 'received', paid_on = NULL, paid_at = NULL", "carryback:"),
        ("state = 'cancelled'", "carry returned LP01"),
        ("from_escrow = 100", "account 1010"),
        ("amount = amount - 1", "carry_return CLAW-001"),
    ],
)
def test_the_proof_names_a_return_that_the_books_do_not_bear_out(
    scene: Scene, change: str, where: str
) -> None:
    tx, fund = scene(ended)
    paid(tx, fund)
    tx.execute(text(f"UPDATE carry_return SET {change}"))
    tx.expire_all()
    assert any(found.row.startswith(where) for found in prove(tx, fund_id=fund.fund_id))

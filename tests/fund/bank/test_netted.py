"""The bank's line of a netted day is the net amount, whether the partner pays it or is paid."""

from datetime import timedelta

from fund.bank.actions import accept_exact
from fund.bank.proposals import proposed
from fund.capital.nettings import settle_netting
from fund.capital.queries import due_calls
from fund.partners.queries import partners
from fund.results.proof import prove
from tests.builders.bank import taken
from tests.builders.capital import ACCOUNTANT, noon
from tests.builders.nettings import DAY, M, issued, settled, with_cash
from tests.scenes import Scene


def test_who_pays_the_difference_is_matched_before_it_is_settled(scene: Scene) -> None:
    tx, fund = scene(with_cash)
    told = issued(tx, fund)
    name = {one.id: one.name_zh for one in partners(tx, fund_id=fund.fund_id)}[fund["LP01"]]
    on = DAY - timedelta(days=1)
    taken(tx, fund.fund_id, (on, 6 * M, name, "出资款", "B-1"))
    [found] = proposed(tx, ACCOUNTANT, fund_id=fund.fund_id)
    assert found.exact is not None
    assert found.exact.covers == 6 * M
    assert len(accept_exact(tx, ACCOUNTANT, fund_id=fund.fund_id, now=noon(on)).accepted) == 1
    settle_netting(tx, ACCOUNTANT, netting_id=told.id, now=noon(DAY))
    owed = {line.partner_id: line.outstanding for line in due_calls(tx, fund_id=fund.fund_id, as_of=DAY)}
    assert owed == {fund["LP02"]: 4 * M}
    assert prove(tx, fund_id=fund.fund_id) == []


def test_who_is_paid_the_difference_is_matched_with_the_distribution(scene: Scene) -> None:
    tx, fund = scene(with_cash)
    done = settled(tx, fund, called=10 * M, income=20 * M)
    names = {one.id: one.name_zh for one in partners(tx, fund_id=fund.fund_id)}
    taken(tx, fund.fund_id, (DAY, -6 * M, names[fund["LP01"]], "分配款", "B-2"), opening=30 * M)
    [found] = proposed(tx, ACCOUNTANT, fund_id=fund.fund_id)
    assert found.exact is not None
    assert found.exact.item == f"distribution:{done.distribution_id}/{fund['LP01']}"
    accept_exact(tx, ACCOUNTANT, fund_id=fund.fund_id, now=noon(DAY))
    assert prove(tx, fund_id=fund.fund_id) == []

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valuation.captable import Safe, broad_based_weighted_average, convert_safes, priced_round
from valuation.flows import InvalidInput

SHARES = st.integers(1, 10**9)
MONEY = st.integers(1, 10**10)


def test_a_round_without_a_pool() -> None:
    result = priced_round({"founders": 8_000_000}, pre_money=8_000_000, investments={"fund": 2_000_000})
    assert result.price == 1
    assert result.issued == {"fund": 2_000_000}
    assert (result.pool, result.total) == (0, 10_000_000)
    assert result.ownership == {"founders": 0.8, "fund": 0.2}


def test_a_pool_is_paid_for_by_the_old_holders() -> None:
    """8m before 2m, pool of 10 % afterwards: the price falls from 1.00 to 0.875, an effective 7m for the old shares."""
    result = priced_round(
        {"founders": 8_000_000}, pre_money=8_000_000, investments={"fund": 2_000_000}, pool_after=0.1
    )
    assert result.price == pytest.approx(0.875)
    assert result.price * 8_000_000 == pytest.approx(7_000_000)
    assert result.ownership == pytest.approx({"founders": 0.7, "pool": 0.1, "fund": 0.2})


def test_a_pool_that_exists_is_topped_up_or_left_alone() -> None:
    terms = {"pre_money": 8_000_000, "investments": {"fund": 2_000_000}}
    topped = priced_round({"founders": 7_000_000, "pool": 500_000}, **terms, pool_after=0.1)
    assert topped.pool == pytest.approx(1_000_000)
    enough = priced_round({"founders": 6_000_000, "pool": 2_000_000}, **terms, pool_after=0.1)
    assert (enough.pool, enough.price) == (2_000_000, 1)


def test_a_holder_who_invests_again_adds_to_what_it_has() -> None:
    result = priced_round({"founders": 60, "fund": 20}, pre_money=80, investments={"fund": 10, "lp": 10})
    assert result.ownership == pytest.approx({"founders": 0.6, "fund": 0.3, "lp": 0.1})


@given(SHARES, MONEY, MONEY, st.floats(0, 0.3))
def test_money_in_the_round_buys_its_part_of_the_value_after(
    founders: int, pre_money: int, new_money: int, pool_after: float
) -> None:
    part = new_money / (pre_money + new_money)
    arguments = {"pre_money": pre_money, "investments": {"fund": new_money}, "pool_after": pool_after}
    if part + pool_after >= 0.999:
        return
    result = priced_round({"founders": founders}, **arguments)
    assert sum(result.ownership.values()) == pytest.approx(1)
    assert result.ownership["fund"] == pytest.approx(part)
    assert result.price * result.total == pytest.approx(pre_money + new_money)
    assert result.ownership.get("pool", 0) == pytest.approx(pool_after)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"pool_after": 0.9}, "pool_after is 0.9; with the new investors nothing is left"),
        ({"pool_after": 10}, "pool_after is 10; expected a fraction from 0 to 1"),
        ({"pre_money": 0}, "pre_money is 0"),
        ({"investments": {"fund": -1}}, r"investments\['fund'\] is -1"),
        ({"holders": {"pool": 5}}, "holders without the pool, together is 0"),
    ],
)
def test_impossible_rounds_are_refused(change: dict[str, object], says: str) -> None:
    arguments = {"holders": {"founders": 80}, "pre_money": 80, "investments": {"fund": 20}} | change
    with pytest.raises(InvalidInput, match=says):
        priced_round(arguments.pop("holders"), **arguments)


def test_post_money_notes_own_amount_over_cap() -> None:
    """Y Combinator's quick guide: 200k at 4m and 800k at 8m own 5 % and 10 % before the round."""
    notes = {"angel": Safe(200_000, 4_000_000), "seed": Safe(800_000, 8_000_000)}
    result = convert_safes({"founders": 9_250_000, "options": 750_000}, notes)
    assert result.total == pytest.approx(11_764_705.88)
    assert result.shares == pytest.approx({"angel": 588_235.29, "seed": 1_176_470.59})
    assert result.price == pytest.approx({"angel": 0.34, "seed": 0.68})
    assert (result.round_price, result.round_shares) == (None, 0)


def test_a_round_is_priced_on_all_shares_with_the_notes() -> None:
    notes = [Safe(200_000, 4_000_000), Safe(800_000, 8_000_000)]
    result = convert_safes({"founders": 10_000_000}, notes, pre_money=15_000_000, investment=5_000_000)
    assert result.round_price == pytest.approx(15_000_000 / 11_764_705.88)
    assert result.round_shares / result.total == pytest.approx(0.25)
    assert result.shares == pytest.approx([588_235.29, 1_176_470.59])


def test_a_pre_money_note_divides_the_cap_by_the_holders_shares_alone() -> None:
    result = convert_safes({"founders": 10_000_000}, [Safe(500_000, 5_000_000, kind="pre")])
    assert result.price == [0.5]
    assert result.shares == [1_000_000]
    assert result.total == 11_000_000


def test_the_discount_counts_where_it_is_better_than_the_cap() -> None:
    result = convert_safes(
        {"founders": 1_000_000}, [Safe(100_000, 10_000_000, discount=0.2)], pre_money=2_000_000
    )
    assert result.price == pytest.approx([result.round_price * 0.8])
    assert result.shares[0] / result.total == pytest.approx(100_000 / 1_600_000)


def test_without_discount_a_high_cap_converts_at_the_round() -> None:
    result = convert_safes(
        {"founders": 1_000_000}, [Safe(100_000, 10_000_000)], pre_money=2_000_000, investment=0
    )
    assert result.price == pytest.approx([result.round_price])


def test_a_pre_money_note_takes_the_discount_once_other_notes_raise_the_count() -> None:
    notes = {
        "old": Safe(600_000, 6_000_000, kind="pre", discount=0.1),
        "uncapped": Safe(900_000, None, discount=0.5),
    }
    result = convert_safes({"founders": 10_000_000}, notes, pre_money=7_000_000, investment=1_000_000)
    cap_price = 6_000_000 / 10_000_000
    discounted = result.round_price * 0.9
    assert discounted < cap_price
    assert result.price["old"] == pytest.approx(discounted)
    assert result.price["uncapped"] == pytest.approx(result.round_price / 2)


@given(
    SHARES,
    st.lists(
        st.tuples(
            st.integers(1, 10**6),
            st.integers(10**7, 10**9),
            st.sampled_from(["post", "pre"]),
            st.floats(0, 0.5),
        ),
        max_size=6,
    ),
    st.integers(10**8, 10**10),
)
def test_every_note_converts_at_its_best_price(
    founders: int, rows: list[tuple[int, int, str, float]], pre_money: int
) -> None:
    notes = [Safe(*row) for row in rows]
    result = convert_safes({"founders": founders}, notes, pre_money=pre_money, investment=1_000_000)
    before = result.total - result.round_shares
    assert before == pytest.approx(founders + sum(result.shares), rel=1e-9)
    assert result.round_price == pytest.approx(pre_money / before)
    for note, price in zip(notes, result.price, strict=True):
        cap_price = note.cap / (before if note.kind == "post" else founders)
        assert price == pytest.approx(min(cap_price, result.round_price * (1 - note.discount)), rel=1e-9)


@pytest.mark.parametrize(
    ("notes", "terms", "says"),
    [
        ([Safe(6, 10), Safe(4, 10)], {}, "safes own 100% of the company"),
        ([Safe(1, None)], {}, r"safes\[0\] has no cap"),
        ([Safe(1, 10, kind="both")], {}, r"safes\[0\].kind is 'both'; expected 'post' or 'pre'"),
        ([Safe(1, 10, discount=1)], {"pre_money": 10}, r"safes\[0\].discount is 1"),
        ([Safe(0, 10)], {}, r"safes\[0\].amount is 0"),
        ([Safe(1, 10)], {"investment": 5}, "investment is given without pre_money"),
    ],
)
def test_impossible_conversions_are_refused(notes: list[Safe], terms: dict[str, int], says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        convert_safes({"founders": 100}, notes, **terms)


def test_a_cheaper_issue_lowers_the_conversion_price_by_its_weight() -> None:
    """10m shares at 2.00, 1m new shares at 1.00: 2 x (10m + 0.5m) / (10m + 1m)."""
    price = broad_based_weighted_average(price=2, outstanding=10e6, new_money=1e6, new_shares=1e6)
    assert price == pytest.approx(2 * 10.5 / 11)


def test_a_dearer_issue_changes_nothing() -> None:
    assert broad_based_weighted_average(price=2, outstanding=100, new_money=300, new_shares=100) == 2
    assert broad_based_weighted_average(price=2, outstanding=100, new_money=0, new_shares=0) == 2

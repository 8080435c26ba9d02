from fund.capital.leaving import leaves, taken

PARTS = {7: 50, 8: 50}


def test_what_a_disposal_takes_follows_what_each_carries() -> None:
    assert leaves(30, {7: 20, 8: 10}, PARTS) == {7: 20, 8: 10}
    assert leaves(15, {7: 20, 8: 10}, PARTS) == {7: 10, 8: 5}
    assert leaves(-15, {7: -20, 8: -10}, PARTS) == {7: -10, 8: -5}
    assert leaves(10, {7: 30, 8: -10}, PARTS) == {7: 5, 8: 5}
    assert leaves(20, {7: 30, 8: -10, 9: 0}, PARTS) == {7: 30, 8: -10}
    assert leaves(4, {}, PARTS) == {7: 2, 8: 2}


def test_the_odd_fen_goes_to_the_same_partner_whoever_is_named_first() -> None:
    assert leaves(1, {8: 5, 7: 5}, PARTS) == leaves(1, {7: 5, 8: 5}, PARTS) == {7: 1}


def test_disposals_of_a_day_take_together_what_one_of_them_all_would() -> None:
    carried = {7: 10, 8: 10, 9: 10}
    parts = taken([10, 10, 10], carried, carried)
    assert parts == [{7: 4, 8: 3, 9: 3}, {7: 3, 8: 4, 9: 3}, {7: 3, 8: 3, 9: 4}]
    assert taken([10, 10], carried, carried, before=10) == parts[1:]
    assert taken([0, 30], {7: 40, 8: -10}, PARTS) == [{}, {7: 40, 8: -10}]

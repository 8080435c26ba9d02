"""A label that nothing carries is refused with those near to it, unless it is planned."""

import pytest

from fund.charter.rules import Dimension
from fund.results.label_rules import LabelsUnheld, check_held, near

USED = {Dimension.SECTOR: {"batteries", "hydrogen", "新材料"}, Dimension.CITY: set()}


def test_a_misspelt_label_is_refused_with_what_is_near() -> None:
    wanted = [("limit 1", Dimension.SECTOR, "batteris"), ("limit 2", Dimension.SECTOR, "hydrogen")]
    with pytest.raises(LabelsUnheld) as caught:
        check_held(wanted, used=USED, planned=False)
    [fault] = caught.value.problems
    assert str(fault) == "limit 1: no holding has the label “batteris”; in use: batteries"
    check_held(wanted, used=USED, planned=True)


def test_nothing_is_asked_where_nothing_can_be_misspelt() -> None:
    """A year may come, and before the first deal there is no label to compare with."""
    free = [
        ("key", Dimension.VINTAGE, "2031"),
        ("key", Dimension.CITY, "包头"),
        ("key", Dimension.STAGE, "种子期"),
    ]
    check_held(free, used=USED | {Dimension.VINTAGE: {"2024"}}, planned=False)


def test_without_a_near_one_the_labels_in_use_are_named() -> None:
    assert near("新材", USED[Dimension.SECTOR]) == ["新材料"]
    assert near("Hydrogen", USED[Dimension.SECTOR]) == ["hydrogen"]
    assert near("qq", USED[Dimension.SECTOR]) == ["batteries", "hydrogen", "新材料"]

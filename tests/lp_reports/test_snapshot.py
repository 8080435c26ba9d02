import json
from dataclasses import FrozenInstanceError, replace
from decimal import Decimal

import pytest
from pydantic import ValidationError

from lp_reports import snapshot
from lp_reports.canonical import fingerprint
from tests.builders.ilpa import figures_with_ilpa
from tests.builders.reports import sample_figures


def test_figures_survive_their_saved_form() -> None:
    figures = sample_figures()
    assert snapshot.loads(snapshot.dumps(figures)) == figures


def test_equal_figures_are_equal_bytes() -> None:
    assert snapshot.dumps(sample_figures()) == snapshot.dumps(sample_figures())


def test_the_saved_form_is_canonical() -> None:
    content = snapshot.dumps(sample_figures())
    again = json.dumps(json.loads(content), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert content == again.encode()


def test_figures_saved_before_something_was_told_stay_canonical() -> None:
    """What is new has its default; what was saved and is not read, or is written otherwise, is found."""
    plain = json.loads(snapshot.dumps(sample_figures()))
    old = {name: part for name, part in plain.items() if name not in {"ages", "back_tests", "carry"}}
    for line in old["investments"]:
        del line["left"]
    assert snapshot.is_canonical(saved(old))
    assert snapshot.loads(saved(old)).ages == ()
    assert not snapshot.is_canonical(saved(old | {"unread": 1}))
    assert not snapshot.is_canonical(
        saved(old | {"limits": [*old["limits"][1:], {**old["limits"][0], "no": 1}]})
    )
    assert not snapshot.is_canonical(json.dumps(old).encode())


def test_the_ilpa_template_survives_and_its_absence_is_canonical() -> None:
    figures = figures_with_ilpa()
    content = snapshot.dumps(figures)
    assert snapshot.loads(content) == figures
    plain = json.loads(content)
    del plain["ilpa"]
    assert snapshot.is_canonical(saved(plain))
    assert snapshot.loads(saved(plain)).ilpa is None


def saved(plain: object) -> bytes:
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def test_money_is_whole_and_rates_are_text() -> None:
    plain = json.loads(snapshot.dumps(sample_figures()))
    assert isinstance(plain["key"]["nav"], int)
    assert plain["key"]["net_irr"] == {
        "status": "unique",
        "value": "0.1137",
        "roots": ["0.1137"],
        "modified": None,
    }


def test_one_fen_changes_the_fingerprint() -> None:
    figures = sample_figures()
    other = replace(figures, key=replace(figures.key, nav=figures.key.nav + 1))
    first, second = (fingerprint(snapshot.dumps(one)) for one in (figures, other))
    assert first != second
    assert len(first) == 64


def test_figures_cannot_be_changed() -> None:
    figures = sample_figures()
    field = "nav"
    with pytest.raises(FrozenInstanceError):
        setattr(figures.key, field, 0)


def test_a_damaged_snapshot_is_refused() -> None:
    content = snapshot.dumps(sample_figures()).replace(b'"nav":', b'"nab":')
    with pytest.raises(ValidationError):
        snapshot.loads(content)


def test_the_sample_adds_up() -> None:
    figures = sample_figures()
    for line in zip(
        *(((one.yours.qtd, one.yours.ytd, one.yours.itd)) for one in figures.account), strict=True
    ):
        assert sum(line[:-1]) == line[-1]
    assert (
        sum((row.share for row in figures.exposures[0].slices), Decimal(0)).quantize(Decimal("0.0001")) == 1
    )

"""Carry and clawback on their page, in both languages, as of a day and as known at an instant."""

from tests.app.pages.conftest import Enter


def test_the_formula_is_shown_partner_by_partner(signed_in: Enter) -> None:
    shown = signed_in("manager").get("/fund/carry").text
    assert "潜在回拨金额" in shown
    assert "按基金整体分配" in shown
    english = signed_in("auditor", "en").get("/fund/carry?as_of=2026-09-29&known_at=2026-09-01T09:00").text
    assert "Carry over the whole fund" in english
    assert "nothing is owed yet" in english


def test_not_for_a_partners_people_and_not_for_nonsense(signed_in: Enter) -> None:
    assert signed_in("lp_user").get("/fund/carry").status_code == 403
    client = signed_in("manager")
    assert client.get("/fund/carry?as_of=tomorrow").status_code == 422
    assert client.get("/fund/carry?as_of=2001-01-01").status_code == 404

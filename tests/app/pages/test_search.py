"""Search finds by name, pinyin, code and reference, in groups, and only what its asker may see."""

import httpx
import pytest

from tests.app.pages.conftest import Enter
from tests.app.world import World


def hits(client: httpx.Client, text: str) -> str:
    found = client.get("/search", params={"q": text}).text
    return found.split('id="main"')[1]


def test_each_kind_has_its_group(signed_in: Enter, world: World) -> None:
    client = signed_in("manager")
    assert "/fund/partners/LP01" in hits(client, "LP01")
    assert f"/deals/{world.ids['examined']}" in hits(client, "jindiao")
    assert f"/deals/{world.ids['examined']}" in hits(client, "尽调中")
    assert "/committee/" in hits(client, "Invest later")
    assert "/fund/portfolio/H01" in hits(client, "h01")
    assert "/reports/" in hits(client, "2024Q4")
    assert "/fund/books/entries/" in hits(client, str(world.ids["entry_of_lp02"])[:6])
    assert "/parties/" in hits(client, "公司")
    for heading in ("合伙人", "报告", "分录"):
        assert f"<h2>{heading}</h2>" in hits(client, "LP01") + hits(client, "2024Q4")


def test_a_motion_is_found_by_its_deals_pinyin_however_many_there_are(signed_in: Enter) -> None:
    assert "/committee/" in hits(signed_in("committee"), "daishenbao")


@pytest.mark.parametrize("name", ["rival", "lp_user", "lp_expert"])
def test_others_find_nothing_that_is_not_theirs(signed_in: Enter, world: World, name: str) -> None:
    client = signed_in(name)
    for text in ("LP01", "H01", "2024Q4", "Invest later", "公司", "起草中", str(world.ids["entry_of_lp02"])):
        found = hits(client, text)
        for path in ("/fund/", "/committee/", "/parties/", f"/deals/{world.ids['fresh']}"):
            assert f'href="{path}' not in found, (text, path)
    own = f"/reports/{world.ids['report']}"
    assert (own in hits(client, "2024Q4")) is (name == "lp_user")
    seen = f"/deals/{world.ids['examined']}" in hits(client, "尽调中")
    assert seen is (name != "rival")


def test_odd_words_are_answered(signed_in: Enter) -> None:
    client = signed_in("manager")
    for text in ("%", "_", "'", "\\", "a" * 500, "()", "：", "<script>"):
        assert client.get("/search", params={"q": text}).status_code == 200
        assert client.get("/search/found", params={"q": text}).status_code == 200
    assert "<script>" not in hits(client, "<script>")


def test_a_party_shows_its_relations_to_those_who_may(signed_in: Enter, world: World) -> None:
    path = f"/parties/{world.ids['party']}"
    assert signed_in("manager").get(path).status_code == 200
    assert signed_in("lp_user").get(path).status_code == 403
    assert signed_in("manager").get("/parties/999999").status_code == 404

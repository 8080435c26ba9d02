"""Lists by API: looked at without a trace, brought in once, refused with every fault in its place."""

import pytest
from fastapi.testclient import TestClient

from app.lists.kinds import KINDS
from kernel.identity.rules import Role
from kernel.sheets.files import LARGEST_MEGABYTES
from tests.app.conftest import Speak

PATH = "/api/v1/imports"
GOOD = "类型,名称,星座\n组织,甲公司,\n自然人,乙先生,\n"
BAD = "类型,名称\n妖怪,甲公司\n组织,\n"


def send(client: TestClient, headers: dict[str, str], text: str, query: str = "", key: str = "k"):
    return client.post(
        PATH + query,
        files={"file": ("名单.csv", text.encode())},
        headers={**headers, "Idempotency-Key": key, "Accept-Language": "zh"},
    )


def found(client: TestClient, headers: dict[str, str]) -> list[str]:
    answer = client.get("/api/v1/parties?text=公司", headers=headers).json()
    return [one["name_zh"] for one in answer["items"]]


def test_a_dry_run_tells_all_and_changes_nothing(client: TestClient, speak: Speak) -> None:
    manager = speak(Role.MANAGER)
    answer = send(client, manager, GOOD, "?dry_run=true")
    assert answer.status_code == 200
    said = answer.json()
    assert (said["is_good"], said["dry_run"], said["faults"]) == (True, True, [])
    assert said["imported"] == [{"what": "parties", "sheet": "", "rows": 2, "known": 0}]
    assert [one["field"] for one in said["lists"][0]["columns"]] == ["kind", "name_zh"]
    assert said["notices"] == ["名单.csv，第 1 行, 星座: 此表头无法识别，该栏未读取"]
    assert found(client, manager) == []


def test_a_list_comes_in_once_however_often_it_is_sent(client: TestClient, speak: Speak) -> None:
    manager = speak(Role.MANAGER)
    first = send(client, manager, GOOD)
    assert first.status_code == 201
    assert first.json()["imported"] == [{"what": "parties", "sheet": "", "rows": 2, "known": 0}]
    again = send(client, manager, GOOD)
    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert send(client, manager, BAD).status_code == 409
    assert found(client, manager) == ["甲公司"]


def test_faults_are_told_by_row_and_heading(client: TestClient, speak: Speak) -> None:
    manager = speak(Role.MANAGER)
    said = send(client, manager, BAD, "?dry_run=true").json()
    assert (said["is_good"], said["imported"]) == (False, [])
    assert [(one["row"], one["heading"]) for one in said["faults"]] == [(2, "类型"), (3, "名称")]
    assert said["faults"][1]["what"] == "此格为空，须填写"
    refused = send(client, manager, BAD)
    assert (refused.status_code, refused.json()["code"]) == (422, "sheet_refused")
    assert len(refused.json()["problems"]) == 2


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("x.pdf", b"%PDF", "file_unknown"),
        ("x.xlsx", b"no zip", "file_damaged"),
        ("x.csv", b"", "file_empty"),
        ("x.csv", b"a,b\n1,2\n", "import_kind_unclear"),
        ("x.csv", b"x" * (LARGEST_MEGABYTES * 2**20 + 1), "document_too_large"),
    ],
)
def test_what_is_no_list_is_refused(
    client: TestClient, speak: Speak, name: str, content: bytes, code: str
) -> None:
    headers = speak(Role.MANAGER) | {"Idempotency-Key": "k"}
    answer = client.post(PATH, files={"file": (name, content)}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_a_named_kind_is_taken_at_its_word(client: TestClient, speak: Speak) -> None:
    manager = speak(Role.MANAGER)
    said = send(client, manager, GOOD, "?dry_run=true&kind=demands").json()
    assert said["lists"][0]["kind"] == "demands"
    assert not said["is_good"]
    assert send(client, manager, GOOD, "?dry_run=true&kind=rights").status_code == 404


def test_everybody_is_told_the_lists_they_may_bring_in(client: TestClient, speak: Speak) -> None:
    kinds = {one["kind"] for one in client.get(PATH, headers=speak(Role.MANAGER)).json()}
    assert kinds == {kind.name for kind in KINDS if Role.MANAGER in kind.roles}
    own = client.get(PATH, headers=speak(Role.TECHNOLOGY_MANAGER)).json()
    channel = {"demands", "achievements", "readiness", "spinouts"}
    assert {one["kind"] for one in own} == {"parties", "relations", "revenues"} | channel
    assert own[0]["needed"] == ["类型", "名称"]

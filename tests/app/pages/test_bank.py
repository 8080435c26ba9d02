"""The bank's statements by page: taken in, each line seen with what it may be, shown before it is booked."""

import httpx
import sqlalchemy as sa

from fund.bank.models import BankLine
from kernel.db import Database
from kernel.identity.rules import SYSTEM
from tests.app.pages.conftest import Enter
from tests.app.pages.test_acts import csrf, send
from tests.app.world import World
from tests.builders.bank import ACCOUNT_NO

HEAD = "交易日期,收入,支出,余额,对方户名,对方账号,摘要,交易流水号\n"
GOOD = f"{HEAD}2026-09-29,,3.50,996.50,某银行,{ACCOUNT_NO},手续费,F1\n".encode("gb18030")


def hand(client: httpx.Client, content: bytes, name: str = "流水.csv") -> httpx.Response:
    return client.post("/fund/bank/take", data={"csrf": csrf(client)}, files={"file": (name, content)})


def test_a_statement_is_taken_in_and_a_fault_is_told_by_row_and_column(signed_in: Enter) -> None:
    client = signed_in("accountant")
    assert hand(client, GOOD).headers["location"] == "/fund/bank?done=bank.taken"
    page = client.get("/fund/bank").text
    assert "流水.csv" in page
    assert "•••• 4567" in page
    assert ACCOUNT_NO not in page
    again = hand(client, GOOD)
    assert again.status_code == 409
    assert "未重复导入" in again.text
    bad = hand(client, f"{HEAD}2026-09-29,x,,1.00,甲,,,\n".encode())
    assert bad.status_code == 422
    assert "第 2 行" in bad.text
    assert send(client, "/fund/bank/take").status_code == 422
    assert hand(signed_in("auditor"), GOOD).status_code == 403


def test_a_line_is_shown_before_it_is_booked_and_freed_again(
    signed_in: Enter, world: World, world_database: Database
) -> None:
    client, home = signed_in("accountant"), f"/fund/bank/lines/{world.ids['bank_line']}"
    page = client.get(home).text
    assert "户名一致" in page
    assert ACCOUNT_NO not in page
    call = f"call_{world.ids['call_id']}"
    form = {"partner_id": str(world.ids["lp02"]), call: "1,000.00", "key": "one"}
    shown = send(client, f"{home}/accept", **form)
    assert "1,000.00" in shown.text
    assert "未核对" in client.get(home).text
    done = send(client, f"{home}/accept", confirmed="1", **form)
    assert done.headers["location"] == f"{home}?done=bank.matched"
    page = client.get(home).text
    assert "缴款到账" in page
    number = page.split('id="match-')[1].split('"')[0]
    freed = send(
        client, f"{home}/release/{number}", confirmed="1", reason="另一期", on="2026-09-30", key="two"
    )
    assert freed.headers["location"] == f"{home}?done=bank.released"
    assert "已解除" in client.get(home).text
    aside = {"kind": "own_transfer", "reason": "划转", "confirmed": "1", "key": "three"}
    assert send(client, f"{home}/aside", **aside).status_code == 303
    assert send(client, f"{home}/accept", item="expense:none", amount="1", confirmed="1").status_code == 409
    for name in ("bill", "earned"):
        # The line is set aside as a whole: nothing of it is open to be either.
        assert send(client, f"{home}/accept", amount="1", confirmed="1", **{name: "X"}).status_code == 409
    with world_database.transaction(SYSTEM) as tx:
        assert tx.execute(sa.select(sa.func.count()).select_from(BankLine)).scalar_one() >= 2


def test_a_statement_is_withdrawn_with_a_reason_unless_a_line_stands_in_the_books(
    signed_in: Enter, world: World, world_database: Database
) -> None:
    with world_database.transaction(SYSTEM) as tx:
        right = tx.get_one(BankLine, world.ids["bank_line"]).statement_id
    client, home = signed_in("accountant"), f"/fund/bank/statements/{world.ids['bank_wrong']}"
    assert "wrong.csv" in client.get("/fund/bank").text
    assert "另一基金" in client.get(home).text
    why = {"reason": "另一基金的流水", "on": "2026-09-30"}
    refused = send(client, f"/fund/bank/statements/{right}/withdraw", **why)
    assert refused.status_code == 409
    assert "合伙企业LP01" in refused.text
    assert send(client, f"{home}/withdraw", on="2026-09-30").status_code == 422
    done = send(client, f"{home}/withdraw", **why)
    assert done.headers["location"] == f"{home}?done=bank.withdrawn"
    page = client.get(home).text
    assert "另一基金的流水" in page
    assert f"{home}/withdraw" not in page
    assert "已撤回" in client.get("/fund/bank").text
    assert send(signed_in("auditor"), f"{home}/withdraw", **why).status_code == 403


def test_today_tells_of_lines_that_wait_and_the_exact_ones_are_accepted_together(signed_in: Enter) -> None:
    client = signed_in("manager")
    assert "1 笔银行流水" in client.get("/today").text
    assert "1 笔银行流水未核对" in client.get("/reports").text
    assert send(client, "/fund/bank/exact", confirmed="1", key="all").status_code == 303
    assert "笔银行流水" not in signed_in("auditor").get("/today").text
    assert client.get("/fund/bank/reconciliation?as_of=2026-09-29").status_code == 200


def test_a_statement_by_the_importer_shows_no_account_number(signed_in: Enter) -> None:
    client = signed_in("manager")
    answer = client.post("/import", data={"csrf": csrf(client)}, files={"file": ("a.csv", GOOD)})
    page = client.get(answer.headers["location"]).text
    assert "手续费" in page
    assert "•••• 4567" in page
    assert ACCOUNT_NO not in page

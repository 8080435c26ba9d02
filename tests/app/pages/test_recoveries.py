"""Costs that others bear, by page: booked with a share, settled after it was shown, taken back; the cap is told."""

import re

from tests.app.pages.conftest import Enter
from tests.app.pages.test_acts import send

HOME = "/fund/costs"
DAY = "2026-09-30"


def test_a_dead_deal_is_shared_settled_and_owed_again(signed_in: Enter) -> None:
    accountant = signed_in("accountant", "en")
    form = {
        "incurred_on": DAY,
        "payee": "律师事务所",
        "amount": "1000",
        "ilpa_row": "53",
        "reference": "DD-7",
        "share": "40",
        "others": "河湾钢铁集团",
        "concerning": "D-020 氢冶金",
        "confirmed": "yes",
    }
    assert send(accountant, f"{HOME}/expense", **form | {"others": ""}).status_code == 422
    assert send(accountant, f"{HOME}/expense", **form).status_code == 303
    row = re.findall(r'id="owed-DD-7".*?</tr>', accountant.get(HOME).text, re.DOTALL)[0]
    assert "400.00" in row
    assert "D-020" in row
    part = {"way": "cash", "amount": "150", "settled_on": DAY}
    shown = send(accountant, f"{HOME}/recoveries/DD-7", **part).text
    assert "1310" in shown
    above = send(accountant, f"{HOME}/recoveries/DD-7", **part | {"amount": "401"}, confirmed="yes")
    assert above.status_code == 409
    assert send(accountant, f"{HOME}/recoveries/DD-7", **part, confirmed="yes").status_code == 303
    assert "250.00" in accountant.get(HOME).text
    gone = {"reason": "returned", "on": DAY, "confirmed": "yes"}
    assert send(accountant, f"{HOME}/recoveries/DD-7/undo/1", **gone).status_code == 303
    assert send(accountant, f"{HOME}/undo-expense/DD-7", **gone).status_code == 303
    assert 'id="organisation-cap"' not in accountant.get(HOME).text
    assert send(signed_in("auditor"), f"{HOME}/recoveries/DD-0", **part).status_code == 403

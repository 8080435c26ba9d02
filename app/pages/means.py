"""What the fund has, owes and has asked for already, beside what a call asks: is the money needed now?"""

from datetime import date

from app.formats import money
from app.pages.desk import Desk
from fund.capital.acts import cash, promised
from fund.capital.queries import due_calls
from fund.capital.sheets import CallSheet
from fund.fees.accrued import claims
from kernel.instants import day_in_beijing


def means(desk: Desk, sheet: CallSheet) -> list[tuple[str, None, str]]:
    """Cash, what of it is promised, what bills claim of it, what was called before and has not come in, and what this
    call would add.
    """
    fund_id, today = desk.fund.id, day_in_beijing(desk.now)
    there, kept = cash(desk.tx, fund_id=fund_id, on=today), promised(desk.tx, fund_id=fund_id)
    owed = claims(desk.tx, fund_id=fund_id)
    asked = sum(line.outstanding for line in due_calls(desk.tx, fund_id=fund_id, as_of=date.max))
    return [
        (desk.say("Cash that can be spent"), None, money(there)),
        (desk.say("Of it promised to the partners"), None, money(kept)),
        *([(desk.say("Owed for expenses"), None, money(owed))] if owed else []),
        (desk.say("Called before and not received"), None, money(asked)),
        (desk.say("Asked by this call"), None, money(sheet.call.amount)),
        (desk.say("Together"), None, money(there - kept - owed + asked + sheet.call.amount)),
    ]

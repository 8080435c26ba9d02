"""The very beginning: while there is no user, whoever holds the code printed on the terminal makes the first one.

The terminal is the proof: whoever can read it runs the machine and could do anything to the database anyway.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import col, select

from kernel.audit.actions import record
from kernel.db import Tx, lock
from kernel.errors import Conflict, Forbidden
from kernel.identity.actions import create_user, grant, recent_failures
from kernel.identity.models import SetupCode, SignInFailure, User
from kernel.identity.queries import has_users
from kernel.identity.rules import SYSTEM, THROTTLE_MINUTES, Actor, Role, is_throttled
from kernel.identity.secrets import digest, new_words, same_digest

CODE_LIFE = timedelta(days=1)
# Under this name wrong codes are counted; no sign-in name holds a blank.
TRIED_AS = "set-up code"


class AlreadyBegun(Conflict):
    code = "already_begun"
    says = "There are users already; an administrator adds further ones."


class SetupCodeWrong(Forbidden):
    code = "setup_code_wrong"
    says = "This is not the set-up code, or its day is over; start the software again for a fresh one."


class SetupThrottled(Forbidden):
    code = "setup_throttled"
    says = "Too many wrong codes; try again in {minutes} minutes."


def issue_setup_code(tx: Tx, actor: Actor, *, now: datetime) -> str | None:
    """A fresh set-up code to be shown on the terminal, or None where there are users already."""
    actor.require(Role.ADMINISTRATOR)
    if has_users(tx):
        return None
    words = new_words()
    row = SetupCode(digest=digest(words), recorded_at=now)
    tx.add(row)
    tx.flush()
    record(tx, actor, action="setup.code_issued", subject=f"setup:{row.key}", now=now)
    return words


def begin(
    tx: Tx, *, code: str, login: str, name: str, password: str, language: str = "zh_CN", now: datetime
) -> User | None:
    """Make the first administrator for whoever holds the code; None after noting a wrong one (commit, then refuse).

    Refused: AlreadyBegun, SetupThrottled, a name or password that will not do (the code then stays good).
    """
    lock(tx, "setup")
    if has_users(tx):
        raise AlreadyBegun
    if is_throttled(recent_failures(tx, login=TRIED_AS, now=now)):
        raise SetupThrottled(minutes=THROTTLE_MINUTES)
    if not _is_live(tx, code, now):
        tx.add(SignInFailure(login=TRIED_AS, client="", at=now))
        record(tx, SYSTEM, action="setup.code_refused", subject="setup", now=now)
        return None
    user = create_user(tx, SYSTEM, login=login, name=name, password=password, language=language, now=now)
    grant(tx, SYSTEM, user_id=user.key, role=Role.ADMINISTRATOR, now=now)
    tx.execute(sa.update(SetupCode).where(col(SetupCode.used_at).is_(None)).values(used_at=now))
    record(tx, SYSTEM, action="setup.begun", subject=f"user:{user.key}", now=now)
    return user


def _is_live(tx: Tx, code: str, now: datetime) -> bool:
    """Whether the code is one that was printed within the day; every live one is compared, found or not."""
    live = select(SetupCode.digest).where(
        col(SetupCode.used_at).is_(None), SetupCode.recorded_at > now - CODE_LIFE
    )
    typed = code.strip().lower()
    return sum(same_digest(typed, stored) for stored in tx.exec(live)) > 0

"""`afund user`: letting people in from the machine itself, before there is an administrator or when none is left.

Whoever may run this can read and write the database anyway, so nobody is asked who it is; the trail says "system".
"""

from dataclasses import dataclass

import typer

from app.cli.books import fund_of
from app.settings import Settings
from app.wiring import open_database
from fund.parties.imports import party_named
from fund.partners.queries import partner_by_code
from kernel.clock import system_clock
from kernel.db import Database
from kernel.identity.actions import create_user, grant
from kernel.identity.beginning import issue_setup_code
from kernel.identity.passwords import ONE_TIME_LIFE, reset_password
from kernel.identity.queries import UserUnknown, user_by_login
from kernel.identity.rules import SYSTEM, Role
from kernel.identity.secrets import new_words

ONE_TIME = "One-time password, good for a week and only to choose another:  {words}"
SETUP = """There is no user yet. Open {address}/start and enter this set-up code (good once, for a day):

    {words}
"""


@dataclass(frozen=True)
class Asked:
    """Who is to be added, as what, and for which partner of which fund."""

    login: str
    name: str
    roles: list[Role]
    organisation: str | None
    partner: str | None
    fund: str | None


def add(settings: Settings, *, asked: Asked, password: str | None) -> None:
    """Add one user with all roles, or nobody; without a password a one-time one is made and told."""
    now = system_clock()
    words = password or new_words(without=asked.login)
    database = open_database(settings)
    try:
        with database.transaction(SYSTEM) as tx:
            party = party_named(tx, name=asked.organisation) if asked.organisation else None
            user = create_user(
                tx,
                SYSTEM,
                login=asked.login,
                name=asked.name,
                password=words,
                party_id=party.id if party else None,
                one_time_until=None if password else now + ONE_TIME_LIFE,
                now=now,
            )
            for role in asked.roles:
                partner_id = None
                if role is Role.LP_USER and asked.partner:
                    fund_id = fund_of(tx, asked.fund).id
                    partner_id = partner_by_code(tx, fund_id=fund_id, code=asked.partner).id
                grant(tx, SYSTEM, user_id=user.key, role=role, partner_id=partner_id, now=now)
    finally:
        database.close()
    typer.echo(f"{asked.login} may sign in as: {', '.join(asked.roles) or 'nobody in particular yet'}.")
    if not password:
        typer.echo(ONE_TIME.format(words=words))


def reset(settings: Settings, *, login: str) -> None:
    """Make a one-time password for somebody; every session and token of the person ends."""
    database = open_database(settings)
    try:
        with database.transaction(SYSTEM) as tx:
            user = user_by_login(tx, login=login)
            if user is None:
                raise UserUnknown(login=login)
            words = reset_password(tx, SYSTEM, user_id=user.key, now=system_clock())
    finally:
        database.close()
    typer.echo(ONE_TIME.format(words=words))


def tell_setup_code(database: Database, *, address: str) -> None:
    """While there is no user, show a fresh set-up code on the terminal, and only there."""
    with database.transaction(SYSTEM) as tx:
        words = issue_setup_code(tx, SYSTEM, now=system_clock())
    if words is not None:
        typer.echo(SETUP.format(address=address, words=words), err=True)

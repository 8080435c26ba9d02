"""Users and their roles, for the administrator."""

from collections.abc import Callable

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.languages import Language
from app.pages.desk import Desk, DeskDep
from app.pages.who import organisation_names, partners_of_all
from kernel.identity import actions, queries
from kernel.identity.passwords import ONE_TIME_LIFE, reset_password
from kernel.identity.rules import Role
from kernel.identity.secrets import new_words

router = APIRouter(include_in_schema=False, prefix="/users")


@router.get("")
def users(desk: DeskDep) -> HTMLResponse:
    """Everybody who may sign in."""
    return users_page(desk)


def users_page(desk: Desk, *, one_time: str = "") -> HTMLResponse:
    """The list of users beside the form that adds one; a one-time password is shown this once."""
    desk.actor.require(Role.ADMINISTRATOR)
    page = queries.users(desk.tx, after=desk.query.raw("after") or None)
    names = organisation_names(desk)
    return desk.show(
        "people/users.html", users=page, parties=names, party_choices=sorted(names.items()), one_time=one_time
    )


@router.post("")
def add(desk: DeskDep) -> Response:
    """Add somebody, still without any role; without a password for the person a one-time one is made and shown."""
    words = ""

    def act() -> None:
        nonlocal words
        fields = desk.fields
        login, name, password = fields.text("login"), fields.text("name"), fields.raw("password")
        words = "" if password else new_words(without=login)
        language, party_id = fields.choice("language", Language), fields.maybe_whole("party_id")
        fields.check()
        actions.create_user(
            desk.tx,
            desk.actor,
            login=login,
            name=name,
            password=password or words,
            one_time_until=None if password else desk.now + ONE_TIME_LIFE,
            language=language.value,
            party_id=party_id,
            now=desk.now,
        )

    answer = desk.act("add", act, then="/users", done="user.added", again=users_page)
    return users_page(desk, one_time=words) if words and answer.status_code == 303 else answer


@router.get("/{user_id:int}")
def user(desk: DeskDep, user_id: int) -> HTMLResponse:
    """One user."""
    return user_page(desk, user_id)


def user_page(desk: Desk, user_id: int, *, one_time: str = "") -> HTMLResponse:
    """A user's roles beside the forms that change them; a one-time password is shown this once."""
    desk.actor.require(Role.ADMINISTRATOR)
    sheet = queries.user_sheet(desk.tx, user_id=user_id)
    partners = partners_of_all(desk)
    return desk.show(
        "people/user.html",
        user=sheet,
        organisation=organisation_names(desk).get(sheet.party_id or 0, ""),
        partners=partners,
        partner_choices=list(partners.items()),
        roles=[(role, desk.label(role)) for role in Role],
        one_time=one_time,
    )


@router.post("/{user_id:int}/grant")
def grant(desk: DeskDep, user_id: int) -> Response:
    """Give a role."""

    def act() -> None:
        role, partner_id = desk.fields.choice("role", Role), desk.fields.maybe_whole("partner_id")
        desk.fields.check()
        actions.grant(desk.tx, desk.actor, user_id=user_id, role=role, partner_id=partner_id, now=desk.now)

    return _change(desk, user_id, "grant", act, "user.granted")


@router.post("/{user_id:int}/end")
def end(desk: DeskDep, user_id: int) -> Response:
    """Take a role away."""

    def act() -> None:
        role = desk.fields.choice("role", Role)
        desk.fields.check()
        actions.end_grant(desk.tx, desk.actor, user_id=user_id, role=role, now=desk.now)

    return _change(desk, user_id, "end", act, "user.ended")


@router.post("/{user_id:int}/shut")
def shut(desk: DeskDep, user_id: int) -> Response:
    """Shut a user out."""

    def act() -> None:
        actions.set_active(desk.tx, desk.actor, user_id=user_id, is_active=False, now=desk.now)

    return _change(desk, user_id, "shut", act, "user.shut")


@router.post("/{user_id:int}/let")
def let(desk: DeskDep, user_id: int) -> Response:
    """Let a user in again."""

    def act() -> None:
        actions.set_active(desk.tx, desk.actor, user_id=user_id, is_active=True, now=desk.now)

    return _change(desk, user_id, "let", act, "user.let")


@router.post("/{user_id:int}/reset")
def reset(desk: DeskDep, user_id: int) -> Response:
    """Give a one-time password to somebody who has lost the own one."""
    words = ""

    def act() -> None:
        nonlocal words
        words = reset_password(desk.tx, desk.actor, user_id=user_id, now=desk.now)

    answer = _change(desk, user_id, "reset", act, "user.reset")
    return user_page(desk, user_id, one_time=words) if words else answer


def _change(desk: Desk, user_id: int, form: str, act: Callable[[], None], done: str) -> Response:
    def again(desk: Desk) -> Response:
        return user_page(desk, user_id)

    return desk.act(form, act, then=f"/users/{user_id}", done=done, again=again)
